import Foundation
import TestSupport
import Testing

/// What cannot be run, and what comes over the command's own streams and signals.
@Suite(.serialized) struct BadInputTests {
  @Test(
    arguments: [
      ("/nonexistent", "ENOENT"), ("/usr", "not a regular file"), ("/etc/passwd", "not executable"),
    ])
  func whatIsNoProgramIsNotStarted(_ path: String, _ reason: String) throws {
    let run = try MageRun.run([], [path])
    #expect(run.status == 125)
    #expect(run.report.ending == "setup-failed")
    #expect(run.report.reason?.contains(reason) == true, "\(run.report)")
  }

  /// Options that mean nothing: status 64, and why.
  @Test(
    arguments: [
      (["--polcy", "judge"], "Did you mean '--policy'?"), (["--cpu", "banana"], "'banana'"),
      (["--cpu", "0s"], "'0s'"), (["--wall", "-1s"], "--wall"), (["--wall=-1s"], "'-1s'"),
      (["--memory", "0"], "--memory is 0"), (["--memory", "9999999999GiB"], "'9999999999GiB'"),
      (["--memory", "12 MiB"], "'12 MiB'"), (["--processes", "0"], "--processes is 0"),
      (["--threads", "0"], "--threads is 0"), (["--threads", "4294967296"], "'4294967296'"),
      (["--open-files", "3"], "must be 4 to 1000"),
      (["--bind-ro", "/nonexistent"], "--bind-ro /nonexistent: No such file or directory"),
      (["--bind-ro", "/etc:relative"], "relative: not an absolute path"),
      (["--bind-ro", "/etc:/../etc"], "/../etc: not an absolute path"),
      (["--bind-ro", ""], "No such file or directory"),
    ])
  func optionsThatMeanNothingStartNothing(_ options: [String], _ complaint: String) throws {
    let run = try Command.run(
      MageRun.mage, ["run", "--library", Places.policies] + options + ["--", "/bin/echo", "ran"])
    #expect(run.status == 64 && run.errors.contains(complaint), "\(run.status) \(run.errors)")
    #expect(run.output.isEmpty)
  }

  /// Status 125, and why; nothing has run.
  @Test(
    arguments: [
      (["--stdin", "/nonexistent"], "/nonexistent: No such file or directory"),
      (["--stdin", "/"], "the input is a directory"),
      (["--report", "/nonexistent/report"], "/nonexistent/report: No such file or directory"),
      (["--report", "/"], "/: Is a directory"),
      (["--library", "/nonexistent"], "there is no library of policies '/nonexistent': ENOENT"),
      (["--threads", "4294967295"], "cannot set the limit 'processes'"),
    ])
  func whatCannotBeStartsNothing(_ options: [String], _ complaint: String) throws {
    let run = try Command.run(
      MageRun.mage, ["run", "--library", Places.policies] + options + ["--", "/bin/echo", "ran"])
    #expect(run.status == 125 && run.errors.contains(complaint), "\(run.status) \(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func aNameThatIsNowhereIsSaid() throws {
    let run = try MageRun.run([], ["no-such-program"])
    #expect(run.status == 125)
    #expect(run.report.reason == "no-such-program: neither in PATH nor in this directory")
  }

  @Test func whatIsMissingIsSaidBeforeTheOptionsAre() throws {
    for words in [["run"], ["run", "/bin/true"], ["run", "--"]] {
      let run = try Command.run(MageRun.mage, words)
      #expect(run.status == 64 && run.errors.contains("mage run [options] -- PROGRAM"))
    }
  }

  @Test func aScriptIsToldWhatToDo() throws {
    try Places.withDirectory { directory in
      let path = directory + "/script"
      try "#!/bin/sh\n".write(toFile: path, atomically: false, encoding: .utf8)
      #expect(chmod(path, 0o755) == 0)
      let run = try MageRun.run([], [path])
      #expect(run.status == 125)
      #expect(run.errors.contains("run the interpreter and bind the script"))
    }
  }

  @Test(arguments: ["renderer", "no-such-policy", "/nonexistent.sandbox", "/etc/passwd"])
  func whatIsNoPolicyForProgramsIsRefused(_ policy: String) throws {
    #expect(try MageRun.run(["--policy", policy], ["/bin/true"]).status == 125)
  }

