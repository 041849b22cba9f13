internal import ArgumentParser
internal import MageHost
internal import MagePolicy
internal import MageSeccomp

/// `mage torture`: a host that serves while it is attacked.
struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture",
    abstract: "Attacks a live host, and checks that it does not care.",
    discussion: """
      Friendly workers answer calls, copy streams, share pipes and buffers and call one another while hostile ones are started, behave as their \
      seeds say (spoiled messages, floods, silence, descriptors, tricks with ends of pipes, interfaces, streams and buffers, deaths at every \
      step), are ended by the host, and replaced.

      Checked: every hostile worker ends, and with the ending that is right for what it did; no friendly call fails, is lost or answered twice; \
      and descriptors, threads, mounts, control groups, children and memory of this process do not grow.

      The same seed makes the same hostile workers in the same order. --only repeats one of them.

      Exit status: 0 everything held; 1 something did not, with the seed of each worker that is to blame; 64 wrong options; 65 a mistake in \
      the policy.

      Examples:
        mage torture --seconds 60 --seed 7
        mage torture --only 1234567
        mage torture --seconds 60 --json >torture.json || grep failures torture.json
      """)

  @OptionGroup var place: PolicyPlace

  @Option(help: "How long.") var seconds = 10
  @Option(help: "Where chance begins.") var seed: UInt64 = 1
  @Option(help: "Hostile workers at a time, 1 to 64.") var hostile = 4
  @Option(help: "Pairs of friendly workers, 1 to 64.") var friendly = 2
  @Option(help: "A policy with a channel.") var policy = "renderer"
  @Option(help: ArgumentHelp("The most that 99 of 100 friendly calls may take.", valueName: "ms"))
  var p99 = 1_000
  @Option(
    help: ArgumentHelp("The most that any turn of friendly workers may take.", valueName: "ms"))
  var slowest = 10_000
  @Option(help: ArgumentHelp("Only the hostile worker of this seed, once.", valueName: "seed"))
  var only: UInt64?

  @Flag(help: "One JSON object, and nothing meanwhile.") var json = false

  func validate() throws {
    guard seconds > 0, (1...64).contains(hostile), (1...64).contains(friendly), p99 > 0,
      slowest > 0
    else {
      throw ValidationError("a number is out of range")
    }
  }

  func run() throws {
    let policy = try place.loadFilters(policy).policy
    guard !policy.isSingleStage else {
      Console.complain(
        "policy \(policy.name) has no channel: it is for programs; take one for workers such as 'renderer'"
      )
      throw ExitCode(ExitStatus.policy)
    }
    let host: Host
    do throws(HostError) { host = try Host() } catch {
      Console.complain("\(error)")
      throw ExitCode(ExitStatus.no)
    }
    let torture = Torture(host: host, policy: policy, options: options)
    let totals = Waiting.forValue {
      let totals = await torture.run()
      await host.shutDown()
      return totals
    }
    Console.print(json ? totals.json.description : totals.summary)
    for failure in totals.failures { Console.complain(failure) }
    guard totals.failures.isEmpty else { throw ExitCode(ExitStatus.no) }
  }

  private var options: Torture.Options {
    Torture.Options(
      duration: .seconds(seconds), seed: seed, hostile: hostile, friendly: friendly,
      longest: .milliseconds(p99), slowest: .milliseconds(slowest), only: only,
      showsProgress: !json)
  }
}
