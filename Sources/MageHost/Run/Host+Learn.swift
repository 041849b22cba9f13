public import MagePipes
public import MagePolicy
internal import Synchronization

extension Host {
  /// Runs a program and notes every system call that it makes, all of which it may make.
  ///
  /// The program is in its namespaces, without capabilities and under its limits, but no filter holds it back: learn from programs
  /// that you trust.
  ///
  /// - Parameters:
  ///   - program: what to run.
  ///   - policy: a single-stage policy, for everything but its rules.
  /// - Throws: ``SpawnError`` when it could not be started.
  public func learn(
    _ program: Program, policy: Policy
  ) async throws(SpawnError) -> (ending: Ending, learned: LearnedPolicy) {
    let notes = CallNotes()
    var open = policy
    (open.startup, open.serve) = (PhaseRules(), PhaseRules())
    let process = try await core.start(program, open, notes: notes).get()
    return (await process.ending(), notes.learned)
  }
}

/// What a program was seen to do.
final class CallNotes: Sendable {
  private let seen = Mutex(LearnedPolicy())

  func add(_ call: String, _ arguments: [UInt64]) {
    seen.withLock { $0.add(call, arguments: arguments) }
  }

  var learned: LearnedPolicy { seen.withLock { $0 } }
}
