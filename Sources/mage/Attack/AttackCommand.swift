internal import ArgumentParser
internal import Glibc
internal import MageHost
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

/// `mage attack`: what a policy lets through.
struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Tries to break out of policies, and says what became of each attempt.",
    discussion: """
      Each attempt is made by a process of its own: a sealed worker where the policy has a channel, else a program. What is expected comes \
      from the policy's compiled filters. Nothing here exploits a defect of the kernel, and nothing is changed on the machine.

      With --open the attempts are made without a sandbox, to show that they work: what fails there proves nothing where it fails.

      Exit status: 0 every attempt ended as expected (with --open: 1 when none succeeded); 1 one did not; 64 wrong options; 65 a mistake \
      in a policy.

      Examples:
        mage attack --policy judge
        mage attack --quiet
        mage attack --open
        mage attack --policy renderer --json >renderer.json
      """)

  @OptionGroup var place: PolicyPlace

  @Option(
    name: .customLong("policy"),
    help: "A policy's name or file, several times for several (default: all of the library).")
  var policies: [String] = []

  @Flag(help: "Without a sandbox.") var open = false
  @Flag(help: "One JSON array.") var json = false
  @Flag(help: "Only what did not end as expected.") var quiet = false

  func run() throws {
    let bait: Bait
    do throws(SystemError) {
      bait = try Bait.lay()
    } catch {
      Console.complain("cannot prepare: \(error)")
      throw ExitCode(ExitStatus.no)
    }
    let (port, socket) = (bait.portAddress, bait.socketAddress)
    if open { try runOpen(OpenRun(portAddress: port, socketAddress: socket)) }
    let filters = try (policies.isEmpty ? place.names : policies).map { try place.loadFilters($0) }
    let isDirty = try runSealed(filters, port, socket)
    withExtendedLifetime(bait) {}
    if isDirty { throw ExitCode(ExitStatus.no) }
  }

  private func runOpen(_ run: OpenRun) throws -> Never {
    let results = run.results()
    let successes = results.filter { $0.got.achieves($0.attempt.goal) }
    if json {
      Console.print(JSONValue.array(results.map { Self.json($0.attempt, nil, $0.got) }).description)
    } else {
      for (attempt, got) in results { Console.print(Self.row(attempt, "", got, false)) }
      Console.print("without a sandbox: \(successes.count) of \(results.count) attempts succeed")
    }
    throw ExitCode(successes.isEmpty ? ExitStatus.no : 0)
  }

  /// - Returns: whether an attempt ended otherwise than expected.
  private func runSealed(
    _ policies: [PolicyFilters], _ port: [UInt8], _ socket: [UInt8]
  ) throws -> Bool {
    let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
    let host: Host
    do throws(HostError) { host = try Host() } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.no)
    }
    var values: [JSONValue] = []
    var isDirty = false
    for filters in policies {
      let run = AttackRun(
        host: host, filters: filters, portAddress: port, socketAddress: socket, null: null)
      let results = Waiting.forValue { await run.results() }
      isDirty = isDirty || results.contains { $0.isHole }
      values += results.map { Self.json($0.attempt, (filters.policy.name, $0), $0.got) }
      if !json { show(results, filters.policy.name) }
    }
    if json { Console.print(JSONValue.array(values).description) }
    Waiting.forValue { await host.shutDown() }
    return isDirty
  }

  private func show(_ results: [AttackRun.Result], _ policy: String) {
    for result in results where !quiet || result.isHole {
      Console.print(Self.row(result.attempt, "\(result.expected)", result.got, result.isHole))
    }
    let holes = results.count { $0.isHole }
    Console.print("\(policy): \(results.count) attempts, \(holes) not as expected")
  }

  private static func row(
    _ attempt: Attempt, _ expected: String, _ got: Outcome, _ isHole: Bool
  ) -> String {
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    return (isHole ? "HOLE  " : "      ") + column(attempt.group.rawValue, 18)
      + column(attempt.name, 56) + column(expected, 20) + "\(got)"
  }

  private static func json(
    _ attempt: Attempt, _ sealed: (policy: String, result: AttackRun.Result)?, _ got: Outcome
  ) -> JSONValue {
    .members([
      ("policy", sealed.map { .string($0.policy) }), ("group", .string(attempt.group.rawValue)),
      ("attempt", .string(attempt.name)),
      ("expected", sealed.map { .string("\($0.result.expected)") }), ("got", .string("\(got)")),
      ("succeeds", .bool(got.achieves(attempt.goal))),
      ("asExpected", sealed.map { .bool(!$0.result.isHole) }),
    ])
  }
}
