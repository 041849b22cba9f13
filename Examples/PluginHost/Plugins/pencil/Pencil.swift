internal import DemoSupport
internal import MageWorker
internal import PluginInterface

/// Turns a picture into a drawing: dark where the brightness changes. libpng and libjpeg read the stranger's file, in the plug-in's sandbox.
@main
struct Pencil: Plugin.Service {
  static func main() { Worker.run { pipe in Receiver(pipe, Plugin.handlers(Pencil())) } }

  func run(document: Document) async throws -> Result<Product, PluginFailure> {
    guard let bytes = try? document.contents() else { return .failed("cannot read the document") }
    do throws(ImageDecodeError) {
      let image = try ImageDecoder.decode(bytes.span.bytes, maximumPixels: 8 << 20)
      let side = Int(Plugin.largestSide)
      return .success(.picture(Self.drawing(of: image.scaled(toFitWidth: side, height: side))))
    } catch {
      return .failed(error.reason)
    }
  }

  private static func drawing(of image: Bitmap) -> Picture {
    let (width, height) = (image.width, image.height)
    let light = image.pixels.map { Int($0.red) * 3 + Int($0.green) * 6 + Int($0.blue) }
    // The edge repeats outside.
    func at(_ x: Int, _ y: Int) -> Int {
      light[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
    }
    var rgba: [UInt8] = []
    rgba.reserveCapacity(width * height * 4)
    for y in 0..<height {
      for x in 0..<width {
        let across =
          at(x + 1, y - 1) + 2 * at(x + 1, y) + at(x + 1, y + 1) - at(x - 1, y - 1) - 2
          * at(x - 1, y) - at(x - 1, y + 1)
        let down =
          at(x - 1, y + 1) + 2 * at(x, y + 1) + at(x + 1, y + 1) - at(x - 1, y - 1) - 2
          * at(x, y - 1) - at(x + 1, y - 1)
        let grey = UInt8(clamping: 255 - (abs(across) + abs(down)) / 16)
        rgba += [grey, grey, grey, 255]
      }
    }
    return Picture(width: UInt32(width), height: UInt32(height), rgba: rgba)
  }
}
