internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// Makes calls in a program's place that its policy grants by name: the program waits in the call meanwhile.
///
/// Whatever a pointer leads to is copied once and judged as copied, and the program's own call is never continued: what it would
/// read may be something else by then.
struct Broker {
  private var files: FileBroker
  private let connections: ConnectionBroker

  init(_ policy: Policy) {
    files = FileBroker(policy.fileSystem.brokered)
    connections = ConnectionBroker(policy.connections)
  }

  /// Calls that were refused.
  private(set) var denied: UInt64 = 0

  /// Serves a call. Throws `ENOENT` when its caller is gone.
  mutating func serve(
    _ call: StoppedCall, _ name: String, by listener: borrowing FilterListener
  ) throws(SystemError) {
    do throws(Refusal) {
      switch name {
      case "openat", "open":
        let opened = try open(call, name, listener)
        do throws(SystemError) {
          try listener.give(opened.file, to: call.id, closeOnExec: opened.closeOnExec)
        } catch {
          throw Refusal(errno: error.errno)
        }
      case "connect": try connections.connect(call, by: listener)
      default: throw Refusal(errno: Errno.accessDenied)
      }
    } catch {
      denied &+= 1
      try listener.refuse(call.id, errno: error.errno)
    }
  }

  private mutating func open(
    _ call: StoppedCall, _ name: String, _ listener: borrowing FilterListener
  ) throws(Refusal) -> FileBroker.Opened {
    // open(path, flags) is openat(…, path, flags) without a directory.
    let first = name == "open" ? 0 : 1
    guard call.arguments.count > first + 1 else { throw Refusal(errno: Errno.invalid) }
    let path = try RemoteText.path(call, call.arguments[first], by: listener)
    return try files.open(path, flags: UInt32(truncatingIfNeeded: call.arguments[first + 1]))
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
      let pid = Int32(clamping: call.pid)
      let bytes = try RemoteMemory.text(pid, address, limit: longestPath)
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
