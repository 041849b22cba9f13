import Glibc
import TestSupport
import Testing

/// Small programs, each of which does one thing, and the verdict that its source names. One at a time: the limits are of time.
@Suite(.serialized) struct ProgramTests {
  /// How far past its limit a program may get.
  private static let overrun = 0.1

  @Test("every program gets its verdict", arguments: ProgramCase.all)
  func verdict(_ program: ProgramCase) throws {
    let path = try CompiledPrograms.path(program.program)
    let shell =
      switch program.input {
      case .empty: #""$@" </dev/null"#
      // A pipe that its reader holds open for writing: nothing comes, and no end.
      case .silent: #"p=$(mktemp -u); mkfifo "$p"; "$@" <>"$p"; s=$?; rm "$p"; exit $s"#
      case .text(let text): "printf '\(text)' | \"$@\""
      }
    let run = try MageRun.run(program.options, [path] + program.arguments, shell: shell)
    #expect(run.report.ending == program.ending, "\(run.report) \(run.errors)")
    #expect(run.report.detail == program.detail)
    checkStatus(run, program)
    // Whoever sees only the terminal reads why.
    let isSaid = run.errors.contains("mage: ")
    #expect(isSaid == (run.report.ending != "finished"), "\(run.errors)")
    checkOverrun(run.report, program)
  }

  private func checkStatus(_ run: MageRun, _ program: ProgramCase) {
    let expected: Int32? =
      switch program.ending {
      case "finished": Int32(program.detail)
      case "limit": 124
      case "forbidden-call": 126
      case "crashed": Int32(program.detail).map { 128 + $0 }
      default: nil
      }
    #expect(run.status == expected)
  }

  private func checkOverrun(_ report: MageRun.Report, _ program: ProgramCase) {
    guard program.ending == "limit" else { return }
    if program.detail == "cpu", let limit = program.seconds("--cpu") {
      #expect(report.usage.cpuSeconds >= limit)
      #expect(report.usage.cpuSeconds < limit + Self.overrun)
    }
    if program.detail == "wall", let limit = program.seconds("--wall") {
      #expect(report.usage.wallSeconds >= limit)
      #expect(report.usage.wallSeconds < limit + Self.overrun)
    }
  }

  @Test func whatIsWrittenIsCounted() throws {
    let run = try MageRun.run([], [CompiledPrograms.path("written-bytes")])
    #expect(run.report.usage.outputBytes == 4096)
    // Of an ordinary user's program not every kernel shows it.
    let written = run.report.usage.writtenBytes
    #expect(written == 102 * 4096 || (written == nil && geteuid() != 0))
    #expect(run.report.usage.deniedCalls == 0)
  }

  @Test func thereAreEnoughOfThem() { #expect(Set(ProgramCase.all.map(\.program)).count >= 60) }
}
