internal import Mage
public import MageSystem

extension Picture {
  /// A copy of the pixels; `nil` when they are not as many as the picture's sides say, which no renderer sends that works.
  ///
  /// - Throws: what the kernel says when they cannot be mapped.
  public func pixels() throws(SystemError) -> [UInt8]? {
    let wanted = Int(width) * Int(height) * 4
    let region = try SharedRegion(rgba)
    guard region.count == wanted else { return nil }
    return try region.copy(limit: wanted)
  }
}
