/// Where everything on a contact sheet stands, in pixels. Depends on the number of files only.
///
/// The sheet is bounded whatever a directory holds: at most ``maximumTiles`` tiles are shown, at
/// their full size so that names stay readable, and a last line says how many more there were.
package struct SheetLayout: Equatable, Sendable {
  /// The most tiles on a sheet: about 5,000 by 3,600 pixels.
  package static let maximumTiles = 400
  /// The largest picture that a tile shows without shrinking it.
  package static let thumbnailWidth = 192
  /// The largest picture that a tile shows without shrinking it.
  package static let thumbnailHeight = 128

  static let padding = 8
  static let gap = 10
  static let margin = 20
  static let lineHeight = 12
  static let headerHeight = 78
  static let footerHeight = 36
  static let tileWidth = thumbnailWidth + 2 * padding
  /// The picture, the name and two lines of status.
  static let tileHeight = thumbnailHeight + 3 * padding + 3 * lineHeight

  /// Tiles shown, 0...``maximumTiles``.
  package let shown: Int
  /// Files that have no tile of their own.
  package let left: Int
  package let columns: Int
  package let rows: Int

  package init(files: Int) {
    shown = min(max(0, files), Self.maximumTiles)
    left = max(0, files) - shown
    columns = Self.columns(for: shown)
    rows = (shown + columns - 1) / columns
  }

  /// Columns for a sheet of about four to three; at least four, so that the header has room.
  private static func columns(for count: Int) -> Int {
    var columns = 4
    while 3 * columns * tileWidth < 4 * ((count + columns - 1) / columns) * tileHeight {
      columns += 1
    }
    return columns
  }

  package var width: Int {
    2 * Self.margin + columns * (Self.tileWidth + Self.gap) - Self.gap
  }

  package var height: Int {
    let grid = max(Self.tileHeight / 2, rows * (Self.tileHeight + Self.gap) - Self.gap)
    return Self.headerHeight + grid + (left > 0 ? Self.footerHeight : Self.margin)
  }

  /// The card of a tile, `index` in `0..<shown`.
  package func tile(_ index: Int) -> Rectangle {
    Rectangle(
      x: Self.margin + index % columns * (Self.tileWidth + Self.gap),
      y: Self.headerHeight + index / columns * (Self.tileHeight + Self.gap),
      width: Self.tileWidth, height: Self.tileHeight)
  }
}
