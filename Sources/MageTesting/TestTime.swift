internal import MagePipes

/// A time that stands still until the test moves it on.
///
/// A ``HostilePeer`` or ``ScriptedWorker`` that is made with it takes it for the clock of its deadlines and rates: what takes half a minute
/// happens at once, and never before the test says so.
///
/// ```swift
/// let time = TestTime()
/// let worker = try await ScriptedWorker(of: Decoder.self, time: time) { _ in .nothing }
/// async let size = Decoder.Proxy(worker.remote).size(of: image)
/// await worker.requests(1)
/// await time.advance(by: .seconds(30))  // the call has missed its deadline now
/// ```
public final class TestTime: Sendable {
  let manual = ManualTime()

  public init() {}

  /// Moves the time on. Returns when everything that has become due has run.
  public func advance(by duration: Duration) async { await manual.advance(by: duration) }
}
