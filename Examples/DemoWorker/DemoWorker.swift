internal import DemoInterface
internal import MageWorker

/// The demo's worker: decodes strangers' images with libpng and libjpeg-turbo, inside its sandbox.
@main
struct DemoWorker {
  static func main() {
    Worker.run { pipe in Receiver(pipe, Thumbnailer.handlers(ThumbnailMaker())) }
  }
}
