internal import CMageSystem

/// A pipe (pipe2(2)), close-on-exec at both ends.
package struct Pipe: ~Copyable {
  private let readEnd: OwnedDescriptor
  package let writeEnd: SharedDescriptor

  private init(readEnd: consuming OwnedDescriptor, writeEnd: SharedDescriptor) {
    self.readEnd = readEnd
    self.writeEnd = writeEnd
  }

  /// - Parameter waits: whether reading an empty pipe and writing a full one wait, or are refused with `EAGAIN`.
  package static func make(waits: Bool = true) throws(SystemError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    _ = try check("pipe2", unsafe mage_pipe(&ends, !waits))
    return Pipe(
      readEnd: OwnedDescriptor(owning: ends[0]),
      writeEnd: SharedDescriptor(OwnedDescriptor(owning: ends[1])))
  }

  package consuming func takeReadEnd() -> OwnedDescriptor { readEnd }
}
