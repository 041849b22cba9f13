import CRawCalls
import Glibc
import MageSystem
import Synchronization
import Testing

@testable import MageHost

/// What becomes of a call that its caller has left while the host was looking at it: the kernel knows its number no more, and neither does the host.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StoppedCallTests {
  /// A thread of this process under a filter of its own, which shows openat(2) to whoever has its listener.
  private final class Caller: Sendable {
    private let state = Mutex(State())
    private struct State {
      var listener: Int32 = -1
      var thread: Int32 = 0
      var results: [Int32] = []
    }

    static let path = "/no/such/file"

    /// Starts it; it opens a file that does not exist, `times` in a row.
    init(times: Int) throws {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      sigaction(SIGUSR2, &action, nil)
      try Thread.start(name: "caller") { [self] in
        // Threads of a pool block signals, and what they start blocks them too.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGUSR2)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        let listener = Self.installFilter()
        state.withLock { state in
          state.listener = listener
          state.thread = Int32(truncatingIfNeeded: raw_call(186, 0, 0, 0, 0, 0, 0))  // gettid
        }
        guard listener >= 0 else { return }
        for _ in 0..<times {
          let file = open(Self.path, O_RDONLY)
          let result = file < 0 ? -errno : file
          state.withLock { $0.results.append(result) }
        }
      }
    }

    /// Of classic BPF: load the number; openat → SECCOMP_RET_USER_NOTIF; else SECCOMP_RET_ALLOW.
    private static func installFilter() -> Int32 {
      let instructions: [(UInt16, UInt8, UInt8, UInt32)] = [
        (0x20, 0, 0, 0), (0x15, 0, 1, 257), (0x06, 0, 0, 0x7FC0_0000), (0x06, 0, 0, 0x7FFF_0000),
      ]
      let bytes = instructions.flatMap { code, yes, no, value -> [UInt8] in
        [UInt8(code & 255), UInt8(code >> 8), yes, no]
          + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      }
      // prctl(PR_SET_NO_NEW_PRIVS), which is the calling thread's.
      guard raw_call(157, 38, 1, 0, 0, 0, 0) == 0,
        let listener = try? Filter.installWithListener(bytes)
      else { return -1 }
      return dup(listener.number)
    }

    func listener() throws -> FilterListener {
      while state.withLock({ $0.thread }) == 0 { sched_yield() }
      let number = state.withLock { $0.listener }
      try #require(number >= 0, "no filter of a thread's own here")
      return FilterListener(owning: OwnedDescriptor(owning: number))
    }

    func interrupt() {
      let thread = UInt64(state.withLock { $0.thread })
      _ = raw_call(234, UInt64(getpid()), thread, UInt64(SIGUSR2), 0, 0, 0)  // tgkill
    }

    func result(_ index: Int) -> Int32 {
      while true {
        let results = state.withLock { $0.results }
        if index < results.count { return results[index] }
        sched_yield()
      }
    }
  }

  /// The errno that `body` throws, 0 when it throws nothing.
  private func failure(_ body: () throws(SystemError) -> Void) -> Int32 {
    do throws(SystemError) {
      try body()
      return 0
    } catch {
      return error.errno
    }
  }

  @Test("A call that a signal has ended is not judged, not answered and given nothing")
  func interrupted() throws {
    let caller = try Caller(times: 2)
    let listener = try caller.listener()
    let call = try listener.next()
    let isWaiting = listener.isWaiting(call.id)
    let path = try RemoteText.path(call, call.arguments[1], by: listener)
    #expect(call.number == 257 && isWaiting && path == Array(Caller.path.utf8))

    caller.interrupt()
    #expect(caller.result(0) == -EINTR)
    let stillWaits = listener.isWaiting(call.id)
    #expect(!stillWaits)
    // Its memory is still there to be read, and is not taken for the call's.
    let read = Result { () throws(Refusal) in
      try RemoteText.path(call, call.arguments[1], by: listener)
    }
    #expect(read == .failure(Refusal(errno: ENOENT)))
    let file = SharedDescriptor(try OwnedDescriptor.open("/dev/null", flags: O_RDONLY))
    let failures = [
      failure { () throws(SystemError) in
        try listener.give(file, to: call.id, closeOnExec: true)
      },
      failure { () throws(SystemError) in
        try listener.replace(0, with: file, of: call.id, closeOnExec: true)
      },
      failure { () throws(SystemError) in try listener.proceed(call.id) },
      failure { () throws(SystemError) in try listener.answer(call.id, value: 0) },
      failure { () throws(SystemError) in try listener.refuse(call.id, errno: EACCES) },
    ]
    #expect(failures == Array(repeating: ENOENT, count: 5))

    // The next call is another one, and is answered as ever.
    let next = try listener.next()
    #expect(next.id != call.id)
    try listener.refuse(next.id, errno: EACCES)
    #expect(caller.result(1) == -EACCES)
  }
}
