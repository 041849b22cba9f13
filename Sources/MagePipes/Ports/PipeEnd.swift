package import MageWire
internal import Synchronization

/// The owner of one end of a pipe: the end is closed when its owner goes.
///
/// Values that are copied (messages, remotes) share an owner, and the end can be taken out of it once.
package final class PipeEnd: WireHandle {
  private enum State {
    case held(Port)
    case gone(EndpointError)
  }

  private let state: Mutex<State>

  package init(_ port: Port) { state = Mutex(.held(port)) }

  deinit {
    // Never at once: the last reference may go in the middle of a change to the port's state.
    if case .held(let port) = state.withLock({ $0 }) { Task { port.close(CloseReason()) } }
  }

  /// The end, which stays here.
  package func port() throws(EndpointError) -> Port {
    switch state.withLock({ $0 }) {
    case .held(let port): return port
    case .gone(let error): throw error
    }
  }

  /// Takes the end out.
  ///
  /// - Parameter error: what whoever comes later gets.
  package func take(leaving error: EndpointError) throws(EndpointError) -> PipeEnd {
    let before = state.withLock { state -> State in
      let before = state
      if case .held = before { state = .gone(error) }
      return before
    }
    switch before {
    case .held(let port): return PipeEnd(port)
    case .gone(let error): throw error
    }
  }

  /// Puts an end back that ``take(leaving:)`` took out of here.
  func restore(_ end: PipeEnd) {
    guard let port = end.release() else { return }
    state.withLock { $0 = .held(port) }
  }

  /// Gives the port up to whoever asks; `nil` when it is not here.
  func release() -> Port? {
    state.withLock { state -> Port? in
      guard case .held(let port) = state else { return nil }
      state = .gone(.sent)
      return port
    }
  }

  /// Looks at the port that is to be sent.
  var held: Port? {
    state.withLock { if case .held(let port) = $0 { port } else { nil } }
  }

  /// Takes the end from its remote or receiver. Refused while something is unfinished.
  package func unbind() throws(EndpointError) -> PipeEnd {
    let port = try port()
    guard !port.sharesPipe else { throw .associated }
    guard port.unbind() else { throw .busy }
    return try take(leaving: .unbound)
  }

  /// Notes that the end calls.
  package func beCaller() { held?.beCaller() }

  /// An end of nothing, for whoever only wants to know as what it is sent.
  package static func placeholder() -> PipeEnd { PipeEnd(Port(.gone(.pipeClosed(CloseReason())))) }

  /// As what the end was sent or received.
  package var role: RelayRule.Role? { held?.role.withLock { $0 } }

  /// Notes as what the end is sent or received, for a host that passes its messages on.
  package func mark(_ role: RelayRule.Role) { held?.role.withLock { $0 = role } }

  /// Lets go of the end, which closes by itself.
  package func abandon() { _ = release() }

  package func close(_ reason: CloseReason) { held?.close(reason) }
}

extension OutgoingMessage {
  /// Takes the ends among `handles` out of the values that they were in: all of them, or none.
  ///
  /// - Parameter ends: those that are to share the pipe.
  package init(
    bytes: [UInt8], taking handles: [any WireHandle], ends: [any WireHandle] = []
  ) throws(EndpointError) {
    var taken: [any WireHandle] = []
    var undo: [(PipeEnd, PipeEnd)] = []
    for handle in handles + ends {
      guard let end = handle as? PipeEnd else {
        taken.append(handle)
        continue
      }
      do throws(EndpointError) {
        let own = try end.take(leaving: .sent)
        undo.append((end, own))
        taken.append(own)
      } catch {
        for (end, own) in undo { end.restore(own) }
        throw error
      }
    }
    self.init(bytes: bytes, handles: Array(taken.prefix(handles.count)))
    self.ends = taken.dropFirst(handles.count).compactMap { $0 as? PipeEnd }
  }
}
