import Foundation
import TestSupport
import Testing

/// `mage policy …` as a person types it.
@Suite struct PolicyCommandTests {
  private static func mage(_ arguments: [String], shell: String = #""$@" </dev/null"#) throws
    -> Command
  {
    let library = ["--library", Places.policies]
    let command = [MageRun.mage, "policy"] + arguments.prefix(1) + library + arguments.dropFirst()
    return try Command.run("/bin/sh", ["-c", shell, "sh"] + command)
  }

  private static let rest = """
    include "base/program.sandbox"
    fds { 0 input 1..2 output }
    namespaces { user pid mount ipc uts cgroup net own }
    identity { uid 1000 gid 1000 capabilities none no-new-privs }
    limits { output 1MiB open-files 64 wall 10s memory 64MiB }
    """

  /// Runs a program under a policy of the test's own.
  private static func run(_ program: String, _ policy: String) throws -> MageRun {
    try Places.withDirectory { directory in
      let file = directory + "/own.sandbox"
      try "policy own version 1\n\(rest)\n\(policy)".write(
        toFile: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      return try MageRun.run(["--policy", file], [try CompiledPrograms.path(program)])
    }
  }

  @Test func aMinimalProcShowsAProgramItselfAndNothingElse() throws {
    let run = try Self.run("proc-minimal", "filesystem { proc minimal }")
    #expect(run.output == "")
    #expect(run.report.ending == "finished" && run.report.exitCode == 0)
  }

  @Test func whatIsAllowedOnceIsDeniedTheSecondTime() throws {
    let once = try Self.run("twice", "syscalls startup { allow getcwd once }")
    #expect(once.report.ending == "forbidden-call" && once.report.call?.name == "getcwd")
    let always = try Self.run("twice", "syscalls startup { allow getcwd }")
    #expect(always.report.ending == "finished")
  }

  @Test(arguments: [
    (["check", "rendrer"], 65, "did you mean 'renderer'?"),
    (["check", "/no/such/file.sandbox"], 65, "ENOENT"), (["check", "--jsn"], 64, "--jsn"),
    (["explain", "renderer", "mmapp"], 64, "did you mean 'mmap'?"),
    (["explain", "renderer", "mmap", "--prto", "5"], 64, "did you mean 'prot'?"),
    (["explain", "renderer", "mmap", "--prot"], 64, "needs a value"),
    (["print", "renderer", "--json", "--swift"], 64, "exclude"),
    (["diff", "renderer"], 64, "second"), (["import", "/no/such"], 65, "ENOENT"),
    (["import", "/dev"], 65, "cannot be read"), (["learn"], 64, "no program"),
    (["import", "--format", "yaml", "/dev/null"], 64, "yaml"),
  ])
  func mistakesAreAnsweredWithWhatToDo(
    _ arguments: [String], _ status: Int32, _ complaint: String
  ) throws {
    let run = try Self.mage(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(complaint), "\(run.errors)")
    #expect(run.output == "")
  }

  @Test func anUnknownCommandIsNamed() throws {
    let run = try Command.run(MageRun.mage, ["policy", "chek"])
    #expect(run.status == 64 && run.errors.contains("chek"))
  }

  @Test(arguments: ["check", "score", "test"]) func theWholeLibraryIsTheDefault(_ name: String)
    throws
  {
    let run = try Self.mage([name])
    #expect(run.status == 0 && run.errors == "")
    #expect(run.output.split(separator: "\n").count == 7)
  }

  @Test(arguments: [
    ["check", "judge", "--json"], ["score", "judge", "--json"], ["print", "judge", "--json"],
    ["test", "judge", "--json"], ["dump", "judge", "--json"],
    ["explain", "judge", "mmap", "--json"],
    ["diff", "judge", "judge", "--json"],
  ])
  func answersForProgramsAreJSON(_ arguments: [String]) throws {
    let run = try Self.mage(arguments)
    #expect(run.status == 0)
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }
  }

  @Test func aMistakeIsAnAnswerForProgramsToo() throws {
    struct Mistake: Decodable {
      let policy: String
      let ok: Bool
      let file: String
      let line: Int
      let column: Int
      let message: String
      let suggestion: String?
    }
    try Places.withDirectory { directory in
      let file = directory + "/w.sandbox"
      try "policy w version 1\nlimitz { }".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(chmod(file, 0o644) == 0)
      let run = try Self.mage(["check", "--json", file])
      let mistake = try JSONDecoder().decode(Mistake.self, from: Data(run.output.utf8))
      #expect(run.status == 65 && !mistake.ok && mistake.policy == file && mistake.file == file)
      #expect(mistake.line == 2 && mistake.column == 1 && mistake.suggestion == "limits")
    }
  }

  /// The question of the manual, with the answer and the line that decides.
  @Test(arguments: [
    ("renderer", "5", "reported, and the process killed", "no rule of mmap matches"),
    ("renderer", "PROT_READ|PROT_WRITE", "allowed", "base/c-runtime.sandbox:"),
    ("renderer", "0x100000004", "reported, and the process killed", "no rule of mmap matches"),
    ("judge", "3", "allowed", "base/program.sandbox:"),
  ]) func whatDecidesIsExplained(
    _ policy: String, _ prot: String, _ decision: String, _ place: String
  ) throws {
    let run = try Self.mage(["explain", policy, "mmap", "--prot", prot])
    let lines = run.output.split(separator: "\n")
    #expect(run.status == 0 && lines.first?.hasSuffix(decision) == true, "\(run.output)")
    #expect(lines.dropFirst().first?.contains("decided by \(place)") == true, "\(run.output)")
  }

  @Test func aReaderThatStopsIsNoMishap() throws {
    let run = try Self.mage(["dump", "judge"], shell: #""$@" </dev/null | head -1"#)
    #expect(run.status == 0 && run.errors == "" && run.output == "# program\n")
  }

  @Test func whatIsLearnedPassesItsOwnCheckAndAdmitsTheRun() throws {
    try Places.withDirectory { directory in
      let file = directory + "/learned.sandbox"
      let program = try CompiledPrograms.path("twice")
      let learned = try Self.mage(["learn", "--output", file, "--", program])
      #expect(learned.status == 0, "\(learned.errors)")
      let check = try Self.mage(["check", file])
      #expect(check.status == 0, "\(check.errors)")
      #expect(try MageRun.run(["--policy", file], [program]).report.ending == "finished")
      let other = try CompiledPrograms.path("fork-call")
      #expect(try MageRun.run(["--policy", file], [other]).report.ending == "forbidden-call")
    }
  }

  @Test func whatIsLearnedOfSignalsIsWhomTheyWentTo() throws {
    try Places.withDirectory { directory in
      let file = directory + "/learned.sandbox"
      let program = try CompiledPrograms.path("raise-signal")
      let learned = try Self.mage(["learn", "--json", "--output", file, "--", program, "10"])
      #expect(learned.status == 0, "\(learned.errors)")
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(learned.output.utf8))
      }
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.contains("allow tgkill when (tgid == self and sig =="), "\(text)")
      let same = try MageRun.run(["--policy", file], [program, "10"])
      #expect(same.report.ending == "crashed" && same.report.signal == 10)
      let other = try MageRun.run(["--policy", file], [program, "12"])
      #expect(other.report.call?.name == "tgkill")
    }
  }

  @Test(arguments: [
    ["run"], ["attack"], ["torture"], ["top"], ["doctor"], ["policy", "check"],
    ["policy", "print"],
    ["policy", "explain"], ["policy", "dump"], ["policy", "diff"], ["policy", "score"],
    ["policy", "test"], ["policy", "learn"], ["policy", "import"],
  ]) func everyCommandHelpsWithAnExample(_ words: [String]) throws {
    let run = try Command.run(MageRun.mage, words + ["--help"])
    #expect(run.status == 0 && run.output.contains("Example"), "\(run.output)")
    #expect(run.output.contains("--json"), "\(run.output)")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func aShellCompletesCommandsAndPolicies(
    _ shell: String
  ) throws {
    let run = try Command.run(MageRun.mage, ["--generate-completion-script", shell])
    #expect(run.status == 0 && run.output.contains("explain") && run.output.contains("bind-ro"))
    guard shell == "bash" else { return }
    // As a shell asks when somebody types `mage run --policy ren<TAB>` beside a library.
    let script = """
      cd "$2"; PATH="$3:$PATH"; eval "$1"
      COMP_WORDS=(mage run --policy ren); COMP_CWORD=3; COMP_LINE='mage run --policy ren'; COMP_POINT=21
      _mage mage ren --policy; printf '%s\n' "${COMPREPLY[@]}"
      """
    let bin = MageRun.mage.split(separator: "/").dropLast().joined(separator: "/")
    let asked = try Command.run(
      "/bin/bash", ["-c", script, "bash", run.output, Places.package, "/" + bin])
    #expect(asked.output.contains("renderer"), "\(asked.output) \(asked.errors)")
  }

  @Test func anImportedProfileRunsAProgram() throws {
    try Places.withDirectory { directory in
      let (source, file) = (directory + "/p.policy", directory + "/imported.sandbox")
      try "read: 1\nnosuchcall: 1\n".write(toFile: source, atomically: true, encoding: .utf8)
      let run = try Self.mage(["import", source, "--output", file])
      #expect(run.status == 0)
      #expect(run.errors == "mage: \(source):2: nosuchcall: no call of x86_64; left out\n")
      #expect(try Self.mage(["check", file]).status == 0)
    }
  }
}