  /// What a file may hold that is said to be a policy, made by a shell.
  @Test(arguments: [
    (": >p", "expected 'policy' or 'group'"),
    ("head -c 10485760 /dev/zero >p", "larger than 256 KiB"),
    ("head -c 10485760 /dev/zero | tr '\\0' a >p", "larger than 256 KiB"),
    ("printf '\\377\\376' >p", "not UTF-8"),
    ("printf 'policy p version 1\\0' >p", "p.sandbox"),
    ("head -c 4096 /dev/urandom >p", "p.sandbox"),
    ("mkdir p", "no regular file"), ("mkfifo p", "no regular file"), ("ln -s p p", "p.sandbox"),
    ("cp /bin/true p", "p.sandbox"), ("printf '{}' >p", "p.sandbox"),
    ("echo 'policy p version 1' >p; chmod 666 p", "can be written by other users"),
  ]) func whatIsNoPolicyIsRefusedAtOnce(_ script: String, _ complaint: String) throws {
    try Places.withDirectory { directory in
      let make = try Command.run(
        "/bin/sh", ["-c", "cd \(directory) && umask 022 && { \(script); } && mv p p.sandbox"])
      #expect(make.status == 0, "\(make.errors)")
      let file = directory + "/p.sandbox"
      let run = try MageRun.run(["--policy", file], ["/bin/true"])
      #expect(run.status == 125 && run.errors.contains(complaint), "\(run.errors.prefix(500))")
      #expect(run.report.ending == "setup-failed" && run.report.reason != nil)
      let check = try Command.run(MageRun.mage, ["policy", "check", file], within: 10)
      #expect(check.status == 65 && check.errors.contains(complaint), "\(check.errors.prefix(500))")
      #expect(check.errors.utf8.count < 2000)
    }
  }

  @Test func aClosedInputIsAnEmptyOne() throws {
    let run = try MageRun.run([], ["/bin/cat"], shell: #""$@" <&-"#)
    #expect(run.report.detail == "0")
    #expect(run.output.isEmpty)
  }

  @Test func closedOutputsHarmNobody() throws {
    #expect(try MageRun.run([], ["/bin/echo", "x"], shell: #""$@" >&- 2>&-"#).status == 0)
  }

  @Test func aDirectoryIsNoInput() throws {
    #expect(try MageRun.run([], ["/bin/cat"], shell: #""$@" < /"#).status == 125)
  }

  /// A shell that reads its script where the program reads its input goes on where it was.
  @Test func whatAProgramDoesToItsInputIsItsOwn() throws {
    let program = try CompiledPrograms.path("input-is-its-own")
    try Places.withDirectory { directory in
      let input = directory + "/input"
      try "first\nsecond\n".write(toFile: input, atomically: false, encoding: .utf8)
      let shell =
        #"exec 9<\#(input); read first <&9; "$@" <&9; read second <&9; echo "$second"; cat /proc/$$/fdinfo/9"#
      let run = try MageRun.run([], [program], shell: shell)
      #expect(run.output.hasPrefix("second\n"), "\(run.output)")
      let flags = run.output.split(separator: "\n").first { $0.hasPrefix("flags:") }
      // Neither O_NONBLOCK (04000) nor O_APPEND (02000).
      #expect(
        flags?.split(separator: "\t").last.flatMap { Int($0, radix: 8) }.map { $0 & 0o6000 } == 0)
    }
  }

  @Test func inputAndOutputPassThrough() throws {
    let run = try MageRun.run(
      [], ["/bin/cat"], shell: #"seq 100000 | "$@" | cksum; seq 100000 | cksum"#)
    let sums = run.output.split(separator: "\n")
    #expect(sums.count == 2)
    #expect(sums.first == sums.last)
  }

  @Test func aReaderThatLeavesEndsTheProgram() throws {
    let run = try MageRun.run(
      [], [try CompiledPrograms.path("output-to-stdout")], shell: #""$@" | head -c 1"#)
    #expect(run.report.ending == "crashed")
    #expect(run.report.signal == SIGPIPE)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aSignalEndsEverything(_ signal: Int32) throws {
    let marker = "\(Int.random(in: 100_000...999_999))"
    // Waits for the program rather than for a time.
    let shell = """
      "$@" & mage=$!
      until pgrep -fx '/bin/sleep \(marker)' >/dev/null; do :; done
      kill -\(signal) $mage; wait $mage
      """
    let run = try MageRun.run([], ["/bin/sleep", marker], shell: shell)
    #expect(run.status == 128 + signal)
    #expect(run.report.ending == "killed")
    #expect(run.report.signal == signal)
    let left = try Command.run("/bin/sh", ["-c", "pgrep -fx '/bin/sleep \(marker)'"])
    #expect(left.output.isEmpty)
  }

  @Test func nothingSurvivesTheCommandsOwnDeath() throws {
    let marker = "\(Int.random(in: 100_000...999_999))"
    let script = """
      "$1" run --library "$2" -- /bin/sleep \(marker) & mage=$!
      until pgrep -fx '/bin/sleep \(marker)' >/dev/null; do :; done
      kill -KILL $mage
      for n in $(seq 2000); do pgrep -fx '/bin/sleep \(marker)' >/dev/null || exit 0; done
      exit 1
      """
    let run = try Command.run("/bin/sh", ["-c", script, "sh", MageRun.mage, Places.policies])
    #expect(run.status == 0)
  }
}
