internal import Mage
internal import MagePipes
internal import MageSystem
internal import MageWire
internal import Synchronization

/// The worker's half of the handshake, and its end.
///
/// Everything happens on the loop's thread, the only one there is.
final class Runtime: Sendable {
  let loop: Loop
  private let accept: @Sendable (consuming Endpoint) -> Void
  private let connection = Mutex<Connection?>(nil)
  private let status = Mutex<Int32>(0)

  init(loop: Loop, accept: @escaping @Sendable (consuming Endpoint) -> Void) {
    self.loop = loop
    self.accept = accept
  }

  var exitStatus: Int32 { status.withLock { $0 } }

  /// Says hello to the host. The rest follows from what the host answers.
  ///
  /// - Parameter prepare: runs first; its error is told to the host instead.
  ///   - isTemplate: it said hello, and stops its loop to wait for requests.
  func start(_ prepare: () throws -> Void, isTemplate: Bool = false) {
    let connection = connect(isFork: false)
    // The loop does not run yet, so nothing else is in the actor; its first job starts the connection.
    let prepared = Result { try prepare() }
    Task(executorPreference: loop) {
      do {
        try await connection.start()
        try prepared.get()
        try await connection.handshake { $0.sendHello() }
        if isTemplate { self.loop.stop() }
      } catch {
        self.stop(Worker.ExitStatus.software, "\(error)")
      }
    }
  }

  /// Waits for the invitation: a template's fork is sealed already, and its host knows.
  func startSealed() {
    let connection = connect(isFork: true)
    Task(executorPreference: loop) {
      do {
        try await connection.start()
      } catch {
        self.stop(Worker.ExitStatus.software, "\(error)")
      }
    }
  }

  private func connect(isFork: Bool) -> Connection {
    let socket = PacketSocket(owning: OwnedDescriptor(owning: Worker.channelDescriptor))
    let connection = Connection(
      socket, channel: Channel(side: .worker, limits: ChannelLimits(), isFork: isFork), loop: loop
    ) { [self] in handle($0) }
    self.connection.withLock { $0 = connection }
    return connection
  }

  private func handle(_ news: ConnectionNews) {
    switch news {
    case .seal(let program): seal(program)
    case .invited: invited()
    case .finish, .peerClosed: stop(0, nil)
    case .malformed(let malformed): stop(Worker.ExitStatus.protocol, "\(malformed)")
    case .failed(let error): stop(Worker.ExitStatus.software, "\(error)")
    case .exceeded(let limit): stop(Worker.ExitStatus.protocol, "\(limit)")
    case .hello, .sealed, .refused: break  // never sent to a worker: FrameRules has no row for them
    }
  }

  private func seal(_ program: [UInt8]) {
    do throws(SystemError) {
      sealed(SharedDescriptor(try Filter.installWithListener(program)))
    } catch  where error.errno == Errno.busy {
      // The host has closed the first filter's listener, but a process that it is just starting may still hold a
      // copy until its exec. How long this may go on is the host's seal deadline.
      loop.schedule(at: MonotonicTime.now.advanced(by: Self.busyPause)) { [self] in
        seal(program)
      }
    } catch {
      stop(Worker.ExitStatus.software, "\(error)")
    }
  }

  private func sealed(_ listener: SharedDescriptor) {
    guard let connection = connection.withLock({ $0 }) else { return }
    let sent = connection.assumeIsolated { connection in
      Result { () throws(Malformed) in
        try connection.handshake { $0.sendSealed(listener: listener) }
      }
    }
    if case .failure(let error) = sent { stop(Worker.ExitStatus.software, "\(error)") }
  }

  private static let busyPause = Duration.microseconds(500)

  private func invited() {
    guard let connection = connection.withLock({ $0 }) else { return }
    accept(Endpoint(connection.bootstrap))
  }

  private func stop(_ exitStatus: Int32, _ complaint: String?) {
    if let complaint {
      Worker.complain(complaint)
      // To the host too, as long as it listens to such things.
      connection.withLock { $0 }?.assumeIsolated { connection in
        guard connection.phase != .open else { return }
        try? connection.handshake { $0.sendRefusal(complaint) }
      }
    }
    status.withLock { $0 = exitStatus }
    loop.stop()
  }
}
