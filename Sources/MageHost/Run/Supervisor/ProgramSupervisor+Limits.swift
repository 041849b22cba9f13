internal import MagePipes
internal import MagePolicy
internal import MageSystem

extension ProgramSupervisor {
  func watchResources() {
    guard cause == nil, ending == nil, let measured = measure() else { return }
    let look = usage.look(
      cpu: measured.cpu, memory: measured.memory, isAlone: !group.holdsAll)
    if let passed = look.passed {
      end(.limit(passed))
    } else {
      schedule(.resources, after: look.again) { $0.watchResources() }
    }
  }

  /// What the program uses: of one process to the nanosecond, of several by their parents' books.
  func measure() -> (cpu: Duration, memory: UInt64)? {
    guard let root = process?.pid, let program else { return nil }
    guard plan.policy.limits.processes <= 1 else {
      let tree = ProcessTree(root: root, hasInit: plan.launch.hasInit)
      return (tree.cpu, memory(of: tree.processes))
    }
    guard let cpu = ProcessClock.cpuTime(of: program) else { return nil }
    return (cpu, memory(of: [program]))
  }

  private func memory(of processes: [Int32]) -> UInt64 {
    MemoryUse(of: processes).bytes(beside: held.bytes(of: processes))
  }

  /// What a program uses when it is killed: process 1 dies with it and cannot account for it any more.
  struct Used {
    var cpu = Duration.zero
    var peakBytes: UInt64 = 0
    var writtenBytes: UInt64?
  }

  func noteUse() {
    guard let measured = measure(), let program else { return }
    used.cpu = max(measured.cpu, usage.cpu)
    let peak = (try? ProcessStatus(of: program))?["VmHWM"]?.split(separator: " ").first
    used.peakBytes = max(peak.flatMap { UInt64($0) } ?? 0, measured.memory / 1024) &* 1024
  }

  func outputPassed() { end(.limit(.output(plan.policy.limits.output))) }
}
