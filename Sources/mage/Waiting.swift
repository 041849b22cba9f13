internal import Dispatch
internal import Synchronization

/// Runs asynchronous work from the main thread, which waits for it: nothing then depends on the main queue.
enum Waiting {
  static func forValue<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
    let result = Box<Value>()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      let value = await work()
      result.value.withLock { $0 = value }
      done.signal()
    }
    while true {
      done.wait()
      if let value = result.value.withLock({ $0 }) { return value }
    }
  }

  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}
