internal import MagePolicy
internal import MageSystem

/// Reads what a stopped call asks for, and judges it by the grants of a policy.
///
/// Whatever a pointer leads to is copied once and judged as copied, and the program's own call is never continued: what it would
/// read may be something else by then.
struct Broker {
  var files: FileBroker
  private let connections: ConnectionBroker

  /// - Parameter addresses: of the host names that the policy grants, as they were found when the program was planned.
  init(_ policy: Policy, addresses: PinnedAddresses = PinnedAddresses()) {
    files = FileBroker(policy.fileSystem.brokered)
    connections = ConnectionBroker(policy.connections, addresses)
  }

  /// What the host is to do in the caller's place.
  enum Wish {
    case open(FileBroker.Wish)
    case connect(ConnectionBroker.Wish)
  }

  mutating func wish(
    of call: StoppedCall, _ name: String, _ listener: borrowing FilterListener
  ) throws(Refusal) -> Wish {
    switch name {
    case "openat", "open": .open(try open(call, name, listener))
    case "connect": .connect(try connections.wish(of: call, listener))
    default: throw Refusal(errno: Errno.accessDenied)
    }
  }

  private mutating func open(
    _ call: StoppedCall, _ name: String, _ listener: borrowing FilterListener
  ) throws(Refusal) -> FileBroker.Wish {
    // open(path, flags) is openat(…, path, flags) without a directory.
    let first = name == "open" ? 0 : 1
    guard call.arguments.count > first + 1 else { throw Refusal(errno: Errno.invalid) }
    let path = try RemoteText.path(call, call.arguments[first], by: listener)
    return try files.wish(path, flags: UInt32(truncatingIfNeeded: call.arguments[first + 1]))
  }
}

/// The call fails with this errno.
struct Refusal: Error, Equatable {
  let errno: Int32
}

/// What a stopped call's pointers lead to.
enum RemoteText {
  private static let longestPath = 4096

  static func path(
    _ call: StoppedCall, _ address: UInt64, by listener: borrowing FilterListener
  ) throws(Refusal) -> [UInt8] {
    do throws(SystemError) {
      let bytes = try RemoteMemory.text(Int32(clamping: call.pid), address, limit: longestPath)
      // The pid may have come to mean another process while its memory was read.
      guard listener.isWaiting(call.id) else {
        throw SystemError("NOTIF_ID_VALID", errno: Errno.noEntry)
      }
      return bytes
    } catch {
      throw Refusal(errno: error.errno)
    }
  }
}
