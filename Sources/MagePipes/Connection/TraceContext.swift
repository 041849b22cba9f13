package import MageWire

/// Which trace a call belongs to (W3C Trace Context): 32 bytes that may go with a request or a one-way message, whatever its interface.
///
/// A worker reads what its host has sent in ``current``, and its own calls carry that on. What a worker sends its host is the worker's word, kept apart in
/// ``ofWorker``, and is never passed on by itself.
public struct TraceContext: Hashable, Sendable {
  /// The trace's id: not zero.
  public let traceHigh: UInt64
  public let traceLow: UInt64
  /// The caller's span: not zero.
  public let span: UInt64
  /// Bit 0: the trace is sampled.
  public let flags: UInt8

  /// - Returns: `nil` for an id of zero, which the standard does not allow.
  public init?(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
    guard traceHigh | traceLow != 0, span != 0 else { return nil }
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.flags = flags
  }

  /// That of the request or message which the running handler was called for, in a worker.
  @TaskLocal public static var current: TraceContext?

  /// In a host: what the worker says that sent the message which the running handler was called for. Believe nothing of it.
  @TaskLocal public static var ofWorker: TraceContext?

  /// Reads the text form, `00-TRACE-SPAN-FLAGS`.
  public init?(traceparent: String) {
    let bytes = Array(traceparent.utf8)
    guard bytes.count == 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D,
      bytes[0] == 0x30, bytes[1] == 0x30,
      let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
      let span = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55])
    else { return nil }
    self.init(traceHigh: high, traceLow: low, span: span, flags: UInt8(truncatingIfNeeded: flags))
  }

  public var traceparent: String {
    "00-\(Self.digits(traceHigh, 16))\(Self.digits(traceLow, 16))-\(Self.digits(span, 16))-\(Self.digits(UInt64(flags), 2))"
  }

  /// At most sixteen lower-case hexadecimal digits.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: value = value << 4 | UInt64(digit & 0xF)
      case 0x61...0x66: value = value << 4 | UInt64(digit &- 0x57)
      default: return nil
      }
    }
    return value
  }

  private static func digits(_ value: UInt64, _ count: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}

extension TraceContext {
  /// Bytes in front of a message that has a context.
  package static let size = 32

  /// Little-endian: trace, span, flags, zero bytes.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.size)
    for number in [traceHigh, traceLow, span, UInt64(flags)] {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift * 8))) }
    }
    return bytes
  }

  /// Takes the context off the front of what a peer sent.
  ///
  /// - Throws: what is no context: too few bytes, an id of zero, bits that mean nothing.
  package init(decoding bytes: ArraySlice<UInt8>) throws(Malformed) {
    guard bytes.count >= Self.size else {
      throw Malformed(.channel(.payloadSize), detail: "\(bytes.count) bytes with a context")
    }
    let numbers = (0..<4).map { index in
      let start = bytes.startIndex + index * 8
      return (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
    }
    guard numbers[3] <= 0xFF else {
      throw Malformed(.transport(.paddingNotZero), detail: "after the context")
    }
    guard
      let context = TraceContext(
        traceHigh: numbers[0], traceLow: numbers[1], span: numbers[2],
        flags: UInt8(truncatingIfNeeded: numbers[3]))
    else { throw Malformed(.channel(.payloadSize), detail: "a context without an id") }
    self = context
  }
}
