import Foundation
import TestSupport
import Testing

/// What is left of workers that were killed: nothing, counted.
///
/// Counts belong to the whole process, and other suites make and end workers meanwhile; so the counting is done in a process of its own.
@Suite(.timeLimit(.minutes(30))) struct LeakTests {
  static let isSoak = ProcessInfo.processInfo.environment["MAGE_SOAK"] != nil

  @Test(
    "Kills in a row leave no process, descriptor, thread, mount, control group, memory or shared memory"
  )
  func hundredKills() throws {
    let rounds = Self.isSoak ? "10000" : "100"
    let run = try Command.run(Places.product("leak-counter"), [rounds], within: 1_500)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("nothing left of \(rounds) workers"))
    if Self.isSoak { print(run.output) }
  }

  @Test(
    "A launch that runs out of descriptors, at whichever of them, leaves nothing and harms no later one"
  )
  func exhausted() throws {
    let run = try Command.run(Places.product("leak-counter"), ["24", "exhaust"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    // Some had too few and some had enough.
    let failed = run.output.split(separator: " ").first.flatMap { Int($0) } ?? 0
    #expect((1..<24).contains(failed), "\(run.output)")
  }
}
