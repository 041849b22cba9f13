internal import FlyingSocks
internal import Glibc
internal import Synchronization

/// A pool of sockets that lets go of those which stay silent for too long, and of more than the process can hold.
///
/// FlyingFox waits for a socket for as long as it takes: a few thousand clients that say nothing would hold all the descriptors there are.
final class WatchedSockets<Base: AsyncSocketPool>: AsyncSocketPool {
  private let base: Base
  /// Descriptors are given out from the lowest number: a socket above this one means that so many are open.
  private let highest: Int32
  private let state: Mutex<State>

  private struct State {
    /// How long a socket may say nothing.
    var silence: Duration
    /// Sockets that somebody waits for, and since when.
    var waits: [Int32: ContinuousClock.Instant] = [:]
    var listener: Int32?
    var isDraining = false
  }

  init(_ base: Base, silence: Duration) {
    self.base = base
    state = Mutex(State(silence: silence))
    highest = Self.descriptors() - Self.reserve
  }

  /// Descriptors that are for others than clients: workers, templates, uploads.
  private static var reserve: Int32 { 512 }

  /// Takes no more connections, and lets go of those that say nothing for a second: clients that only keep theirs would hold up a shutdown.
  func drain() async {
    state.withLock { state in
      state.isDraining = true
      state.silence = .seconds(1)
      if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
    }
    // Whoever waits at the listening socket has to see that before it is closed: a closed one wakes nobody.
    for _ in 0..<50 where state.withLock({ $0.listener != nil }) {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  func prepare() async throws { try await base.prepare() }

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.base.run() }
      group.addTask {
        while true {
          try await Task.sleep(for: .seconds(1))
          self.dismissSilent()
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    let number = socket.file.rawValue
    guard !Self.isListener(number) else {
      state.withLock { $0.listener = number }
      defer { state.withLock { $0.listener = nil } }
      if !isDraining { try await base.suspendSocket(socket, untilReadyFor: events) }
      // The end of the connections, and no error: those that are there go on.
      guard !isDraining else { throw SocketError.disconnected }
      return
    }
    guard number < highest else { throw SocketError.disconnected }
    state.withLock { $0.waits[number] = .now }
    // Before whoever waited can close the socket: the number may then be somebody else's.
    defer { state.withLock { $0.waits[number] = nil } }
    try await base.suspendSocket(socket, untilReadyFor: events)
  }

  private var isDraining: Bool { state.withLock { $0.isDraining } }

  /// Whoever waits for such a socket finds it at its end.
  private func dismissSilent() {
    state.withLock { state in
      for (number, since) in state.waits where since.advanced(by: state.silence) < .now {
        shutdown(number, Int32(SHUT_RDWR))
      }
    }
  }

  private static func isListener(_ number: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
  }

  /// How many descriptors the process may have, after asking for as many as it may ask for, up to 65536.
  private static func descriptors() -> Int32 {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    limit.rlim_cur = min(limit.rlim_max, 65536)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int32(clamping: limit.rlim_cur)
  }
}
