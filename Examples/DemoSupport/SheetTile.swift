/// What one file became, as the contact sheet shows it.
package struct SheetTile: Equatable, Sendable {
  package enum Outcome: Equatable, Sendable {
    /// The picture, or a thumbnail of it.
    case image(Bitmap)
    /// Why there is none, in a short word such as `MALFORMED`, and the colour that goes with it.
    case problem(word: String, colour: Colour)
  }

  /// The file's name as it was found; what cannot be drawn becomes a box.
  package var name: String
  package var outcome: Outcome
  /// What happened, in one or two short lines.
  package var status: String

  package init(name: String, outcome: Outcome, status: String) {
    self.name = name
    self.outcome = outcome
    self.status = status
  }

  var colour: Colour {
    switch outcome {
    case .image: Theme.good
    case .problem(_, let colour): colour
    }
  }

  /// What the header counts this tile under.
  var word: String {
    switch outcome {
    case .image: "DECODED"
    case .problem(let word, _): word
    }
  }

  /// The same tile for counting only: a run over very many files keeps no pictures that no sheet shows.
  package var withoutPicture: SheetTile {
    guard case .image = outcome else { return self }
    return SheetTile(name: "", outcome: .image(Bitmap(width: 1, height: 1)), status: "")
  }
}
