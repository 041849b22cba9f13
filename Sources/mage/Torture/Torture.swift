internal import MageDrill
internal import MageHost
internal import MagePolicy
internal import Synchronization

/// One `mage torture`.
struct Torture: Sendable {
  struct Options: Sendable {
    let duration: Duration
    let seed: UInt64
    let hostile: Int
    let friendly: Int
    let longest: Duration
    let slowest: Duration
    let only: UInt64?
    let showsProgress: Bool
  }

  let host: Host
  let policy: Policy
  let options: Options
  let totals = TortureTotals()

  /// Far above what any ending takes: what has not ended by then hangs.
  static let patience = Duration.seconds(30)
  private static let progressEvery = Duration.seconds(5)

  func run() async -> TortureTotals.Values {
    if let only = options.only {
      await hostileLife(only)
      return totals.values
    }
    // What is made once and stays, such as the launcher and the plans, is made before anything is counted.
    await serve(from: await warmUp())
    return totals.values
  }

  /// One life of each kind.
  private func warmUp() async -> UInt64 {
    var seen: Set<[String]> = []
    var index: UInt64 = 0
    while index < Self.longestWarmUp, seen.count < Self.kindsOfArguments {
      let seed = seed(of: index)
      if seen.insert(Behaviour(seed: seed).arguments(seed: seed)).inserted {
        await hostileLife(seed)
      }
      index += 1
    }
    return index
  }

  /// ``Behaviour/arguments(seed:)`` has two for each of four, one for those that are interrupted, and one for all others.
  private static let kindsOfArguments = 10
  private static let longestWarmUp: UInt64 = 1_000

  private func serve(from first: UInt64) async {
    let flag = StopFlag()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<options.friendly { group.addTask { await friendlyLife(until: flag) } }
      await totals.waitForFirstCalls(options.friendly)
      let before = try? Holdings.now(pairs: options.friendly)
      await attack(from: first)
      // The hostile ones are gone, the friendly ones still work: the process holds what it held.
      await compare(before)
      flag.stop()
    }
    totals.checkLatency(options.longest, slowest: options.slowest)
  }

  private func attack(from first: UInt64) async {
    let (clock, next) = (ContinuousClock(), TortureCounter(first))
    let end = clock.now.advanced(by: options.duration)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<options.hostile {
        group.addTask {
          while clock.now < end { await hostileLife(seed(of: next.next())) }
        }
      }
      guard options.showsProgress else { return }
      group.addTask {
        while true {
          let pause = min(Self.progressEvery, clock.now.duration(to: end))
          guard pause > .zero, (try? await Task.sleep(for: pause)) != nil else { return }
          Console.print(totals.values.progress)
        }
      }
    }
  }

  /// Seeds of one run differ from those of the next, and none depends on what was before.
  private func seed(of index: UInt64) -> UInt64 {
    var random = SplitMix(seed: options.seed &* 0x1_0000_0001 &+ index)
    return random.next()
  }

  /// What was still on its way out when the last hostile one had ended may take a moment to go.
  private func compare(_ before: Holdings?) async {
    let end = ContinuousClock.now.advanced(by: Self.settling)
    while let before, let after = try? Holdings.now(pairs: options.friendly) {
      let growth = after.growth(since: before)
      guard !growth.isEmpty, ContinuousClock.now < end,
        (try? await Task.sleep(for: .milliseconds(50))) != nil
      else {
        for kind in growth { totals.fail(kind) }
        return
      }
    }
    totals.fail("cannot count what the process holds")
  }

  private static let settling = Duration.seconds(5)
}

/// Says that it is enough.
final class StopFlag: Sendable {
  private let isSet = Atomic(false)
  var isStopped: Bool { isSet.load(ordering: .acquiring) }
  func stop() { isSet.store(true, ordering: .releasing) }
}

final class TortureCounter: Sendable {
  private let count: Mutex<UInt64>
  init(_ first: UInt64) { count = Mutex(first) }

  func next() -> UInt64 {
    count.withLock { count in
      defer { count &+= 1 }
      return count
    }
  }
}
