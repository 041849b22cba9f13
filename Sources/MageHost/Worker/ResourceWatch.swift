internal import MagePipes
internal import MageSystem

/// What one worker has used, looked at just often enough.
///
/// A thread can use one second of processor per second and no more, and touch memory no faster than the machine writes it. So from what is left of
/// each limit follows a time before which it cannot have been passed, and the worker is looked at then. A worker that uses
/// nothing is looked at more seldom, where the kernel limits its memory too.
struct ResourceWatch {
  /// Bytes per second that one process cannot exceed in touching new pages: page faults bound it well below memcpy.
  private static let fastestGrowth: UInt64 = 4 << 30
  static let shortest = Duration.milliseconds(2)
  private static let longest = Duration.milliseconds(500)
  /// For one that uses nothing and meets a control group when it grows.
  private static let longestIdle = Duration.seconds(2)

  let cpuLimit: Duration?
  let memoryLimit: UInt64?
  /// How many threads can burn processor at once.
  let parallelism: Int

  private(set) var cpu = Duration.zero
  private var memory: UInt64?
  private var idleRounds = 0

  init(cpuLimit: Duration?, memoryLimit: UInt64?, parallelism: Int) {
    self.cpuLimit = cpuLimit
    self.memoryLimit = memoryLimit
    self.parallelism = max(parallelism, 1)
  }

  /// What was measured last of a worker that has not run since, and so cannot have grown; `nil` when it has to be measured. Looking at hundreds of idle
  /// workers must cost their host next to nothing, and the kernel takes longer to write down a process's memory than its processor time.
  ///
  /// - Parameter used: its processor time now, taken before anything else.
  func memory(ofIdleAt used: Duration) -> UInt64? { used == cpu ? memory : nil }

  /// Takes what was measured. Returns the limit that is passed, if any, and when to look again.
  ///
  /// - Parameter isAlone: whether no control group stands behind the limit on memory.
  mutating func look(
    cpu used: Duration, memory: UInt64, isAlone: Bool = false
  ) -> (passed: Limit?, again: Duration) {
    let isIdle = used == cpu
    cpu = used
    self.memory = memory
    if let cpuLimit, used >= cpuLimit { return (.cpu(cpuLimit), .zero) }
    if let memoryLimit, memory > memoryLimit { return (.memory(memoryLimit), .zero) }
    idleRounds = isIdle ? idleRounds + 1 : 0
    return (nil, pause(memory: memory, isAlone))
  }

  private func pause(memory: UInt64, _ isAlone: Bool) -> Duration {
    // An idle worker has not grown, and one that wakes meets its group.
    let isIdle = idleRounds > 3 && !isAlone
    var pause = isIdle ? Self.longestIdle : Self.longest
    if let cpuLimit { pause = min(pause, (cpuLimit - cpu) / parallelism) }
    if let memoryLimit, !isIdle {
      let left = memoryLimit - min(memory, memoryLimit)
      pause = min(pause, .seconds(Double(left) / Double(Self.fastestGrowth)))
    }
    return max(pause, Self.shortest)
  }
}
