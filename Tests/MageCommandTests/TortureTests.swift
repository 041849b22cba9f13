import Foundation
import Glibc
import MageDrill
import TestSupport
import Testing

/// A live host under attack, and one that is killed in the middle of it.
@Suite(.serialized, .timeLimit(.minutes(20))) struct TortureTests {
  static let isSoak = ProcessInfo.processInfo.environment["MAGE_SOAK"] != nil

  /// How long friendly workers may wait for what they ask. On two processors with ten others for company, 99 of 100 calls took 25 ms and the
  /// slowest turn 85, so a busy machine holds both bounds with room. A loop that waits for one hostile worker holds up everybody for as
  /// long as that worker's own deadline, six seconds: the slowest turn tells. One that is slow with each of them shows in the 99.
  private static let patience = ["--p99", "2000", "--slowest", "5000"]

  @Test("A host that is attacked answers its friends, ends its enemies and keeps nothing of them")
  func torture() throws {
    let run = try Command.run(
      MageRun.mage,
      [
        "torture", "--library", Places.policies, "--seconds", Self.isSoak ? "120" : "8",
      ] + Self.patience, within: 300)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains(", 0 failures\n"))
    // Every kind was there: spoiled packets, what no filter allows, silence, deaths before and after the seal.
    for kind in ["mutants: malformed", "victim: killed", "stillbirth: not started"] {
      #expect(run.output.contains("  \(kind): "), "\(run.output)")
    }
  }

  @Test("Each trick ends its worker, and for what it was", arguments: Trick.allCases)
  func trick(_ trick: Trick) throws {
    let seed = try #require(
      (0..<UInt64(100_000)).first { Trick(Behaviour(seed: $0), seed: $0) == trick })
    try only(seed)
  }

  @Test("Each behaviour has the ending that is right", arguments: Behaviour.allCases)
  func behaviour(_ behaviour: Behaviour) throws {
    try only(#require((0..<UInt64(100_000)).first { Behaviour(seed: $0) == behaviour }))
  }

  private func only(_ seed: UInt64) throws {
    let run = try Command.run(
      MageRun.mage, ["torture", "--library", Places.policies, "--only", "\(seed)"], within: 100)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("1 hostile workers ended"))
  }

  private struct Totals: Decodable {
    let hostileWorkers: Int
    let friendlyCalls: Int
    let p50Microseconds: Int
    let p99Microseconds: Int
    let slowestMicroseconds: Int
    let endings: [String: Int]
    let failures: [String]
  }

  @Test("The same for programs: one JSON object, and one worker by its seed")
  func json() throws {
    let options = ["torture", "--library", Places.policies, "--json"] + Self.patience
    let run = try Command.run(MageRun.mage, options + ["--seconds", "1"], within: 300)
    let totals = try JSONDecoder().decode(Totals.self, from: Data(run.output.utf8))
    #expect(run.status == 0 && totals.failures.isEmpty, "\(run.output)\(run.errors)")
    #expect(totals.hostileWorkers > 0 && totals.friendlyCalls > 0)
    #expect(totals.endings.values.reduce(0, +) == totals.hostileWorkers)
    #expect(totals.p50Microseconds <= totals.p99Microseconds)
    #expect(totals.p99Microseconds <= totals.slowestMicroseconds)

    let one = try Command.run(MageRun.mage, options + ["--only", "7"], within: 300)
    let single = try JSONDecoder().decode(Totals.self, from: Data(one.output.utf8))
    #expect(one.status == 0 && single.hostileWorkers == 1 && single.friendlyCalls == 0)
  }

  @Test(
    "A command that cannot begin says why",
    arguments: [
      (["torture", "--seconds", "0"], 64, "out of range"),
      (["torture", "--policy", "rendrer"], 65, "did you mean 'renderer'?"),
      (["torture", "--policy", "judge"], 65, "has no channel"),
      (["attack", "--policy", "jugde"], 65, "did you mean 'judge'?"),
      (["attack", "--opne"], 64, "--opne"),
    ])
  func mistakes(_ words: [String], _ status: Int32, _ complaint: String) throws {
    let library = ["--library", Places.policies]
    let run = try Command.run(MageRun.mage, words.prefix(1) + library + words.dropFirst())
    #expect(run.status == status && run.errors.contains(complaint), "\(run.status) \(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test(
    "A host that is killed at any moment leaves no process, mount, control group or shared memory")
  func hostKilled() throws {
    try Places.withDirectory { directory in
      let programs = try copies(of: ["mage", "mage-attack-worker", "mage-launcher"], in: directory)
      var random = SystemRandomNumberGenerator()
      for round in 0..<(Self.isSoak ? 500 : 12) {
        let before = try Leftovers.now()
        // Any moment from the program's start to the middle of the attack.
        let delay = Int.random(in: 1...(round.isMultiple(of: 2) ? 200 : 1_500), using: &random)
        let host = try killTorture(directory + "/mage", after: .milliseconds(delay))
        #expect(try isGone(programs, before, host), "round \(round), killed after \(delay) ms")
      }
    }
  }

  /// Copies, so that their processes are told from all others of the machine by the file that they run.
  private func copies(of names: [String], in directory: String) throws -> Set<UInt64> {
    let inodes = try names.map { name in
      let path = "\(directory)/\(name)"
      try FileManager.default.copyItem(atPath: Places.product(name), toPath: path)
      return try #require(Leftovers.inode(path))
    }
    return Set(inodes)
  }

  /// Returns the number that the process had.
  private func killTorture(_ mage: String, after delay: DispatchTimeInterval) throws -> Int32 {
    var host: Int32 = 0
    _ = try Command.run(
      mage, ["torture", "--library", Places.policies, "--seconds", "60"],
      whileRunning: { process in
        host = process.processIdentifier
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + delay)
        kill(host, SIGKILL)
      })
    return host
  }

  /// Whether all is gone a second later at the latest.
  private func isGone(
    _ programs: Set<UInt64>, _ before: Leftovers, _ host: Int32
  ) throws -> Bool {
    let deadline = DispatchTime.now() + .seconds(Self.graceSeconds)
    while DispatchTime.now() < deadline {
      if try Leftovers.processes(running: programs).isEmpty,
        case let now = try Leftovers.now(), now.isSubset(of: before), now.groups(of: host).isEmpty
      {
        return true
      }
    }
    return false
  }

  /// A second, and as much as a busy machine needs to get round to it.
  private static let graceSeconds = 5
}

