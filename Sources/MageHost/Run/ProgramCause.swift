internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// What a program's end means when nothing was known against it before.
enum ProgramCause {
  private static let cpuSignal = Signal(24)
  private static let fileSizeSignal = Signal(25)

  /// - Parameters:
  ///   - ranOutOfMemory: whether the kernel says that it ended a process for want of memory.
  ///   - raised: signals of the kernel's that the program sent itself.
  static func from(
    _ status: ExitStatus, limits: Limits, watch: ResourceWatch, ranOutOfMemory: Bool,
    raised: Set<Int32>
  ) -> Ending.Cause {
    guard case .signaled(let number) = status.cause else {
      return EndingCause.from(status, limits: watch)
    }
    let signal = Signal(number)
    if raised.contains(number) { return .crashed(signal) }
    if !ranOutOfMemory, signal == cpuSignal, let cpu = limits.cpu,
      status.userTime + status.systemTime >= cpu
    {
      return .limit(.cpu(cpu))
    }
    if !ranOutOfMemory, signal == fileSizeSignal { return .limit(.output(limits.output)) }
    return EndingCause.from(status, limits: watch, ranOutOfMemory: ranOutOfMemory)
  }
}

/// Which of the host's descriptors an output of the policy's stands for.
enum OutputTarget {
  /// Standard output is descriptor 1; every other output is for errors and notes. Where both lead to the same file they are
  /// one, so that what is written first arrives first.
  static func number(of grant: Int32, streams: Program.Streams) -> Int32 {
    guard grant != 1, streams.output != streams.error else { return streams.output }
    guard let output = try? DescriptorFacts(of: streams.output),
      let error = try? DescriptorFacts(of: streams.error)
    else { return streams.error }
    let isSame = output.device == error.device && output.inode == error.inode
    return isSame ? streams.output : streams.error
  }
}
