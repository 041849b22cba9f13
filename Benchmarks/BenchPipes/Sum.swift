internal import Synchronization

/// Adds up what comes through however many pipes.
public final class Sum: Counter.Service {
  private let value = Atomic<UInt64>(0)

  public init() {}

  /// Of all that came so far.
  public var total: UInt64 { value.load(ordering: .relaxed) }

  public func add(value: UInt32) async throws {
    self.value.wrappingAdd(UInt64(value), ordering: .relaxed)
  }
}
