import DemoInterface
import Testing

/// What the demo's host looks at beyond its interface's limits.
@Suite struct ThumbnailFaultTests {
  private func thumbnail(_ width: UInt32, _ height: UInt32, bytes: Int) -> Thumbnail {
    Thumbnail(
      width: width, height: height, originalWidth: 9, originalHeight: 9, format: "png",
      rgba: Array(repeating: 0, count: bytes))
  }

  @Test("A thumbnail of the side that was asked for is faultless")
  func good() {
    #expect(thumbnail(3, 2, bytes: 24).fault(askedFor: 3) == nil)
    #expect(thumbnail(2, 3, bytes: 24).fault(askedFor: 3) == nil)
  }

  @Test("One that is larger on either side is not", arguments: [true, false])
  func large(_ isWide: Bool) {
    #expect(
      thumbnail(isWide ? 4 : 2, isWide ? 2 : 4, bytes: 32).fault(askedFor: 3)
        == "a thumbnail larger than was asked for")
  }

  @Test("Bytes that are not four for each pixel are a fault", arguments: [0, 6, 23, 25, 48])
  func bytes(_ count: Int) {
    #expect(
      thumbnail(3, 2, bytes: count).fault(askedFor: 3) == "not four bytes for each pixel")
  }
}
