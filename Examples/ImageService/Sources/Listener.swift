internal import ExampleSupport
internal import FlyingFox
internal import FlyingSocks
internal import Glibc

/// The socket: listens until it is asked to stop, and begins again when something else has stopped it.
struct Listener {
  let address: String
  let port: UInt16
  let silence: Duration
  let grace: Duration

  private enum Event: Sendable {
    case listening(UInt16)
    case stopped(any Error)
    case asked
  }

  /// Returns when a signal has asked for it and what was begun is finished, or its grace over.
  func serve(_ handler: some HTTPHandler) async throws(ServiceFailure) {
    let (requests, request) = AsyncStream.makeStream(of: Void.self)
    let interrupts = Interrupts { request.yield() }
    defer { interrupts.cancel() }
    var bound: UInt16?
    while true {
      let sockets = WatchedSockets(.ePoll(), silence: silence)
      let server = HTTPServer(
        config: try configuration(sockets, port: bound ?? port), handler: handler)
      let outcome = await run(server, sockets, until: requests) { bound = $0 }
      guard case .stopped(let error) = outcome else { return }
      guard bound != nil else { throw failure(error) }
      // Out of descriptors, for example. Those that are open go away with the time; a service that had ended would not come back.
      Log.write("listening again in a second: \(error)")
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func run(
    _ server: HTTPServer, _ sockets: WatchedSockets<some AsyncSocketPool>,
    until requests: AsyncStream<Void>, _ isBound: (UInt16) -> Void
  ) async -> Event {
    await withTaskGroup(of: Event?.self) { group in
      group.addTask {
        do {
          try await server.run()
          return nil
        } catch { return .stopped(error) }
      }
      group.addTask {
        guard (try? await server.waitUntilListening(timeout: 60)) != nil else { return nil }
        return await Self.port(of: server).map { .listening($0) }
      }
      group.addTask {
        for await _ in requests { return .asked }
        return nil
      }
      defer { group.cancelAll() }
      for await case let event? in group {
        switch event {
        case .listening(let port):
          isBound(port)
          Log.write("listening on http://\(address):\(port)/")
        case .stopped: return event
        case .asked:
          Log.write("finishing what was begun")
          await sockets.drain()
          await server.stop(timeout: grace.inSeconds)
          return .asked
        }
      }
      return .asked
    }
  }

  private static func port(of server: HTTPServer) async -> UInt16? {
    guard case .ip4(_, let port) = await server.listeningAddress else { return nil }
    return port
  }

  private func configuration(
    _ sockets: some AsyncSocketPool, port: UInt16
  ) throws(ServiceFailure) -> HTTPServer.Configuration {
    do {
      // A body is read once, by us: nothing is kept to be replayed. Time-outs are ours too, by name.
      return HTTPServer.Configuration(
        address: try .inet(ip4: address, port: port), timeout: 3600, sharedRequestReplaySize: 0,
        pool: sockets, logger: .disabled)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: any Error) -> ServiceFailure {
    guard case SocketError.failed(let call, let number, let message) = error else {
      return ServiceFailure(
        status: ServiceFailure.noSocket, text: "cannot listen on \(address):\(port): \(error)")
    }
    let remedy =
      switch number {
      case EADDRINUSE: "; choose another port with --port, or end who listens there"
      case EACCES: "; ports below 1024 need privileges, choose another with --port"
      case EADDRNOTAVAIL: "; this machine has no such address"
      default: ""
      }
    return ServiceFailure(
      status: ServiceFailure.noSocket,
      text: "cannot listen on \(address):\(port): \(call.lowercased()): \(message)\(remedy)")
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
