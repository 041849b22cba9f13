internal import MagePolicy

/// One thing that a taken-over process tries.
struct Attempt: Sendable {
  enum Group: String, Sendable {
    case namespaces, mounts, identity, processes, kernel, files, network, sharing, limits
    case memory = "executable memory"
    case programs
    case filters
    case messages
  }

  /// When the attempt has achieved something.
  enum Goal: Sendable {
    /// Its last call succeeds.
    case success
    /// The kernel looks at the last call's arguments, which are chosen so that nothing comes of it, instead of refusing.
    case attention
    /// A message reaches the host's code.
    case message
  }

  /// An argument of a call.
  enum Word: Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case number(UInt64)
    case text(String)
    case zeros(Int)
    case bytes([UInt8])
    /// What the call before returned.
    case result
    /// What only a run knows (``Bait``).
    case hostProcess, hostPort, hostSocket, hostFile, hostDisk

    init(integerLiteral value: Int) { self = .number(UInt64(bitPattern: Int64(value))) }
    init(stringLiteral text: String) { self = .text(text) }
  }

  struct Call: Sendable {
    let name: String
    /// Bits of the number beside the call's own.
    var numberBits: UInt64 = 0
    let arguments: [Word]
  }

  /// Beside calls, what the program can do (CAttempts.h).
  enum Manner: Sendable {
    case calls
    case thread, handler
    case i386(Int32)
    case directory
    case environment(String)
    case crime(String)
  }

  let name: String
  let group: Group
  var goal = Goal.success
  var manner = Manner.calls
  var calls: [Call] = []
  /// A policy may mean to allow it; then it is no hole.
  var isGrantable = false
}

extension Attempt {
  /// An attempt of one call.
  static func call(
    _ name: String, _ group: Group, _ call: String, _ arguments: Word..., goal: Goal = .success,
    isGrantable: Bool = false
  ) -> Attempt {
    Attempt(
      name: name, group: group, goal: goal, calls: [Call(name: call, arguments: arguments)],
      isGrantable: isGrantable)
  }

  /// An attempt of several calls, each with what the one before returned.
  static func calls(
    _ name: String, _ group: Group, _ calls: [Call], goal: Goal = .success,
    isGrantable: Bool = false
  ) -> Attempt {
    Attempt(name: name, group: group, goal: goal, calls: calls, isGrantable: isGrantable)
  }

  static func make(_ call: String, _ arguments: Word...) -> Call {
    Call(name: call, arguments: arguments)
  }

  /// Opening a file. The view has none of these.
  static func open(_ path: Word, _ flags: Int = 0, _ group: Group = .files) -> Attempt {
    let shown: String
    switch path {
    case .text(let text): shown = text
    case .hostDisk: shown = "the root's disk"
    default: shown = "the host's entry in /proc"
    }
    let mode = flags & 3 == 0 ? "read" : "write"
    return call(
      "open \(shown) to \(mode)", group, "openat", Self.workingDirectory, path,
      .number(UInt64(flags)))
  }

  /// AT_FDCWD.
  static let workingDirectory: Word = -100

  static let all =
    namespaceAttempts + fileAttempts + processAttempts + kernelAttempts
    + otherAttempts + sideAttempts + messageAttempts
}
