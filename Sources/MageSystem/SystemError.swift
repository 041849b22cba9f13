internal import CMageSystem

/// A system call that failed: which one and with which errno.
///
/// Every call of this package to the kernel that can fail throws this type; layers above wrap it with what they were doing.
public struct SystemError: Error, Equatable, Sendable {
  /// The call as its man page names it, for example `recvmsg`.
  public let call: String
  /// The errno value, positive.
  public let errno: Int32

  public init(_ call: String, errno: Int32) {
    self.call = call
    self.errno = errno
  }

  /// The errno as manuals write it: `EPERM`. Numbers that the libc does not know read as `errno 4242`.
  public var errnoName: String {
    guard let name = unsafe mage_errno_name(errno) else { return "errno \(errno)" }
    return unsafe String(cString: name)
  }

  /// Whether a non-blocking call only said "not now".
  package var isWouldBlock: Bool { errno == Errno.again }
  /// Whether the other end of a socket has gone.
  package var isPeerGone: Bool {
    errno == Errno.brokenPipe || errno == Errno.connectionReset || errno == Errno.notConnected
  }
}

extension SystemError: CustomStringConvertible {
  public var description: String { "\(call): \(errnoName)" }
}

/// The errno values that this package treats apart; the rest are only reported.
package enum Errno {
  package static let noEntry: Int32 = 2
  package static let noProcess: Int32 = 3
  package static let interrupted: Int32 = 4
  package static let badDescriptor: Int32 = 9
  package static let again: Int32 = 11
  package static let accessDenied: Int32 = 13
  package static let busy: Int32 = 16
  package static let crossesDevice: Int32 = 18
  package static let invalid: Int32 = 22
  package static let tooManyFiles: Int32 = 24
  package static let fileTooLarge: Int32 = 27
  package static let brokenPipe: Int32 = 32
  package static let tooManyLinks: Int32 = 40
  package static let nameTooLong: Int32 = 36
  package static let noSystem: Int32 = 38
  package static let protocolError: Int32 = 71
  package static let connectionReset: Int32 = 104
  package static let notConnected: Int32 = 107
  package static let tooManyReferences: Int32 = 109
}

/// Turns the C layer's negated errno into a typed error, or returns the value.
package func check<Value: BinaryInteger>(
  _ call: @autoclosure () -> String, _ result: Value
) throws(SystemError) -> Value {
  guard result < 0 else { return result }
  throw SystemError(call(), errno: Int32(clamping: 0 - Int64(clamping: result)))
}
