internal import MagePipes
internal import MageSystem

/// The process that clones workers, started when the first one is wanted.
///
/// It is small, so that a worker costs the same whatever size the host has, and it is started on the loop's thread: the kernel
/// kills it, as it kills the workers, when that thread ends.
actor Launcher {
  nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private let path: String
  private let makesNamespaces: Bool
  private var running: LauncherProcess?
  /// Whether a launch has shown that this machine gives this process no namespaces.
  private(set) var refusesNamespaces = false
  /// The host's when it started the launcher: what would be a worker's if none had been made for it. Empty before.
  private(set) var namespaces: [NamespaceKind: String] = [:]
  /// Requests that the socket had no room for, oldest first.
  private var unsent: [Unsent] = []

  private struct Unsent {
    let bytes: [UInt8]
    let descriptors: [SharedDescriptor]
  }

  /// - Parameter makesNamespaces: else its workers have none.
  init(path: String, loop: Loop, makesNamespaces: Bool = true) {
    self.path = path
    self.loop = loop
    self.makesNamespaces = makesNamespaces
  }

  /// Starts it before somebody waits for it. A failure is the next launch's to report.
  func startEarly() { _ = try? current() }

  /// A launch failed.
  func note(_ failure: LaunchReport.Failure) {
    if failure.refusesNamespaces { refusesNamespaces = true }
  }

  /// The process, while there is one. For people and for tests.
  var pid: Int32? { running?.pid }

  /// Hands a request over. `report` is the end on which the launch is reported.
  func submit(_ request: LaunchRequest, report: SharedDescriptor) throws(LaunchError) {
    unsent.append(Unsent(bytes: request.encoded, descriptors: [report] + request.descriptors))
    guard let error = errorOfSending() else { return }
    // It died since the last launch, or at once. Another is tried, unless it has said that none would do better.
    let hasSpoken = error.isPeerGone ? running?.ownFailure() : nil
    guard error.isPeerGone, hasSpoken == nil else { throw explanation(error, hasSpoken) }
    stop()
    guard let error = errorOfSending() else { return }
    throw explanation(error, running?.ownFailure())
  }

  private func errorOfSending() -> SystemError? {
    do throws(SystemError) {
      try sendWaiting()
      return nil
    } catch {
      return error
    }
  }

  /// Why nothing can be launched; what waited is given up.
  private func explanation(_ error: SystemError, _ own: LaunchReport.Failure?) -> LaunchError {
    unsent.removeAll()
    stop()
    if let own { note(own) }
    return own.map { LaunchError($0, steps: []) }
      ?? .failed(step: "reach the launcher", error, remedy: nil)
  }

  private func sendWaiting() throws(SystemError) {
    let launcher = try current()
    while let first = unsent.first {
      do throws(SystemError) {
        try launcher.socket.send(first.bytes, descriptors: first.descriptors.map(\.number))
        unsent.removeFirst()
      } catch  where error.isWouldBlock {
        break
      }
    }
    try launcher.watchForRoom(!unsent.isEmpty)
  }

  private func current() throws(SystemError) -> LauncherProcess {
    if let running { return running }
    return try start()
  }

  private func start() throws(SystemError) -> LauncherProcess {
    namespaces = try NamespaceKind.identities(of: "self")
    let launcher = try LauncherProcess(path, loop: loop, makesNamespaces) { [weak self] in
      self?.assumeIsolated { launcher in
        // A launcher that is gone is noticed by the launches that wait for it.
        try? launcher.sendWaiting()
      }
    }
    running = launcher
    return launcher
  }

  /// A launch came to nothing without a report: what the launcher has to say about itself, if anything.
  func whyGone() -> LaunchError {
    let failure = running?.ownFailure()
    stop()
    if let failure { note(failure) }
    return failure.map { LaunchError($0, steps: []) } ?? .launcherGone("\(path) has ended")
  }

  /// Ends the launcher; its workers live on. The next ``submit(_:)`` starts another.
  func stop() {
    running?.stop()
    running = nil
  }

  /// Ends the launcher for good and waits until it is reaped.
  func shutDown() async {
    unsent = []
    guard let running else { return }
    self.running = nil
    await withCheckedContinuation { continuation in
      running.stop { continuation.resume() }
    }
  }
}

/// A running launcher: its socket and its process. Loop only.
private final class LauncherProcess {
  let socket: PacketSocket
  var pid: Int32 { process.pid }
  private let process: ProcessHandle
  private let loop: Loop
  private let hasRoom: () -> Void
  private var roomWatch: Loop.WatchToken?
  private var endWatch: Loop.WatchToken?

  init(
    _ path: String, loop: Loop, _ makesNamespaces: Bool, hasRoom: @escaping () -> Void
  ) throws(SystemError) {
    let pair = try PacketSocket.pair()
    process = try LauncherStart.spawn(path, socket: pair.peer, makesNamespaces: makesNamespaces)
    socket = pair.takeSocket()
    self.loop = loop
    self.hasRoom = hasRoom
  }

  func watchForRoom(_ wanted: Bool) throws(SystemError) {
    guard wanted != (roomWatch != nil) else { return }
    if let roomWatch { loop.unwatch(roomWatch) }
    roomWatch = nil
    guard wanted else { return }
    roomWatch = try loop.watch(socket.descriptor.number, .write) { [hasRoom] _ in hasRoom() }
  }

  /// Why it cannot work, if it said so.
  func ownFailure() -> LaunchReport.Failure? {
    var resets = 0
    while true {
      do throws(SystemError) {
        switch try socket.receiveLaunchReport() {
        case .failed(let failure): return failure
        case .executed: return nil
        default: continue
        }
      } catch  where error.errno == Errno.connectionReset && resets == 0 {
        // Said once of a peer that went without reading its requests; what it had said itself is still there.
        resets += 1
      } catch {
        return nil
      }
    }
  }

  /// Kills it and reaps it when it is dead.
  func stop(_ reaped: @escaping () -> Void = {}) {
    if let roomWatch { loop.unwatch(roomWatch) }
    roomWatch = nil
    guard endWatch == nil else { return reaped() }
    try? process.kill()
    do throws(SystemError) {
      // The watch keeps this object alive until the process is reaped.
      endWatch = try loop.watch(process.pidfd.number, .read) { [self] _ in
        _ = try? process.reap()
        if let endWatch { loop.unwatch(endWatch) }
        reaped()
      }
    } catch {
      _ = try? process.reap()
      reaped()
    }
  }
}
