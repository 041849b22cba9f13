public import MageHost
public import ServiceLifecycle

/// A host among the services of a process (swift-service-lifecycle): a graceful shutdown drains its pools, asks its workers to finish, and ends them.
///
/// List it after what its callers need and before the callers themselves: a `ServiceGroup` shuts down its services in reverse order.
public struct HostService: Service {
  private let host: Host
  private let grace: Duration

  /// - Parameters:
  ///   - host: which this service shuts down.
  ///   - grace: how long calls that have begun may take to finish, once the shutdown began.
  public init(_ host: Host, grace: Duration = .seconds(10)) {
    self.host = host
    self.grace = grace
  }

  /// Returns when the host has shut down, after a graceful shutdown or when its task is cancelled; then workers are ended at once.
  public func run() async throws {
    try? await gracefulShutdown()
    await host.shutDown(within: Task.isCancelled ? .zero : grace)
  }
}
