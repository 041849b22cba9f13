import MagePolicy
import MageSeccomp
import Testing

/// Which of two policies is the weaker by its rules: compared by the calls that get through, not by their text.
@Suite struct PolicyExcessRuleTests {
  private func excess(
    startup: (String, String) = ("", ""), serve: (String, String) = ("", "")
  ) throws -> [String] {
    let policy = try Programs.policy(startup: startup.0, serve: serve.0)
    let floor = try Programs.policy(startup: startup.1, serve: serve.1)
    return try PolicyExcess.of(policy, beyond: floor).map(\.description)
  }

  @Test("A call that only the policy lets through is said in each phase where it is")
  func added() throws {
    #expect(try excess(startup: ("allow getpid", "")) == ["syscalls startup { allow getpid }"])
    #expect(
      try excess(serve: ("allow getpid", "")) == [
        "syscalls startup { allow getpid }", "syscalls serve { allow getpid }",
      ])
  }

  @Test("A call that is let through at start-up may not be while serving")
  func laterPhase() throws {
    #expect(
      try excess(startup: ("", "allow getpid"), serve: ("allow getpid", ""))
        == ["syscalls serve { allow getpid }"])
    #expect(try excess(startup: ("allow getpid", ""), serve: ("", "allow getpid")) == [])
  }

  @Test("A condition that lets more arguments through is an excess, one that lets fewer is none")
  func conditions() throws {
    let narrow = "allow write when fd == 1"
    let wide = "allow write when fd in { 1, 2 }"
    #expect(
      try excess(startup: (wide, narrow)) == [
        "syscalls startup { allow write }, where the other has allow write in fewer cases"
      ])
    #expect(try excess(startup: (narrow, wide)) == [])
    #expect(try excess(startup: ("allow write", wide)).count == 1)
  }

  @Test("Rules of another text that let the same through are no excess")
  func sameMeaning() throws {
    let one = "allow mmap when not prot has PROT_EXEC"
    let other = "allow mmap deny mmap when prot has PROT_EXEC"
    #expect(try excess(serve: (one, other)) == [])
    #expect(try excess(serve: (other, one)) == [])
  }

  @Test("A refusal that is taken out is an excess; an errno in the place of a report is none")
  func refusals() throws {
    #expect(
      try excess(serve: ("allow mmap", "allow mmap deny mmap when prot has PROT_EXEC")).count == 2)
    #expect(
      try excess(serve: ("allow mmap", "allow mmap errno EPERM { mmap } when prot has PROT_EXEC"))
        .count == 2)
    #expect(try excess(serve: ("errno ENOSYS { getpid }", "")) == [])
  }

  @Test("A call that the host makes is granted where the other grants it, by itself or by its host")
  func brokered() throws {
    let reading = "broker openat when flags & O_ACCMODE == O_RDONLY"
    #expect(try excess(serve: (reading, "")).last == "syscalls serve { broker openat }")
    #expect(
      try excess(serve: ("broker openat", reading)).last
        == "syscalls serve { broker openat }, where the other has broker openat in fewer cases")
    #expect(try excess(serve: (reading, "broker openat")) == [])
    #expect(try excess(serve: (reading, "allow openat")) == [])
    #expect(
      try excess(serve: ("allow openat", "broker openat")).last
        == "syscalls serve { allow openat }")
  }

  @Test("The shipped policies: none that grants more than the renderer passes for it")
  func shipped() throws {
    let library = PolicyLibrary(directory: ShippedPolicyTests.directory)
    let renderer = try library.policy(named: "renderer")
    #expect(try PolicyExcess.of(renderer, beyond: renderer) == [])
    for name in ["plugin", "decoder-threads", "network-client"] {
      #expect(try !PolicyExcess.of(library.policy(named: name), beyond: renderer).isEmpty)
    }
  }

  @Test("A policy for programs, whose rules hold for its whole life, is compared in both phases")
  func singleStage() throws {
    let library = PolicyLibrary(directory: ShippedPolicyTests.directory)
    let minimal = try library.policy(named: "minimal")
    var floor = minimal
    floor.startup = PhaseRules()
    floor.serve = PhaseRules(minimal.startup.rules + minimal.serve.rules)
    #expect(try PolicyExcess.of(minimal, beyond: floor) == [])
    #expect(try PolicyExcess.of(floor, beyond: minimal) == [])
  }

  @Test("A policy without a filter is an error and no verdict")
  func noFilter() throws {
    var policy = try Programs.policy(serve: "")
    policy.serve = PhaseRules([Rule(.allow, "no_such_call")])
    let floor = try Programs.policy(serve: "")
    #expect(throws: FilterError.unknownCall("no_such_call")) {
      try PolicyExcess.of(policy, beyond: floor)
    }
  }
}
