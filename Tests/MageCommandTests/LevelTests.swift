import Foundation
import TestSupport
import Testing

/// Programs at the level below full, on a machine that refuses namespaces and under a policy that wants none.
@Suite(.serialized) struct LevelTests {
  /// How a program comes to run without namespaces.
  enum Way: String, CaseIterable {
    /// The machine refuses them.
    case refused
    /// The policy does not want them.
    case unwanted
  }

  /// - Parameter level: what the policy insists on.
  private static func text(_ way: Way, level: String = "landlock+seccomp", _ files: String = "")
    -> String
  {
    let kinds = way == .refused ? "user pid mount ipc uts cgroup net own" : ""
    return """
      policy own version 1
      require level \(level)
      include "base/program.sandbox"
      include "base/program-threads.sandbox"
      fds { 0 input 1..2 output }
      namespaces { \(kinds) }
      identity { uid 1000 gid 1000 capabilities none no-new-privs }
      filesystem { \(files) }
      limits { output 1MiB open-files 64 wall 10s cpu 5s memory 64MiB threads 4 }
      syscalls startup { allow truncate unlink fadvise64 poll pause getcwd times rt_sigsuspend alarm rt_sigtimedwait }
      """
  }

  private static func run(
    _ way: Way, _ command: [String], options: [String] = [], files: String = "",
    level: String = "landlock+seccomp",
    deny: Bool? = nil
  ) throws -> MageRun {
    try Places.withDirectory { directory in
      let file = directory + "/own.sandbox"
      try text(way, level: level, files).write(toFile: file, atomically: true, encoding: .utf8)
      #expect(chmod(file, 0o644) == 0)
      let refused = Places.product("deny-namespaces")
      let shell = (deny ?? (way == .refused)) ? "\(refused) \"$@\" </dev/null" : #""$@" </dev/null"#
      return try MageRun.run(["--policy", file] + options, command, shell: shell)
    }
  }

  private static func tryTo(
    _ what: String, _ path: String, _ way: Way, files: String = ""
  ) throws -> MageRun {
    try run(way, [CompiledPrograms.path("without-namespaces"), what, path], files: files)
  }

  @Test(arguments: Way.allCases) func itRunsAndSaysSo(_ way: Way) throws {
    let run = try Self.run(way, ["/bin/echo", "hello"])
    #expect(run.status == 0 && run.output == "hello\n", "\(run.errors)")
    #expect(run.report.mechanisms?.level == "landlock+seccomp")
    #expect(run.report.mechanisms?.files == "landlock")
    #expect(run.errors.contains("mage: policy own: level landlock+seccomp, without namespaces\n"))
  }

  @Test func whereThereAreNamespacesTheyAreUsed() throws {
    let run = try Self.run(.refused, ["/bin/echo", "hello"], deny: false)
    #expect(run.report.mechanisms?.level == "full")
    #expect(run.status == 0 && run.errors == "")
  }

  @Test func aPolicyThatInsistsStartsNothing() throws {
    let run = try Self.run(.refused, ["/bin/echo", "hello"], level: "full")
    #expect(run.status == 125 && run.output == "")
    #expect(run.errors.contains("user namespaces are refused here"), "\(run.errors)")
  }

