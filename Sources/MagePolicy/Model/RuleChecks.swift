extension Rule {
  /// Without these a process that is told "failed" goes on as if nothing were: it never ends.
  private static let neverFail: Set<String> = ["exit", "exit_group", "rt_sigreturn"]

  /// Why no policy may contain this rule, whether written or built; `nil` when it may. `isSealed`: in the serve phase.
  package func refusal(isSealed: Bool) -> String? {
    if call == "clone3" {
      return "clone3 always gets ENOSYS, since its flags cannot be seen; write no rule"
    }
    switch action {
    case .deny: return nil
    case .broker:
      let known = ["openat", "open", "connect"]
      return known.contains(call) ? nil : "only \(known.joined(separator: ", ")) can be brokered"
    case .errno(let value) where PolicyConstants.name(ofErrno: value) == nil:
      return "no errno has the number \(value)"
    case .errno, .fake:
      return Self.neverFail.contains(call) ? "'\(call)' cannot fail: a process would hang" : nil
    case .allow, .once: return danger(isSealed: isSealed)
    }
  }

  private func danger(isSealed: Bool) -> String? {
    if call == "seccomp", isSealed {
      return "'seccomp' cannot be allowed once the worker is sealed"
    }
    let isDangerous = DangerousCalls.contains(call, conditional: condition != nil)
    switch (isDangerous, dangerousReason) {
    case (true, nil): return "'\(call)' is dangerous: write 'allow dangerous \(call) because \"…\"'"
    case (false, nil): return nil
    case (false, .some): return "'\(call)' is not dangerous: write 'allow \(call)'"
    case (true, .some(let reason)):
      return reason.contains { !$0.isWhitespace } ? nil : "a dangerous call needs a reason"
    }
  }
}
