import MagePipes
import MagePolicy
import MageSystem
import MageWire
import Testing

@testable import MageHost

/// What goes wrong before a worker is invited is told by `spawn`.
@Suite(.timeLimit(.minutes(10))) struct EarlyCrimeTests {
  private func ending(
    of argument: String, sealDeadline: Duration = .seconds(10),
    _ change: (inout Policy) -> Void = { _ in }
  ) async throws -> Ending.Cause? {
    try await TestHost.with(sealDeadline: sealDeadline, change) { test in
      do throws(SpawnError) {
        let worker = try await test.spawn(argument)
        Issue.record("\(argument) was invited")
        return await worker.kill().cause
      } catch .ended(let ending) {
        return ending.cause
      } catch {
        Issue.record("\(error)")
        return nil
      }
    }
  }

  @Test("A worker that does not say hello in time is ended by the seal's deadline")
  func silent() async throws {
    let cause = try await ending(of: "no-hello", sealDeadline: .milliseconds(300))
    #expect(cause == .limit(.sealDeadline(.milliseconds(300))))
  }

  @Test("A call that start-up does not need is forbidden and named before the seal")
  func forbiddenCall() async throws {
    guard case .forbiddenCall(let call) = try await ending(of: "open-socket") else {
      Issue.record("not a forbidden call")
      return
    }
    #expect(call.name == "socket")
    #expect(call.phase == .startup)
  }

  @Test("A worker with a second thread is never sealed: it cannot start one")
  func thread() async throws {
    guard case .forbiddenCall(let call) = try await ending(of: "start-thread") else {
      Issue.record("not a forbidden call")
      return
    }
    #expect(call.name == "clone")
  }

  @Test("A worker whose preparation fails is not sealed, and its reason reaches the host")
  func failedPreparation() async throws {
    let cause = try await ending(of: "fail-to-prepare")
    #expect(cause == .notSealed("the worker says: Failure()"))
  }

  @Test("A crash before the seal is a crash")
  func crash() async throws {
    guard case .crashed(let signal) = try await ending(of: "crash") else {
      Issue.record("not a crash")
      return
    }
    #expect(signal.name == "SIGSEGV")
  }

  @Test("What a worker burns and takes before the seal counts as what it does later")
  func limits() async throws {
    let cpu = try await ending(of: "spin") { $0.limits.cpu = .milliseconds(300) }
    #expect(cpu == .limit(.cpu(.milliseconds(300))))
    let memory = try await ending(of: "allocate") { $0.limits.memory = 96 << 20 }
    #expect(memory == .limit(.memory(96 << 20)))
  }

  /// In a pid namespace of its own a worker is process 1, which such signals do not end; without one they do.
  @Test("A limit that the kernel enforces by a signal is named all the same")
  func kernelsLimits() async throws {
    let plain: (inout Policy) -> Void = { policy in
      policy.requirement = .landlockAndSeccomp
      policy.namespaces.kinds = []
      policy.limits.memory = 96 << 20
    }
    #expect(try await ending(of: "write-on", plain) == .limit(.memory(96 << 20)))
    let file = try await ending(of: "write-on") { policy in
      plain(&policy)
      policy.limits.output = 128 << 20
    }
    #expect(file == .limit(.output(128 << 20)))
    // Of a host that was slow to look.
    let watch = ResourceWatch(cpuLimit: .seconds(1), memoryLimit: nil, parallelism: 1)
    let status = MageSystem.ExitStatus(
      cause: .signaled(24), userTime: .seconds(1), systemTime: .zero, peakResidentBytes: 0)
    #expect(EndingCause.from(status, limits: watch) == .limit(.cpu(.seconds(1))))
    #expect(
      EndingCause.from(
        status, limits: ResourceWatch(cpuLimit: .seconds(2), memoryLimit: nil, parallelism: 1))
        == .crashed(Signal(24)))
  }

  @Test("An exit before the seal is an exit with its status")
  func exit() async throws {
    #expect(try await ending(of: "exit") == .exited(status: 9))
  }

  @Test(
    "Frames out of turn before the seal are malformed",
    arguments: [
      ("say-hello-twice", ChannelCheck.kindNotAllowed), ("send-message", .kindNotAllowed),
      ("wrong-version", .handshake), ("false-listener", .attachmentMismatch),
    ])
  func outOfTurn(_ argument: String, _ check: ChannelCheck) async throws {
    guard case .malformed(let malformed) = try await ending(of: argument) else {
      Issue.record("\(argument): not malformed")
      return
    }
    #expect(malformed.check == .channel(check))
  }
}
