internal import MagePipes
internal import MageWire
internal import Synchronization

/// Replies that have come, and callers that wait for one.
final class Replies: Sendable {
  private typealias Continuation = CheckedContinuation<Result<IncomingMessage, CallError>, Never>

  private struct State {
    var arrived: [UInt64: IncomingMessage] = [:]
    var waiting: [UInt64: Continuation] = [:]
    var end: CallError?
  }

  private let state = Mutex(State())

  func put(_ message: IncomingMessage) {
    guard let request = (try? MessageHeader(decoding: message.bytes))?.requestID else { return }
    let waiting = state.withLock { state -> Continuation? in
      if let waiting = state.waiting.removeValue(forKey: request) { return waiting }
      state.arrived[request] = message
      return nil
    }
    waiting?.resume(returning: .success(message))
  }

  func end(_ error: CallError) {
    let waiting = state.withLock { state in
      state.end = error
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in waiting.values { continuation.resume(returning: .failure(error)) }
  }

  func next(_ request: UInt64) async -> Result<IncomingMessage, CallError> {
    await withCheckedContinuation { (continuation: Continuation) in
      let result = state.withLock { state -> Result<IncomingMessage, CallError>? in
        if let message = state.arrived.removeValue(forKey: request) { return .success(message) }
        if let end = state.end { return .failure(end) }
        state.waiting[request] = continuation
        return nil
      }
      if let result { continuation.resume(returning: result) }
    }
  }
}
