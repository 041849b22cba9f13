import MageSystem
import Testing

@testable import MagePipes

/// A loop on a thread of its own, for as long as a test takes.
struct RunningLoop: Sendable {
  let loop: Loop
  private let ended = Inbox<SystemError?>()

  init() throws {
    loop = try Loop()
    let ended = ended
    try LoopThread.start(loop) { ended.put($0) }
  }

  /// Runs `body` on the loop's thread.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await Task(executorPreference: loop) { try body() }.value
  }

  /// Ends the thread and waits for it.
  func stop() async throws {
    try await run { [loop] in loop.stop() }
    #expect(await ended.next() == nil)
  }
}

/// Runs `body` with a loop that is stopped afterwards.
func withLoop(_ body: (RunningLoop) async throws -> Void) async throws {
  let running = try RunningLoop()
  do {
    try await body(running)
  } catch {
    try await running.stop()
    throw error
  }
  try await running.stop()
}
