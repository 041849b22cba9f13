internal import BrowserInterface
internal import MageWorker

/// A tab's process.
@main
struct TabRenderer {
  static func main() {
    Worker.run { pipe in Receiver(pipe, Renderer.handlers(PageRenderer())) }
  }
}
