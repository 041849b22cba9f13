import TestSupport
import Testing

/// What is left of workers that were killed: nothing, counted.
///
/// Counts belong to the whole process, and other suites make and end workers meanwhile; so the counting is done in a process of its own.
@Suite(.timeLimit(.minutes(10))) struct LeakTests {
  @Test("A hundred kills in a row leave no process, descriptor, thread, mount or shared memory")
  func hundredKills() throws {
    let run = try Command.run(Places.product("leak-counter"), ["100"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("nothing left of 100 workers"))
  }
}
