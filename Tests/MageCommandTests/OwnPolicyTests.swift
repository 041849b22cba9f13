import Foundation
import Glibc
import TestSupport
import Testing

/// Programs under policies that are made for the question.
@Suite(.serialized) struct OwnPolicyTests {
  private func run(
    _ program: String, _ arguments: String..., includes: String = "", rules: String,
    limits: String = ""
  ) throws -> MageRun {
    try Places.withDirectory { directory in
      let policy = directory + "/own.sandbox"
      let text = """
        policy own version 1
        \(includes)
        fds { 0 input 1..2 output }
        namespaces { user pid mount ipc uts cgroup net own }
        identity { uid 1 gid 1 capabilities none no-new-privs }
        limits { memory 64MiB cpu 5s wall 5s output 1MiB open-files 16 \(limits) }
        \(rules)
        """
      try text.write(toFile: policy, atomically: false, encoding: .utf8)
      return try MageRun.run(
        ["--policy", policy], [try CompiledPrograms.path(program)] + arguments)
    }
  }

  /// What a static C program needs to start and to end.
  private static let bare = """
    syscalls startup {
        allow arch_prctl when code == ARCH_SET_FS
        errno EINVAL { arch_prctl } when code & 0xF000 != 0x1000
        allow brk set_tid_address set_robust_list rseq getrandom exit exit_group
        allow prlimit64 when pid == 0
        allow mprotect when not prot has PROT_EXEC
        allow newfstatat readlink readlinkat
    }
    """

  @Test func aClockThatTheKernelGaveToAllNeedsNoCall() throws {
    let run = try run("clock-fallback", rules: Self.bare)
    #expect(run.report.ending == "finished", "\(run.report)")
    #expect(run.report.detail == "0")
  }

  @Test func aClockThatFallsBackToACallEndsTheProgramAndDoesNotHang() throws {
    let run = try run("clock-fallback", "asked", rules: Self.bare)
    #expect(run.report.ending == "forbidden-call", "\(run.report)")
    #expect(run.report.detail == "clock_gettime")
  }

  @Test func nothingIsLeftOfAProgramThatLeavesDaemonsBehind() throws {
    let program = try CompiledPrograms.path("daemon")
    let run = try run(
      "daemon",
      includes: """
        include "base/program.sandbox"
        include "base/program-processes.sandbox"
        """,
      rules: "syscalls startup { allow pause }",
      limits: "processes 8 threads 8")
    #expect(run.report.ending == "finished", "\(run.report)")
    #expect(run.report.detail == "0")
    let left = try Command.run("/bin/sh", ["-c", "pgrep -f \"$1\"", "sh", program])
    // The shell's own line has the name too.
    let others = left.output.split(separator: "\n").filter { pid in
      let name = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
      return name?.hasPrefix("daemon") == true
    }
    #expect(others.isEmpty)
  }
}
