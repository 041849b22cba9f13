/// A picture as text for a terminal with 24-bit colour: each character is two pixels, one above
/// the other.
package enum TerminalPreview {
  /// The widest preview, in characters.
  package static let maximumColumns = 400

  /// The picture, shrunk to a width, as lines that each end in a colour reset and a newline.
  ///
  /// - Parameter columns: characters a line, 1...``maximumColumns``; brought inside. A narrower
  ///   picture keeps its own width.
  package static func text(for picture: Bitmap, columns: Int) -> String {
    let columns = min(max(1, columns), maximumColumns)
    let small = picture.scaled(toFitWidth: columns, height: Bitmap.maximumSide)
    var text = ""
    for y in stride(from: 0, to: small.height, by: 2) {
      var last: (upper: Colour, lower: Colour)?
      for x in 0..<small.width {
        let upper = small[x, y].over(Theme.ground)
        let lower = small[x, y + 1].over(Theme.ground)
        // A colour is set only where it changes: the sheet has large even parts.
        if last?.upper != upper { text += "\u{1b}[38;2;\(upper.red);\(upper.green);\(upper.blue)m" }
        if last?.lower != lower { text += "\u{1b}[48;2;\(lower.red);\(lower.green);\(lower.blue)m" }
        text += "\u{2580}"
        last = (upper, lower)
      }
      text += "\u{1b}[0m\n"
    }
    return text
  }
}