/// What a host could leave on the machine.
struct Leftovers {
  let mounts: Set<String>
  let sharedMemory: Set<String>
  let groups: Set<String>

  static func now() throws -> Leftovers {
    let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
    let memory = try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")
    // Those of other suites' hosts come and go meanwhile.
    let groups = ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].flatMap { root in
      ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).map { root + "/" + $0 }
    }
    return Leftovers(
      mounts: Set(mounts.split(separator: "\n").map(String.init)),
      sharedMemory: Set((memory ?? []).filter { $0.hasPrefix("mage") }),
      groups: Set(groups.filter { $0.contains("/mage-") }))
  }

  func isSubset(of other: Leftovers) -> Bool {
    mounts.isSubset(of: other.mounts) && sharedMemory.isSubset(of: other.sharedMemory)
  }

  /// Groups of the process `owner`.
  func groups(of owner: Int32) -> Set<String> { groups.filter { $0.contains("/mage-\(owner)-") } }

  static func inode(_ path: String) -> UInt64? {
    var facts = stat()
    return stat(path, &facts) == 0 ? UInt64(facts.st_ino) : nil
  }

  /// Processes whose executable is one of these files; what a user may not look at is not his.
  static func processes(running programs: Set<UInt64>) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard name.allSatisfy(\.isNumber) else { return false }
      return inode("/proc/\(name)/exe").map(programs.contains) ?? false
    }
  }
}
