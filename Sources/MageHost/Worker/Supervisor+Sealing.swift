internal import MagePipes
internal import MageSystem
internal import MageWire

extension Supervisor {
  func handle(_ news: ConnectionNews) {
    switch news {
    case .hello: if role.isTemplate { templateStarted() } else { seal() }
    case .sealed(let listener): sealed(listener)
    case .refused(let reason): end(.notSealed("the worker says: \(reason)"))
    case .malformed(let malformed): end(.malformed(malformed))
    case .exceeded(let limit): end(.limit(limit))
    case .failed(let error): end(.notSealed("\(error)"))
    case .peerClosed: channelClosed()
    case .seal, .invited, .finish: break  // never sent to a host: FrameRules has no row for them
    }
  }

  /// The runtime has started: its start-up filter's listener makes room for the next one, and the filter goes out.
  func seal() {
    // The listener was sent before the runtime's first byte, on another socket: it is here, though perhaps not taken yet.
    readReport()
    desk.close()
    handshake { [program = plan.serveProgram] in $0.sendSeal(program: program) }
    // While it installs the filter.
    proveNamespaces()
  }

  func proveNamespaces() {
    guard cause == nil, !hasProvenNamespaces, let pid = process?.pid else { return }
    if case .broken(let defect)? = proof.verdictOnNamespaces(of: pid) {
      end(.notSealed(defect))
    } else {
      hasProvenNamespaces = true
    }
  }

  func sealed(_ descriptor: SharedDescriptor) {
    do throws(SystemError) {
      phase = .serve
      try listen(FilterListener(owning: try descriptor.duplicate()))
      prove()
    } catch {
      end(.notSealed("\(error)"))
    }
  }

  func prove() {
    proveNamespaces()
    guard cause == nil, let pid = process?.pid else { return }
    switch proof.verdictOnSeal(of: pid) {
    case .holds: ready()
    case .notYet:
      schedule(.proof, after: Self.proofPause) { $0.prove() }
    case .broken(let defect):
      end(.notSealed(defect))
    }
  }

  /// Sealed and proven: all that it can say before it is invited is malformed.
  func ready() {
    guard let starting, let pid = process?.pid else { return }
    cancel(.seal)
    self.starting = nil
    readyAfter = MonotonicTime.now.since(launched)
    if role.isTemplate, let identity { events.say(.started(identity, after: readyAfter)) }
    starting.resume(returning: .success(pid))
  }

  /// From here on it is hostile. Call once it is ready.
  func invite() -> Result<WorkerProcess, SpawnError> {
    guard cause == nil, let connection, let pid = process?.pid else {
      return .failure(ending.map { .ended($0) } ?? .hostGone)
    }
    do throws(SystemError) {
      try sendInvitation(on: connection)
    } catch {
      end(.notSealed("\(error)"))
    }
    guard cause == nil else { return .failure(ending.map { .ended($0) } ?? .hostGone) }
    isInvited = true
    if let identity { events.say(.started(identity, after: readyAfter)) }
    if let wall = plan.wallLimit {
      schedule(.wall, after: wall) { $0.end(.limit(.wall(wall))) }
    }
    schedule(.resources, after: ResourceWatch.shortest) { $0.watchResources() }
    return .success(WorkerProcess(self, connection, pid: pid))
  }

  private func sendInvitation(on connection: Connection) throws(SystemError) {
    guard plan.policy.ipc.transport == .ring else {
      return handshake { (channel) throws(Malformed) in try channel.sendInvitation() }
    }
    let (port, handover) = try RingPort.make()
    handshake { (channel) throws(Malformed) in try channel.sendInvitation(ring: handover) }
    guard cause == nil else { return }
    try connection.assumeIsolated { connection in
      Result { () throws(SystemError) in try connection.use(port) }
    }.get()
  }

  func handshake(_ make: @Sendable (inout Channel) throws(Malformed) -> Void) {
    guard cause == nil, let connection else { return }
    let done = connection.assumeIsolated { connection in
      Result { () throws(Malformed) in try connection.handshake(make) }
    }
    if case .failure(let malformed) = done { end(.malformed(malformed)) }
  }
}