  @Test(arguments: [
    ("read", "/etc/passwd", EACCES), ("list", "/etc", EACCES), ("list", "/", EACCES),
    ("read", "/proc/self/environ", EACCES), ("read", "/proc/1/status", EACCES),
    ("read", "/dev/zero", EACCES),
    ("create", "/tmp/made-without-namespaces", EACCES), ("raise", "-", 0),
  ]) func itReachesNoFileOfTheMachine(_ what: String, _ path: String, _ status: Int32) throws {
    for way in Way.allCases {
      let run = try Self.tryTo(what, path, way)
      #expect(
        run.report.ending == "finished" && run.report.exitCode == status,
        "\(way) \(run.report) \(run.errors)")
    }
  }

  @Test(arguments: [
    ("kill-parent", "-"), ("kill-group", "-"), ("kill", "1"), ("kill", "2"), ("kill", "-1"),
    ("kill", "0"),
  ]) func itSignalsNobodyElse(_ what: String, _ target: String) throws {
    for way in Way.allCases {
      let run = try Self.tryTo(what, target, way)
      #expect(
        run.report.ending == "forbidden-call" && run.report.call?.name == "kill",
        "\(way) \(run.report)")
    }
  }

  /// Landlock is what stands between the program and files that its user owns: the filter lets the calls through.
  @Test(arguments: [
    ("read", "read/file", 0), ("list", "read", 0), ("write", "read/file", EACCES),
    ("truncate", "read/file", EACCES),
    ("open-truncate", "read/file", EACCES), ("unlink", "read/file", EACCES),
    ("create", "read/new", EACCES),
    ("read", "write/file", 0), ("write", "write/file", 0), ("create", "write/new", 0),
    ("truncate", "write/file", 0),
    ("unlink", "write/file", 0), ("read", "other/file", EACCES), ("truncate", "other/file", EACCES),
  ]) func itHasTheFilesOfItsPolicy(_ what: String, _ name: String, _ status: Int32) throws {
    try Places.withDirectory { directory in
      for folder in ["read", "write", "other"] {
        try FileManager.default.createDirectory(
          atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        try "text".write(toFile: "\(directory)/\(folder)/file", atomically: false, encoding: .utf8)
        // A program of root's is another user: what it may do is a question of the sandbox and not of modes.
        #expect(
          chmod("\(directory)/\(folder)", 0o777) == 0
            && chmod("\(directory)/\(folder)/file", 0o666) == 0)
      }
      #expect(chmod(directory, 0o755) == 0)
      let files = "ro \"\(directory)/read\" rw \"\(directory)/write\""
      for way in Way.allCases {
        try "text".write(toFile: "\(directory)/write/file", atomically: false, encoding: .utf8)
        #expect(chmod("\(directory)/write/file", 0o666) == 0)
        unlink("\(directory)/write/new")
        let run = try Self.tryTo(what, "\(directory)/\(name)", way, files: files)
        #expect(
          run.report.ending == "finished" && run.report.exitCode == status,
          "\(way) \(run.report) \(run.errors)")
      }
    }
  }

  @Test(arguments: [
    ("loop", ["--cpu", "300ms"], "limit", "cpu"), ("sleep", ["--wall", "300ms"], "limit", "wall"),
    ("memory-heap", ["--memory", "32MiB"], "limit", "memory"),
    ("thread-bomb", ["--threads", "3"], "limit", "threads"),
    ("output-to-stdout", ["--output", "64KiB"], "limit", "output"),
    ("fork", [], "forbidden-call", "clone"),
    ("null-pointer", [], "crashed", "11"), ("attack-socket", [], "forbidden-call", "socket"),
    ("trace-parent", [], "forbidden-call", "ptrace"),
    ("exit-three", [], "finished", "3"), ("return-zero-static", [], "finished", "0"),
    ("threads", ["--threads", "8"], "finished", "4"),
  ]) func itsEndingsAreThoseOfEveryProgram(
    _ program: String, _ options: [String], _ ending: String, _ detail: String
  ) throws {
    for way in Way.allCases {
      let run = try Self.run(way, [CompiledPrograms.path(program)], options: options)
      #expect(
        run.report.ending == ending && run.report.detail == detail,
        "\(way) \(run.report) \(run.errors)")
    }
  }

  @Test func aFileCannotBeSeenElsewhere() throws {
    let run = try Self.run(
      .unwanted, ["/bin/cat", "/x"], options: ["--bind-ro", "/etc/hostname:/x"])
    #expect(run.status == 125)
    #expect(run.errors.contains("/etc/hostname cannot be seen at /x without a mount namespace"))
  }

  @Test func aFileIsSeenWhereItIs() throws {
    let run = try Self.run(
      .unwanted, ["/bin/cat", "/etc/hostname"], options: ["--bind-ro", "/etc/hostname"])
    #expect(run.status == 0 && !run.output.isEmpty, "\(run.errors)")
  }
}
