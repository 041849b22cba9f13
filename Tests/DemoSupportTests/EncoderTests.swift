import CImageCodecs
import DemoSupport
import Glibc
import Testing

@Suite("PNG encoder")
struct EncoderTests {
  @Test("what is written decodes to the same pixels")
  func roundTrip() throws {
    let directory = try TemporaryDirectory()
    let picture = try DecoderTests.decode(try Samples.bytes("good/circles-transparent.png"))
    try SheetWriter.write(picture, to: "\(directory.path)/out.png")
    let bytes = try #require(Samples.read("\(directory.path)/out.png"))
    #expect(try DecoderTests.decode(bytes) == picture)
  }

  @Test("a full device and a closed descriptor are reported by their errno")
  func errors() throws {
    let pixels = [UInt8](repeating: 7, count: 64 * 64 * 4)
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    #expect(codec_encode_png(full, 64, 64, pixels) == -ENOSPC)
    #expect(codec_encode_png(-1, 64, 64, pixels) == -EBADF)
  }

  @Test("sizes that PNG does not know are refused", arguments: [(0, 1), (1, 0), (1_000_001, 1)])
  func sizes(width: UInt32, height: UInt32) {
    #expect(codec_encode_png(-1, width, height, [0, 0, 0, 0]) == -EINVAL)
  }
}
