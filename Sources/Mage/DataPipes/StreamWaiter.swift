internal import MagePipes
internal import Synchronization

/// A task that waits for the other end of a stream, at most for its time.
final class StreamWaiter: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<CallError?, Never>)
    case over(CallError?)
  }

  private let state = Mutex(State.idle)

  /// Ends the waiting, once; what comes later means nothing.
  ///
  /// - Parameter error: why it was in vain.
  func resume(_ error: CallError? = nil) {
    let waiting = state.withLock { state -> CheckedContinuation<CallError?, Never>? in
      switch state {
      case .over: return nil
      case .idle:
        state = .over(error)
        return nil
      case .waiting(let continuation):
        state = .over(error)
        return continuation
      }
    }
    waiting?.resume(returning: error)
  }

  private func value() async -> CallError? {
    await withCheckedContinuation { continuation in
      let error = state.withLock { state -> CallError?? in
        if case .over(let error) = state { return .some(error) }
        state = .waiting(continuation)
        return nil
      }
      if let error { continuation.resume(returning: error) }
    }
  }

  /// Waits until somebody resumes the waiter.
  ///
  /// - Parameters:
  ///   - limit: what is said of the time in the error.
  ///   - end: when it is over.
  /// - Throws: why it was in vain.
  static func wait(
    _ limit: Duration, until end: ContinuousClock.Instant, in place: some WaitingPlace
  ) async throws(CallError) {
    let waiter = StreamWaiter()
    guard place.park(waiter) else { return }
    let timer = Task {
      guard (try? await Task.sleep(until: end, clock: .continuous)) != nil else { return }
      waiter.resume(.deadlineMissed(limit))
    }
    let error = await withTaskCancellationHandler {
      await waiter.value()
    } onCancel: {
      waiter.resume(.cancelled)
    }
    timer.cancel()
    guard let error else { return }
    place.unpark(waiter)
    throw error
  }
}

/// Where a waiting task is found by those who end its waiting.
protocol WaitingPlace: Sendable {
  /// Notes who waits; false when there is nothing to wait for.
  func park(_ waiter: StreamWaiter) -> Bool
  func unpark(_ waiter: StreamWaiter)
}
