/// Memory that another process may write at any moment, for as long as this object lives.
public protocol SharedBytes: AnyObject, Sendable {
  /// `count` bytes that stay mapped. What they hold may change between two loads.
  var memory: UnsafeRawBufferPointer { get }
}

/// Bytes that may change while they are read.
///
/// A large `array<uint8>` travels in memory that both sides have mapped. A field with `[InPlace]` is this type: nothing is copied, and the
/// peer, which may be taken over, can write the bytes before, during and after they are looked at. So a check of what is read here proves
/// nothing about what is read here again: load each byte once, or ``copy()`` first and look at the copy.
///
/// The peer gets the memory back when the last copy of this value goes. Keep it for long and the peer has less to send with.
public struct UntrustedBytes: WireHandle {
  private enum Storage {
    case own([UInt8])
    case shared(any SharedBytes, count: Int)
    /// As many bytes as this, which nobody will look at.
    case counted(Int)
  }

  private let storage: Storage

  /// Bytes of this side's own, to send them. They do not change.
  public init(_ bytes: [UInt8]) { storage = .own(bytes) }

  /// The first `count` bytes of shared memory; fewer if it has fewer.
  package init(_ shared: any SharedBytes, count: Int) {
    storage = unsafe .shared(shared, count: max(0, min(count, shared.memory.count)))
  }

  private init(counted count: Int) { storage = .counted(count) }

  /// What stands for these bytes where a message is checked and its bytes are not looked at: no rule says more of them than their number.
  package var withoutContents: UntrustedBytes { UntrustedBytes(counted: count) }

  /// Bytes.
  public var count: Int {
    switch storage {
    case .own(let bytes): bytes.count
    case .shared(_, let count), .counted(let count): count
    }
  }

  /// A private copy, taken once: what is looked at afterwards cannot change.
  public func copy() -> [UInt8] {
    switch storage {
    case .own(let bytes): bytes
    case .counted: []
    case .shared:
      unsafe withChangingBytes { source in
        // Not zeroed first: that would touch each page of a large copy once more.
        unsafe [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
          unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
          count = source.count
        }
      }
    }
  }

  /// A private copy of a part; `nil` where the range is not within.
  public func copy(_ range: Range<Int>) -> [UInt8]? {
    unsafe withChangingBytes { bytes in
      guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
      return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  /// One look at one byte; `nil` where there is none.
  public subscript(index: Int) -> UInt8? {
    unsafe withChangingBytes { bytes in
      index >= 0 && index < bytes.count ? unsafe bytes[index] : nil
    }
  }

  /// Reads the bytes where they lie.
  ///
  /// - Parameter body: gets memory that may change under it. Nothing may be read twice and taken for the same; it must not leave the closure.
  public func withChangingBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .own(let bytes):
      let array = unsafe bytes.withUnsafeBytes { bytes in
        Swift.Result { () throws(Failure) in try unsafe body(bytes) }
      }
      return try array.get()
    case .counted: return try unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
    case .shared(let owner, let count):
      defer { withExtendedLifetime(owner) {} }
      return try unsafe body(UnsafeRawBufferPointer(rebasing: owner.memory.prefix(count)))
    }
  }
}
