import CrimeSimulation
import MageHost
import MageWire
import ProbeInterface
import Testing

@testable import MagePipes

/// Every crime of the simulations, committed by a real worker in its real sandbox, ends in the one ending that says what it did.
@Suite(.timeLimit(.minutes(10))) struct CrimeTests {
  @Test(
    "A crime ends its worker with the right cause",
    arguments: Crime.allCases.filter { !$0.isInReply })
  func ending(of crime: Crime) async throws {
    let change: (inout Policy) -> Void = { policy in
      policy.limits.cpu = .milliseconds(300)
      // On a busy machine a worker that spins takes a while to use up its processor time.
      policy.limits.deadline = crime == .spin ? .seconds(30) : .milliseconds(1500)
      policy.limits.memory = 96 << 20
    }
    try await TestHost.with(change) { test in
      let (bystander, friendly) = try await test.probe()
      let (worker, probe) = try await test.probe()
      let error = await #expect(throws: CallError.self) {
        try await probe.commit(crime)
      }
      // The error comes after the process is gone for good.
      #expect(!exists(worker.pid))
      guard case .workerEnded(let ending) = error else {
        Issue.record("\(crime): \(String(describing: error))")
        return
      }
      #expect(crime.isAnswered(by: ending.cause), "\(crime): \(ending)")
      #expect(await worker.ending() == ending)
      // The other worker has noticed nothing.
      #expect(try await friendly.echo(text: "still here") == "still here")
      #expect(exists(bystander.pid))
    }
  }
}

extension Crime {
  /// Whether `cause` is what this crime must be called.
  func isAnswered(by cause: Ending.Cause) -> Bool {
    switch (self, cause) {
    case (.openPasswd, .forbiddenCall(let call)): call.name == "openat" && call.phase == .serve
    case (.connectOut, .forbiddenCall(let call)): call.name == "socket" && call.arguments[0] == 2
    case (.execShell, .forbiddenCall(let call)): call.name == "execve"
    case (.ptraceHost, .forbiddenCall(let call)):
      call.name == "ptrace" && call.arguments[0] == 16 && call.arguments[1] == 1
    case (.forkBomb, .forbiddenCall(let call)): call.name == "fork"
    case (.installFilter, .forbiddenCall(let call)): call.name == "seccomp"
    case (.mapExecutable, .forbiddenCall(let call)):
      call.name == "mmap" && call.arguments[2] == 7 && call.module == "/lib/libc.so.6"
        && call.offset != nil
    case (.otherABI, .forbiddenCall(let call)): call.number == -1
    case (.allocate, .limit(.memory(let limit))), (.hoard, .limit(.memory(let limit))):
      limit == 96 << 20
    case (.spin, .limit(.cpu(let limit))): limit == .milliseconds(300)
    case (.flood, .malformed(let malformed)):
      malformed.check == .channel(.creditMessagesExceeded)
    case (.neverReply, .limit(.callDeadline(let limit, let method))):
      limit == .milliseconds(1500) && method == "test.Probe.Commit"
    case (.halfMessage, .limit(let limit)):
      limit == .callDeadline(.milliseconds(1500), method: "test.Probe.Commit")
    case (.crashSegv, .crashed(let signal)): signal.name == "SIGSEGV"
    case (.crashAbort, .crashed(let signal)): signal.name == "SIGABRT"
    case (.exitEarly, .exited(let status)): status == 3
    case (.sendUnaskedDescriptor, .malformed(let malformed)):
      malformed.check == .transport(.descriptorsUndeclared)
    case (.sendSocket, .malformed(let malformed)):
      malformed.check == .channel(.attachmentMismatch)
    case (.announceHostsEnd, .malformed(let malformed)):
      malformed.check == .channel(.endpointNotMintable)
    case (.moveEndTwice, .malformed(let malformed)),
      (.moveAndCloseEnd, .malformed(let malformed)):
      malformed.check == .channel(.endpointMoved)
    case (.moveClosedEnd, .malformed(let malformed)):
      malformed.check == .channel(.unknownEndpoint)
    case (.malformedTransport, .malformed(let malformed)):
      malformed.check == .transport(.frameOverrunsPacket)
    case (.malformedChannel, .malformed(let malformed)):
      malformed.check == .channel(.unknownEndpoint)
    case (.forgedBuffer, .malformed(let malformed)):
      malformed.check == .channel(.bufferUnknown)
    case (.bufferReturnedTwice, .malformed(let malformed)):
      malformed.check == .channel(.bufferReturnUnexpected)
    case (.greedyForBuffers, .malformed(let malformed)):
      malformed.check == .channel(.bufferLimit)
    case (.malformedMessage, .malformed(let malformed)):
      malformed.check == .message(.unexpectedStructHeader)
    default: false
    }
  }

  /// Crimes that a reply commits by what it says, which depends on the interface; ``CallTests`` has them.
  var isInReply: Bool { self == .malformedInterface || self == .malformedApplication }
}
