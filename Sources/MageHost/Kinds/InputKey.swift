/// Which input a worker is given, as far as a pool needs to know it: enough to see that it was the same as before.
///
/// It is a hash that is keyed anew in each process (`Hasher`), so nobody outside can make two inputs whose keys are equal, and keeps none of the input.
/// `SWIFT_DETERMINISTIC_HASHING` takes that away.
public struct InputKey: Hashable, Sendable {
  private let digest: UInt64

  /// - Parameter value: names the input: its own bytes, a digest of them, its number in a queue.
  public init(_ value: some Hashable) {
    var hasher = Hasher()
    hasher.combine(value)
    digest = UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// - Parameter bytes: the input.
  public init(bytes: some Collection<UInt8>) {
    var hasher = Hasher()
    // The whole at once where it is contiguous: a byte at a time would cost a call each.
    let isDone: Void? = bytes.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isDone == nil { for byte in bytes { hasher.combine(byte) } }
    digest = UInt64(bitPattern: Int64(hasher.finalize()))
  }
}
