internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// Makes a report of a call that a filter stopped, while its caller still waits inside it.
enum CallReport {
  /// - Parameter policyLine: of the rule that denies it.
  static func cause(
    of call: StoppedCall, phase: ForbiddenCall.Phase, policyLine: SourcePosition? = nil
  ) -> Ending.Cause {
    if isAbort(call) { return .crashed(.abort) }
    // The mappings are read while the caller is stopped: they are those the call was made under.
    let place = MemoryMap(of: Int32(clamping: call.pid)).place(of: call.instructionPointer)
    return .forbiddenCall(
      ForbiddenCall(
        name: SystemCallNames.name(of: call.number) ?? "call \(call.number)", number: call.number,
        arguments: call.arguments, instructionPointer: call.instructionPointer,
        module: place?.module, offset: place?.offset, phase: phase,
        policyLine: policyLine.map { "\($0)" }))
  }

  /// abort(3) sends SIGABRT to its own thread. As pid 1 of a namespace the worker would not even be stopped by
  /// it (pid_namespaces(7)), and no policy grants the call; what its author wants to read is "crashed: SIGABRT".
  private static func isAbort(_ call: StoppedCall) -> Bool {
    let tgkill: Int32 = 234
    guard call.number == tgkill, call.arguments.count > 2 else { return false }
    return UInt32(truncatingIfNeeded: call.arguments[2]) == UInt32(Signal.abort.number)
  }
}
