extension Bitmap {
  /// The picture made small enough for a box, in its own proportions; itself when it fits already.
  ///
  /// Every new pixel is the mean of the pixels it covers (a box filter), weighted by alpha, so
  /// that the colour of transparent pixels does not bleed into visible ones.
  ///
  /// - Parameters:
  ///   - maximumWidth: pixels; below 1 counts as 1.
  ///   - maximumHeight: pixels; below 1 counts as 1.
  package func scaled(toFitWidth maximumWidth: Int, height maximumHeight: Int) -> Bitmap {
    let box = (
      width: min(max(1, maximumWidth), Self.maximumSide),
      height: min(max(1, maximumHeight), Self.maximumSide)
    )
    guard width > box.width || height > box.height else { return self }
    // Which side decides? Compared by cross products; both are at most maximumSide squared.
    if width * box.height >= height * box.width {
      return resampled(width: box.width, height: max(1, height * box.width / width))
    }
    return resampled(width: max(1, width * box.height / height), height: box.height)
  }

  /// Both sides are at most this picture's own.
  private func resampled(width newWidth: Int, height newHeight: Int) -> Bitmap {
    var result: [Colour] = []
    result.reserveCapacity(newWidth * newHeight)
    for y in 0..<newHeight {
      let rows = y * height / newHeight..<(y + 1) * height / newHeight
      for x in 0..<newWidth {
        let columns = x * width / newWidth..<(x + 1) * width / newWidth
        result.append(mean(rows: rows, columns: columns))
      }
    }
    return Bitmap(checkedWidth: newWidth, height: newHeight, pixels: result)
  }

  private func mean(rows: Range<Int>, columns: Range<Int>) -> Colour {
    // At most 2^26 pixels of 2^16 each: far from 2^63.
    var (red, green, blue, alpha) = (0, 0, 0, 0)
    for y in rows {
      for colour in pixels[y * width + columns.lowerBound..<y * width + columns.upperBound] {
        let weight = Int(colour.alpha)
        red += Int(colour.red) * weight
        green += Int(colour.green) * weight
        blue += Int(colour.blue) * weight
        alpha += weight
      }
    }
    guard alpha > 0 else { return .clear }
    func channel(_ sum: Int) -> UInt8 { UInt8(clamping: (sum + alpha / 2) / alpha) }
    let count = rows.count * columns.count
    return Colour(
      red: channel(red), green: channel(green), blue: channel(blue),
      alpha: UInt8(clamping: (alpha + count / 2) / count))
  }
}
