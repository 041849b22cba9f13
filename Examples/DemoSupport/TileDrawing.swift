extension Bitmap {
  /// Draws one tile of a contact sheet: the picture or its absence, the name, the status.
  mutating func draw(_ tile: SheetTile, in card: Rectangle) {
    fill(card, Theme.card)
    fill(Rectangle(x: card.x, y: card.y, width: card.width, height: 3), tile.colour)
    let frame = Rectangle(
      x: card.x + SheetLayout.padding, y: card.y + SheetLayout.padding,
      width: SheetLayout.thumbnailWidth, height: SheetLayout.thumbnailHeight)
    fill(frame, Theme.picture)
    switch tile.outcome {
    case .image(let picture): drawPicture(picture, in: frame)
    case .problem(let word, let colour): drawProblem(word, colour, in: frame)
    }
    drawCaption(of: tile, below: frame)
  }

  private mutating func drawPicture(_ picture: Bitmap, in frame: Rectangle) {
    let place = frame.centred(width: picture.width, height: picture.height)
    checkerboard(place, square: 8, Theme.squares.0, Theme.squares.1)
    blit(picture, x: place.x, y: place.y)
  }

  private mutating func drawProblem(_ word: String, _ colour: Colour, in frame: Rectangle) {
    let room = frame.width - 2 * SheetLayout.padding
    let scale = (2...3).last { Font.width(of: word, scale: $0) <= room } ?? 1
    let textHeight = Font.height * scale
    let radius = 28
    let top = frame.y + (frame.height - 2 * radius - 12 - textHeight) / 2
    drawCross(centreX: frame.x + frame.width / 2, centreY: top + radius, radius: radius, colour)
    drawCentred(
      word, in: frame.centred(width: room, height: frame.height), y: top + 2 * radius + 12,
      colour: colour, scale: scale)
  }

  private mutating func drawCaption(of tile: SheetTile, below frame: Rectangle) {
    var y = frame.y + frame.height + SheetLayout.padding
    draw(tile.name, x: frame.x, y: y, maximumWidth: frame.width, colour: Theme.text)
    for line in Font.wrapped(tile.status, width: frame.width, lines: 2) {
      y += SheetLayout.lineHeight
      draw(line, x: frame.x, y: y, maximumWidth: frame.width, colour: tile.colour)
    }
  }

  /// A ring with a cross in it, with smooth edges.
  private mutating func drawCross(centreX: Int, centreY: Int, radius: Int, _ colour: Colour) {
    let stroke = Double(radius) / 9
    for y in -radius...radius {
      for x in -radius...radius {
        let (dx, dy) = (abs(Double(x)), abs(Double(y)))
        let fromCentre = (dx * dx + dy * dy).squareRoot()
        let ring = abs(fromCentre - Double(radius) + stroke + 1) - stroke
        let diagonal = max(abs(dx - dy) * 0.7071 - stroke, fromCentre - Double(radius) * 0.55)
        // One pixel of transition around the edge of whichever shape is nearer.
        let ink = min(max(0.5 - min(ring, diagonal), 0), 1)
        blend(colour, x: centreX + x, y: centreY + y, coverage: UInt8(ink * 255))
      }
    }
  }
}
