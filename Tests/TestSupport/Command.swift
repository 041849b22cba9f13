package import Foundation
internal import Glibc

/// A program run to its end.
package struct Command {
  package let status: Int32
  package let output: String
  package let errors: String

  /// - Parameter seconds: after this long it is killed, and the test sees signal 9.
  package static func run(
    _ path: String, _ arguments: [String], input: String? = nil, within seconds: Double = 120,
    directory: String? = nil, whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Command {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let errors = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    for file in [output, errors] { try Data().write(to: file) }
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let pid = process.processIdentifier
    let killer = DispatchWorkItem { kill(pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: killer)
    try whileRunning(process)
    process.waitUntilExit()
    killer.cancel()
    return Command(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}
