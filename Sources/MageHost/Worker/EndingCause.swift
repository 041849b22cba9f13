internal import MagePipes
internal import MageSystem

/// What a process's exit means when nothing was known against it before.
enum EndingCause {
  static let cpuSignal: Int32 = 24  // SIGXCPU
  static let fileSizeSignal: Int32 = 25  // SIGXFSZ

  /// - Parameters:
  ///   - status: as the kernel reports it.
  ///   - limits: for the case that the kernel enforced one by a signal.
  ///   - ranOutOfMemory: whether the kernel says that it ended a process for want of memory.
  ///   - largestFile: what the kernel's limit on the size of files stands for.
  static func from(
    _ status: ExitStatus, limits: ResourceWatch, ranOutOfMemory: Bool = false,
    largestFile: Limit? = nil
  ) -> Ending.Cause {
    if ranOutOfMemory, case .signaled = status.cause, let memory = limits.memoryLimit {
      return .limit(.memory(memory))
    }
    switch status.cause {
    case .exited(0): return .finished
    case .exited(let code): return .exited(status: code)
    case .signaled(fileSizeSignal): return largestFile.map { .limit($0) } ?? .crashed(Signal(25))
    case .signaled(let number): return from(Signal(number), status, limits)
    }
  }

  private static func from(
    _ signal: Signal, _ status: ExitStatus, _ limits: ResourceWatch
  ) -> Ending.Cause {
    // RLIMIT_CPU's first word is SIGXCPU and its last SIGKILL, as is the memory cgroup's.
    let cpu = status.userTime + status.systemTime
    if [.kill, Signal(cpuSignal)].contains(signal), let limit = limits.cpuLimit, cpu >= limit {
      return .limit(.cpu(limit))
    }
    // An allocation refused near the limit makes most programs crash; what ended them is the limit.
    if let limit = limits.memoryLimit, status.peakResidentBytes >= limit - limit / 16 {
      return .limit(.memory(limit))
    }
    // The filter's own kill: a call of another ABI, which has no number of ours.
    if signal == .badSystemCall {
      return .forbiddenCall(
        ForbiddenCall(
          name: "call of another ABI", number: -1, arguments: [], instructionPointer: 0,
          module: nil, offset: nil, phase: .serve))
    }
    return .crashed(signal)
  }
}
