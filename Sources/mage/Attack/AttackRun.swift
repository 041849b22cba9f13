internal import Glibc
internal import MageHost
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

/// Every attempt under one policy, each in a process of its own.
struct AttackRun: Sendable {
  struct Result: Sendable {
    let attempt: Attempt
    let expected: Expectation
    let got: Outcome
    var isHole: Bool { !got.isAsExpected(expected, attempt.goal) }
  }

  let host: Host
  let filters: PolicyFilters
  let portAddress: [UInt8]
  let socketAddress: [UInt8]
  /// An input that has nothing, and an output to nobody.
  let null: Int32

  /// An attempt that has not ended by then hangs, which is an outcome too.
  private static let patience = Duration.seconds(20)
  /// As many processes at a time as find out without being in each other's way.
  private static let atOnce = 4

  var attempts: [Attempt] {
    Attempt.all.filter { attempt in
      guard case .crime = attempt.manner else { return true }
      return !filters.policy.isSingleStage
    }
  }

  /// In the order of the table.
  func results() async -> [Result] {
    let attempts = attempts
    return await withTaskGroup(of: (Int, Outcome).self) { group in
      var outcomes: [Int: Outcome] = [:]
      for (index, attempt) in attempts.enumerated() {
        if index >= Self.atOnce, let (done, outcome) = await group.next() {
          outcomes[done] = outcome
        }
        group.addTask { (index, await outcome(of: attempt)) }
      }
      for await (done, outcome) in group { outcomes[done] = outcome }
      return attempts.enumerated().map { index, attempt in
        Result(
          attempt: attempt, expected: Expectation(attempt, filters),
          got: outcomes[index] ?? .untried("no outcome"))
      }
    }
  }

  private func outcome(of attempt: Attempt) async -> Outcome {
    let words = attempt.words(portAddress, socketAddress) { SystemCallNames.number(of: $0) }
    do throws(SpawnError) {
      return filters.policy.isSingleStage ? try await program(words) : try await worker(words)
    } catch {
      return .untried("\(error)")
    }
  }

  private func program(_ words: [String]) async throws(SpawnError) -> Outcome {
    let program = Program(
      AttackPrograms.program, arguments: words, binds: AttackPrograms.runtime,
      streams: Program.Streams(input: null, output: null, error: null))
    let process = try await host.start(program, policy: filters.policy)
    let watch = Task {
      try await Task.sleep(for: Self.patience)
      await process.kill()
    }
    defer { watch.cancel() }
    return Outcome(await process.ending())
  }

  private func worker(_ words: [String]) async throws(SpawnError) -> Outcome {
    let worker = try await host.spawn(
      AttackPrograms.worker, policy: filters.policy, arguments: words)
    let watch = Task {
      try await Task.sleep(for: Self.patience)
      await worker.kill()
    }
    defer { watch.cancel() }
    return Outcome(await worker.ending())
  }
}

/// The programs that stand beside this one.
enum AttackPrograms {
  static var program: String { beside("mage-attack-program") }
  static var worker: String { beside("mage-attack-worker") }

  /// The language's library, where it was linked as a shared object: a policy that gives the machine's own libraries leaves no room in
  /// their directory for one that is elsewhere.
  static let runtime: [Program.Bind] = {
    let bytes = (try? FileReading.read("/proc/self/maps", limit: 8 << 20)) ?? []
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let path = lines.first { $0.hasSuffix("/libswiftCore.so") }.flatMap { line in
      line.firstIndex(of: "/").map { String(line[$0...]) }
    }
    return path.map { [Program.Bind(source: $0, target: $0)] } ?? []
  }()

  private static func beside(_ name: String) -> String {
    let executable = (try? FileReading.link("/proc/self/exe")) ?? name
    let directory = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (directory + [name[...]]).joined(separator: "/")
  }
}
