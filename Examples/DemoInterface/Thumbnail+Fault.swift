extension Thumbnail {
  /// What shows that no decoder made it, although every field is within the interface's limits; `nil` for nothing.
  ///
  /// An interface bounds each field. What fields are to each other, and to what was asked for, only the caller knows.
  ///
  /// - Parameter side: what was asked for, in pixels.
  public func fault(askedFor side: UInt32) -> String? {
    guard max(width, height) <= side else { return "a thumbnail larger than was asked for" }
    guard rgba.count == Int(width) * Int(height) * 4 else { return "not four bytes for each pixel" }
    return nil
  }
}
