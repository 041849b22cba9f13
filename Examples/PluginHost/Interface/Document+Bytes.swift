internal import Mage
public import MageSystem

extension Document {
  /// Larger documents are for other programs.
  public static let largest = 16 << 20

  /// A document for a plug-in.
  ///
  /// - Throws: what the kernel says when there is no memory for it.
  public init(name: String, _ bytes: [UInt8]) throws(SystemError) {
    self.init(
      name: name, bytes: bytes.isEmpty ? nil : try SharedRegion.frozen(bytes).attachment)
  }

  /// A copy of what is in it.
  ///
  /// - Throws: what the kernel says; `EFBIG` for more than ``largest``.
  public func contents() throws(SystemError) -> [UInt8] {
    guard let bytes else { return [] }
    return try SharedRegion(bytes).copy(limit: Self.largest)
  }
}

extension Result where Success == Product, Failure == PluginFailure {
  /// A reason that fits into the message.
  public static func failed(_ reason: String) -> Self {
    var short = ""
    for scalar in reason.unicodeScalars where short.utf8.count < 250 {
      short.unicodeScalars.append(scalar)
    }
    return .failure(PluginFailure(reason: short))
  }
}
