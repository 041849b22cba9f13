internal import Glibc
internal import MagePolicy

/// Every attempt without a sandbox: an attempt that fails here too proves nothing where it fails.
struct OpenRun {
  let portAddress: [UInt8]
  let socketAddress: [UInt8]

  /// Each attempt, with whether it achieved something; messages need a host.
  func results() -> [(attempt: Attempt, got: Outcome)] {
    Attempt.all.compactMap { attempt in
      if case .crime = attempt.manner { return nil }
      let words = attempt.words(portAddress, socketAddress) { SystemCallNames.number(of: $0) }
      return (attempt, Self.run([AttackPrograms.program] + words))
    }
  }

  private static func run(_ words: [String]) -> Outcome {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for number in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let error = posix_spawn(&pid, words[0], &actions, nil, &arguments, environ)
    guard error == 0 else { return .untried(String(cString: strerror(error))) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { return .untried("waitpid") }
    }
    // The low seven bits are the signal's number.
    return status & 0x7F == 0 ? Outcome(status: status >> 8 & 0xFF) : .other("signal")
  }
}
