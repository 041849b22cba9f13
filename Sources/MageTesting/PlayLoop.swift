internal import MagePipes
internal import MageSystem

/// A loop on a thread of its own, for as long as somebody keeps it.
final class PlayLoop: Sendable {
  let loop: Loop

  init(_ time: TestTime?) throws(SystemError) {
    loop = try Loop(time: time?.manual)
    try LoopThread.start(loop)
  }

  deinit { Task(executorPreference: loop) { [loop] in loop.stop() } }

  /// Runs `body` on the loop's thread.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await Task(executorPreference: loop) { try body() }.value
  }
}

/// The test itself could not be set up: the machine refused a socket or a thread.
public struct PlayError: Error, Sendable, CustomStringConvertible {
  public let description: String
}
