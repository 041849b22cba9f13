/// A part of a picture in pixels, from the top left. It may reach outside; drawing is clipped.
package struct Rectangle: Equatable, Sendable {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The rectangle of that size whose centre is this one's.
  package func centred(width: Int, height: Int) -> Rectangle {
    Rectangle(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2,
      width: width, height: height)
  }

  /// The rows and columns inside a picture of that size.
  func clipped(toWidth width: Int, height: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    func clip(_ start: Int, _ length: Int, _ limit: Int) -> Range<Int> {
      let end = start.addingReportingOverflow(max(0, length))
      let upper = min(max(0, end.overflow ? limit : end.partialValue), limit)
      return min(max(0, start), upper)..<upper
    }
    return (clip(y, self.height, height), clip(x, self.width, width))
  }
}
