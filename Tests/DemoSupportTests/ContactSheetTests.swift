import Testing

@testable import DemoSupport

@Suite("Contact sheet")
struct ContactSheetTests {
  static let picture = SheetTile(
    name: "a.png", outcome: .image(Bitmap(width: 30, height: 20, fill: Colour(hex: 0x123456))),
    status: "fine")
  static let problem = SheetTile(
    name: "b.png", outcome: .problem(word: "MALFORMED", colour: Theme.hostile), status: "killed")

  @Test("tiles stay inside the sheet and do not touch", arguments: [1, 2, 4, 5, 37, 399, 400])
  func geometry(files: Int) {
    let layout = SheetLayout(files: files)
    let tiles = (0..<layout.shown).map(layout.tile)
    #expect(tiles.count == files)
    for (index, tile) in tiles.enumerated() {
      #expect(tile.x >= 0 && tile.x + tile.width <= layout.width)
      #expect(tile.y >= SheetLayout.headerHeight && tile.y + tile.height <= layout.height)
      for other in tiles[..<index] {
        #expect(abs(other.x - tile.x) >= tile.width || abs(other.y - tile.y) >= tile.height)
      }
    }
  }

  @Test("the sheet is bounded however many files there are", arguments: [401, 10_000, Int.max])
  func bounded(files: Int) {
    let layout = SheetLayout(files: files)
    #expect(layout.shown == 400)
    #expect(layout.left == files - 400)
    #expect(layout.width * layout.height < 20_000_000)
    #expect(layout.width <= Bitmap.maximumSide && layout.height <= Bitmap.maximumSide)
  }

  @Test("no files make a sheet that says so")
  func empty() {
    let sheet = ContactSheet(title: "none").render()
    let text = sheet.pixels.lazy.filter { $0 == Theme.faint }.count
    #expect(text > 100)
    #expect(sheet.width > 0 && sheet.height > SheetLayout.headerHeight)
  }

  @Test("totals count every file, also those without a tile")
  func totals() {
    var sheet = ContactSheet(title: "many")
    for index in 0..<10_000 {
      sheet.place(index.isMultiple(of: 4) ? Self.problem : Self.picture, at: index)
    }
    #expect(sheet.count == 10_000)
    #expect(sheet.totals.map(\.word) == ["MALFORMED", "DECODED"])
    #expect(sheet.totals.map(\.count) == [2_500, 7_500])
    let layout = SheetLayout(files: 10_000)
    let picture = sheet.render()
    #expect(picture.width == layout.width && picture.height == layout.height)
  }

  @Test("tiles stand in the order of their files, whatever order they came in")
  func order() {
    let other = SheetTile(name: "z.png", outcome: Self.picture.outcome, status: "also fine")
    var sheet = ContactSheet(title: "order")
    sheet.place(other, at: 1)
    sheet.place(Self.picture, at: 0)
    #expect(
      sheet.render() == ContactSheet(title: "order", tiles: [Self.picture, other]).render())
  }

  @Test("a tile shows its picture, or its problem's colour and no picture")
  func tiles() {
    let layout = SheetLayout(files: 2)
    let sheet = ContactSheet(title: "two", tiles: [Self.picture, Self.problem]).render()
    func colours(_ index: Int) -> Set<Colour> {
      let tile = layout.tile(index)
      var found: Set<Colour> = []
      for y in tile.y..<tile.y + tile.height {
        for x in tile.x..<tile.x + tile.width { found.insert(sheet[x, y]) }
      }
      return found
    }
    #expect(colours(0).isSuperset(of: [Colour(hex: 0x123456), Theme.good, Theme.text]))
    #expect(colours(1).isSuperset(of: [Theme.hostile, Theme.text]))
    #expect(!colours(1).contains(Theme.good))
  }

  @Test("a checkerboard shows through transparency")
  func transparency() {
    let clear = SheetTile(
      name: "c.png", outcome: .image(Bitmap(width: 64, height: 64)), status: "")
    let sheet = ContactSheet(title: "one", tiles: [clear]).render()
    let colours = Set(sheet.pixels)
    #expect(colours.contains(Theme.squares.0) && colours.contains(Theme.squares.1))
  }

  @Test("a large picture is kept as a thumbnail and stays in its frame")
  func thumbnails() {
    let colour = Colour(hex: 0xabcdef)
    let large = SheetTile(
      name: "d.png", outcome: .image(Bitmap(width: 2_000, height: 700, fill: colour)), status: "")
    let sheet = ContactSheet(title: "one", tiles: [large]).render()
    let count = sheet.pixels.lazy.filter { $0 == colour }.count
    #expect(count == 192 * 67)
  }
}
