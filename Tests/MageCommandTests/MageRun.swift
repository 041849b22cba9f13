import Foundation
import TestSupport

/// One `mage run`, with its report.
struct MageRun {
  /// What the report says (`mage run --report`).
  struct Report: Decodable {
    struct Call: Decodable {
      let name: String
      let number: Int32
      let arguments: [UInt64]
      let ip: UInt64
      let module: String?
      let offset: UInt64?
      let policyLine: String?
    }
    struct Usage: Decodable {
      let cpuSeconds: Double
      let wallSeconds: Double
      let peakMemoryBytes: UInt64
      let outputBytes: UInt64
      let writtenBytes: UInt64?
      let deniedCalls: UInt64
    }
    struct Mechanisms: Decodable {
      let level: String
      let files: String
      let memory: String
    }

    let ending: String
    let exitCode: Int32?
    let signal: Int32?
    let limit: String?
    let reason: String?
    let call: Call?
    let usage: Usage
    let mechanisms: Mechanisms?

    /// What a program's source names after the ending.
    var detail: String {
      switch ending {
      case "finished": exitCode.map { "\($0)" } ?? ""
      case "crashed", "killed": signal.map { "\($0)" } ?? ""
      case "limit": limit ?? ""
      case "forbidden-call": call?.name ?? ""
      default: ""
      }
    }
  }

  let status: Int32
  let output: String
  let errors: String
  let report: Report

  static var mage: String { Places.product("mage") }

  /// Runs `shell`, in which `"$@"` is the command: for inputs, pipes and signals.
  static func run(
    _ options: [String], _ command: [String], shell: String = #""$@" </dev/null"#
  ) throws -> MageRun {
    try Places.withDirectory { directory in
      let report = directory + "/report.json"
      let all = [mage, "run", "--library", Places.policies, "--report", report] + options
      let run = try Command.run("/bin/sh", ["-c", shell, "sh"] + all + ["--"] + command)
      let data = try Data(contentsOf: URL(fileURLWithPath: report))
      return MageRun(
        status: run.status, output: run.output, errors: run.errors,
        report: try JSONDecoder().decode(Report.self, from: data))
    }
  }
}
