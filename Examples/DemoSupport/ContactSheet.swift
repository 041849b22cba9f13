/// One picture of everything that a run met: a tile for each file, totals on top.
///
/// Tiles are placed as they come, by their file's position in the run. Memory is bounded however
/// many there are: pictures are kept as thumbnails, and tiles beyond ``SheetLayout/maximumTiles``
/// are only counted.
package struct ContactSheet: Sendable {
  /// How many files ended in a certain way.
  package struct Total: Equatable, Sendable {
    package let word: String
    package let colour: Colour
    package fileprivate(set) var count: Int
  }

  package let title: String
  /// In the order of first appearance.
  package private(set) var totals: [Total] = []
  /// Files placed so far.
  package private(set) var count = 0
  private var tiles: [Int: SheetTile] = [:]

  package init(title: String, tiles: [SheetTile] = []) {
    self.title = title
    for (index, tile) in tiles.enumerated() { place(tile, at: index) }
  }

  /// Adds a file. Place each index once.
  package mutating func place(_ tile: SheetTile, at index: Int) {
    count += 1
    if let known = totals.firstIndex(where: { $0.word == tile.word }) {
      totals[known].count += 1
    } else {
      totals.append(Total(word: tile.word, colour: tile.colour, count: 1))
    }
    guard index < SheetLayout.maximumTiles else { return }
    tiles[index] = tile.withThumbnail
  }

  /// Draws the sheet.
  package func render() -> Bitmap {
    let layout = SheetLayout(files: count)
    var sheet = Bitmap(width: layout.width, height: layout.height, fill: Theme.ground)
    drawHeader(on: &sheet)
    for (place, index) in tiles.keys.sorted().prefix(layout.shown).enumerated() {
      guard let tile = tiles[index] else { continue }
      sheet.draw(tile, in: layout.tile(place))
    }
    drawFooter(on: &sheet, layout)
    return sheet
  }

  private func drawHeader(on sheet: inout Bitmap) {
    let width = sheet.width - 2 * SheetLayout.margin
    sheet.draw(
      title, x: SheetLayout.margin, y: 16, maximumWidth: width, colour: Theme.text, scale: 3)
    var x = SheetLayout.margin
    for (text, colour) in headline {
      let left = SheetLayout.margin + width - x
      sheet.draw(text, x: x, y: 50, maximumWidth: left, colour: colour, scale: 2)
      x += Font.width(of: text, scale: 2) + 4 * Font.advance
    }
  }

  /// The totals as text: `36 files   12 DECODED   7 MALFORMED`.
  private var headline: [(String, Colour)] {
    let files = (count == 1 ? "1 file" : "\(count) files", Theme.faint)
    return [files] + totals.map { ("\($0.count) \($0.word)", $0.colour) }
  }

  private func drawFooter(on sheet: inout Bitmap, _ layout: SheetLayout) {
    let text = layout.shown == 0 ? "no files" : "and \(layout.left) more"
    guard layout.left > 0 || layout.shown == 0 else { return }
    sheet.drawCentred(
      text, in: sheet.bounds, y: sheet.height - SheetLayout.footerHeight + 10,
      colour: Theme.faint, scale: 2)
  }
}

extension SheetTile {
  /// The same tile with its picture no larger than a thumbnail.
  fileprivate var withThumbnail: SheetTile {
    guard case .image(let bitmap) = outcome else { return self }
    let thumbnail = bitmap.scaled(
      toFitWidth: SheetLayout.thumbnailWidth, height: SheetLayout.thumbnailHeight)
    return SheetTile(name: name, outcome: .image(thumbnail), status: status)
  }
}
