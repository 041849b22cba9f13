import Synchronization

/// Values that one side puts in and a test waits for, in their order.
final class Inbox<Element: Sendable>: Sendable {
  private struct State {
    var items: [Element] = []
    var waiting: [CheckedContinuation<Element, Never>] = []
  }

  private let state = Mutex(State())

  func put(_ element: Element) {
    let waiting = state.withLock { state -> CheckedContinuation<Element, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.items.append(element)
      return nil
    }
    waiting?.resume(returning: element)
  }

  func next() async -> Element {
    await withCheckedContinuation { continuation in
      let item = state.withLock { state -> Element? in
        guard state.items.isEmpty else { return state.items.removeFirst() }
        state.waiting.append(continuation)
        return nil
      }
      if let item { continuation.resume(returning: item) }
    }
  }

  func next(_ count: Int) async -> [Element] {
    var elements: [Element] = []
    for _ in 0..<count { elements.append(await next()) }
    return elements
  }

  /// What nobody has taken.
  var rest: [Element] { state.withLock { $0.items } }
}

/// A door that handlers wait at until a test opens it, once for each.
typealias Gate = Inbox<Void>

extension Inbox where Element == Void {
  func open(_ count: Int = 1) { for _ in 0..<count { put(()) } }
}
