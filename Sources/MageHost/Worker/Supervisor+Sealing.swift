internal import MagePipes
internal import MageSystem
internal import MageWire

extension Supervisor {
  func handle(_ news: ConnectionNews) {
    switch news {
    case .hello: seal()
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
    unwatch(.listener)
    listener = nil
    handshake { [program = plan.serveProgram] in $0.sendSeal(program: program) }
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
    guard cause == nil, let pid = process?.pid else { return }
    switch plan.proof.verdict(on: pid) {
    case .holds:
      invite()
    case .notYet:
      schedule(.proof, after: Self.proofPause) { $0.prove() }
    case .broken(let defect):
      end(.notSealed(defect))
    }
  }

  func invite() {
    guard let connection, let starting, let pid = process?.pid else { return }
    handshake { (channel) throws(Malformed) in try channel.sendInvitation() }
    guard cause == nil else { return }
    cancel(.seal)
    if let wall = plan.wallLimit {
      schedule(.wall, after: wall) { $0.end(.limit(.wall(wall))) }
    }
    watchResources()
    self.starting = nil
    starting.resume(returning: .success(WorkerProcess(self, connection, pid: pid)))
  }

  func handshake(_ make: @Sendable (inout Channel) throws(Malformed) -> Void) {
    guard cause == nil, let connection else { return }
    let done = connection.assumeIsolated { connection in
      Result { () throws(Malformed) in try connection.handshake(make) }
    }
    if case .failure(let malformed) = done { end(.malformed(malformed)) }
  }
}
