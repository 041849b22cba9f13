import MagePolicy
import Testing

/// What a policy's rules say, read literally.
@Suite struct EvaluationTests {
  private func action(
    _ policy: Policy, _ call: String, _ arguments: [UInt64] = [], _ phase: PolicyPhase = .serve
  ) -> RuleAction? {
    policy.verdict(on: call, arguments: arguments, in: phase).action
  }

  @Test func theStrongestRuleDecidesWhereverItIsWritten() throws {
    let rules = [
      "allow read", "broker openat", "allow openat", "errno EPERM { openat } when flags == 1",
      "deny openat when flags has 3", "fake openat = 0 when flags == 2",
    ]
    for order in [rules, rules.reversed()] {
      let policy = try Texts.parse(Texts.serve(order.joined(separator: "\n")))
      #expect(action(policy, "openat", [0, 0, 0]) == .broker)
      #expect(action(policy, "openat", [0, 0, 1]) == .errno(1))
      #expect(action(policy, "openat", [0, 0, 2]) == .fake(0))
      #expect(action(policy, "openat", [0, 0, 7]) == .deny)
      #expect(action(policy, "read") == .allow)
      #expect(action(policy, "write") == nil)
    }
  }

  @Test func theRuleThatDecidesIsNamed() throws {
    let policy = try Texts.parse(Texts.serve("allow read when fd == 3"))
    let verdict = policy.verdict(on: "read", arguments: [3], in: .serve)
    #expect(verdict.rule?.position == SourcePosition(file: "w.sandbox", line: 6, column: 1))
  }

  @Test func anIntIsComparedInThirtyTwoBits() throws {
    let policy = try Texts.parse(Texts.serve("allow read when fd == 3"))
    #expect(action(policy, "read", [1 << 32 | 3]) == .allow)
    #expect(action(policy, "read", [1 << 31 | 3]) == nil)
  }

  @Test func anErrnoOfStartupStaysInForce() throws {
    let policy = try Texts.parse(
      Texts.head
        + "syscalls startup { errno EPERM { socket } allow openat }\nsyscalls serve { deny socket }"
    )
    #expect(action(policy, "socket", [], .serve) == .errno(1))
    #expect(action(policy, "openat", [], .startup) == .allow)
    #expect(action(policy, "openat", [], .serve) == nil)
  }

  @Test func withoutAChannelThereIsOnePhase() throws {
    let head = Texts.head.replacing("fds { 3 channel host }", with: "fds { 0 input }")
    let policy = try Texts.parse(
      head
        + "syscalls startup { allow read allow kill when pid == self }\nsyscalls serve { allow write }"
    )
    #expect(policy.isSingleStage)
    for phase in PolicyPhase.allCases {
      #expect(action(policy, "read", [], phase) == .allow)
      #expect(action(policy, "write", [], phase) == .allow)
      // A program is the child of process 1.
      #expect(action(policy, "kill", [2], phase) == .allow)
      #expect(action(policy, "kill", [1], phase) == nil)
    }
  }

  @Test func selfIsProcessOneForAWorker() throws {
    let policy = try Texts.parse(Texts.serve("deny kill unless pid == self\nallow kill"))
    #expect(action(policy, "kill", [1]) == .allow)
    #expect(action(policy, "kill", [2]) == .deny)
  }

  @Test func clone3IsTheLanguagesOwn() throws {
    #expect(action(try Texts.parse(Texts.serve("")), "clone3") == .errno(38))
  }
}
