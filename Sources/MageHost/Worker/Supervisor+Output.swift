internal import MagePipes
internal import MagePolicy
internal import MageSystem

// What the worker writes to the descriptors that its policy calls `output`.

extension Supervisor {
  /// The worker's ends of the pipes to its host, by descriptor; none when its kind keeps no output, and then they are /dev/null.
  func makeOutputs() throws(SystemError) -> [Int32: SharedDescriptor] {
    guard let rule = contract.output else { return [:] }
    var output = WorkerOutput(rule)
    var ends: [Int32: SharedDescriptor] = [:]
    for case .output(let range) in plan.policy.descriptors {
      for number in range { ends[number] = try output.open(number) }
    }
    self.output = output
    return ends
  }

  /// Call once the launch was asked for.
  func watchOutputs() throws(SystemError) {
    for (number, descriptor) in output?.descriptors ?? [:] {
      try watchOutput(number, descriptor)
    }
  }

  private func watchOutput(_ number: Int32, _ descriptor: Int32) throws(SystemError) {
    watches[.output(number)] = try loop.watch(descriptor, .read) { [weak self] _ in
      self?.assumeIsolated { $0.readOutput(number) }
    }
  }

  private func readOutput(_ number: Int32) {
    guard output != nil else { return }
    switch passOn({ $0.read(number, $1) }) {
    case .more: return
    case .ended:
      unwatch(.output(number))
      output?.close(number)
    case .pause(let moment):
      unwatchOutputs()
      schedule(.output, after: moment.since(.now)) {
        // Without a watch, which takes memory, the worker waits for ever: that is its own affair.
        try? $0.watchOutputs()
      }
    }
  }

  /// The worker has ended: what it has left in its pipes.
  func finishOutput() {
    guard output != nil else { return }
    unwatchOutputs()
    passOn { (output, emit) in
      output.drain(emit)
      return .ended
    }
    output = nil
  }

  private func unwatchOutputs() {
    for number in output?.descriptors.keys.map({ $0 }) ?? [] { unwatch(.output(number)) }
  }

  @discardableResult
  private func passOn(
    _ read: (inout WorkerOutput, (OutputLine) -> Void) -> WorkerOutput.Progress
  ) -> WorkerOutput.Progress {
    guard var output, let identity else { return .more }
    let progress = read(&output) { line in events.say(.output(identity, line)) }
    self.output = output
    return progress
  }
}
