extension Bitmap {
  /// Replaces the pixels of a rectangle.
  package mutating func fill(_ rectangle: Rectangle, _ colour: Colour) {
    let (rows, columns) = rectangle.clipped(toWidth: width, height: height)
    for y in rows {
      let start = y * width
      pixels.replaceSubrange(
        start + columns.lowerBound..<start + columns.upperBound,
        with: repeatElement(colour, count: columns.count))
    }
  }

  /// Puts a colour in front of one pixel; nothing happens outside the picture.
  package mutating func blend(_ colour: Colour, x: Int, y: Int, coverage: UInt8 = 255) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    pixels[y * width + x] = colour.over(pixels[y * width + x], coverage: coverage)
  }

  /// Draws a picture with its top left corner at a place; transparent parts show what is there.
  package mutating func blit(_ picture: Bitmap, x: Int, y: Int) {
    let place = Rectangle(x: x, y: y, width: picture.width, height: picture.height)
    let (rows, columns) = place.clipped(toWidth: width, height: height)
    for row in rows {
      for column in columns {
        let colour = picture.pixels[(row - y) * picture.width + (column - x)]
        let index = row * width + column
        pixels[index] = colour.over(pixels[index])
      }
    }
  }

  /// Replaces a rectangle by squares of two colours: what stands for transparency.
  package mutating func checkerboard(
    _ rectangle: Rectangle, square: Int, _ first: Colour, _ second: Colour
  ) {
    let side = max(1, square)
    let (rows, columns) = rectangle.clipped(toWidth: width, height: height)
    for y in rows {
      for x in columns {
        let isFirst = ((x - rectangle.x) / side + (y - rectangle.y) / side).isMultiple(of: 2)
        pixels[y * width + x] = isFirst ? first : second
      }
    }
  }
}
