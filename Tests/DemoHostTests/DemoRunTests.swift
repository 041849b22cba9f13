import Foundation
import Glibc
import TestSupport
import Testing

/// The demo as its user sees it, on real input.
@Suite(.serialized) struct DemoRunTests {
  private struct Line: Decodable {
    let file: String
    let outcome: String
    let check: String?
    let forbiddenCall: String?
    let limit: String?
    let signal: String?
    let cpuMicroseconds: Int
    let peakMemoryBytes: Int
  }

  @Test(
    "Every sample gets the outcome that its directory and name promise, and the sheet is written")
  func samples() throws {
    try Places.withDirectory { directory in
      let sheet = directory + "/sheet.png"
      let run = try Demo.run(["--json", "--output", sheet])
      #expect(run.status == 0, "\(run.errors)")
      let lines = try run.output.split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
      #expect(lines.count == Demo.sampleCount)
      for line in lines { check(line) }
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: sheet)).prefix(4)
          == Data([0x89, 0x50, 0x4E, 0x47]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["sheet.png"])
    }
  }

  private func check(_ line: Line) {
    if line.file.hasPrefix("good/") {
      #expect(line.outcome == "decoded", "\(line)")
    } else if line.file.hasPrefix("corrupt/") {
      #expect(line.outcome == "corrupt", "\(line)")
    } else {
      let crime = String(line.file.dropFirst("hostile/".count).dropLast(".png".count))
      let what = line.check ?? line.forbiddenCall ?? line.limit ?? line.signal ?? line.outcome
      // On a machine with much else to do, a spinning worker may miss its deadline before it has used its processor time.
      let isLate = crime == "spin" && what == "deadline"
      #expect(what == Self.expected[crime] || isLate, "\(line)")
    }
    #expect(line.peakMemoryBytes > 0)
  }

  private static let expected = [
    "allocate": "memory", "connect-out": "socket", "crash-abort": "SIGABRT",
    "crash-segv": "SIGSEGV", "exec-shell": "execve", "exit-early": "exited",
    "flood": "channel.creditMessagesExceeded", "fork-bomb": "fork",
    "malformed-application": "application.badMessage",
    "malformed-channel": "channel.unknownEndpoint", "malformed-interface": "interface.tooLong",
    "malformed-message": "message.unexpectedStructHeader",
    "malformed-transport": "transport.frameOverrunsPacket", "never-reply": "deadline",
    "open-passwd": "openat", "ptrace-host": "ptrace", "send-socket": "channel.attachmentMismatch",
    "send-unasked-descriptor": "transport.descriptorsUndeclared", "spin": "cpu",
  ]

  @Test("A table for people: one line for each file and a total, without colour in a pipe")
  func table() throws {
    try Places.withDirectory { directory in
      let run = try Demo.run([Places.samples + "/good", "--output", directory + "/sheet.png"])
      #expect(run.status == 0)
      #expect(run.output.contains("decoded"))
      #expect(run.output.contains("sunset-rgb.png"))
      #expect(run.output.contains("11 files in"))
      #expect(!run.output.contains("\u{1b}"))
      #expect(run.errors.isEmpty)
    }
  }

  @Test("Things with an image's name that are no regular file are said and passed over")
  func strangeFiles() throws {
    try Places.withDirectory { directory in
      let input = directory + "/in"
      try FileManager.default.createDirectory(
        atPath: input + "/folder.png", withIntermediateDirectories: true)
      #expect(mkfifo(input + "/fifo.png", 0o600) == 0)
      #expect(symlink("/dev/zero", input + "/zero.png") == 0)
      #expect(symlink("nowhere", input + "/dangling.png") == 0)
      try FileManager.default.copyItem(
        atPath: Places.samples + "/good/moon-grey.png", toPath: input + "/\u{1b}[31mred.png")
      let run = try Demo.run([input, "--output", directory + "/sheet.png"])
      #expect(run.status == 0, "\(run.errors)")
      for name in ["folder.png", "fifo.png", "zero.png"] {
        let line = run.output.split(separator: "\n").first { $0.contains(name) }
        #expect(line?.contains("not a regular file") == true, "\(name): \(line ?? "")")
      }
      #expect(run.output.contains("ENOENT"))
      #expect(run.output.contains("\\u{1b}[31mred.png"), "a name is printed escaped")
      #expect(!run.output.contains("\u{1b}"))
    }
  }

  @Test("A file that changes while it is read ends in an outcome like any other")
  func changingFile() throws {
    try Places.withDirectory { directory in
      let input = directory + "/in"
      try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
      let image = try Data(
        contentsOf: URL(fileURLWithPath: Places.samples + "/good/sunset-rgb.png"))
      let names = (0..<200).map { "\(input)/\($0).png" }
      for name in names { try image.write(to: URL(fileURLWithPath: name)) }
      let run = try Demo.run([input, "--json", "--output", directory + "/sheet.png"]) { process in
        while process.isRunning {
          for name in names { truncate(name, off_t.random(in: 0...off_t(image.count))) }
        }
      }
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.split(separator: "\n").count == names.count)
    }
  }

  /// One grey pixel.
  private static let tinyPNG = Data(
    base64Encoded:
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
  )

  @Test("Ten thousand files are dealt with")
  func manyFiles() throws {
    try Places.withDirectory { directory in
      let input = directory + "/in"
      try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
      let image = directory + "/tiny"
      try #require(Self.tinyPNG).write(to: URL(fileURLWithPath: image))
      for index in 0..<10_000 { #expect(link(image, "\(input)/\(index).png") == 0) }
      let run = try Demo.run([input, "--json", "--output", directory + "/sheet.png"])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.split(separator: "\n").count == 10_000)
      #expect(!run.output.contains("\"outcome\":\"corrupt\""), "\(run.output.prefix(300))")
      #expect(!run.output.contains("\"outcome\":\"limit\""))
    }
  }

  @Test("A reader that goes away, as head does, ends the run and leaves no sheet")
  func closedPipe() throws {
    try Places.withDirectory { directory in
      let sheet = directory + "/sheet.png"
      let run = try Command.run(
        "/bin/sh",
        [
          "-c",
          "\(Places.product("demo-host")) '\(Places.samples)/good' --output \(sheet) | head -1",
        ])
      #expect(run.output.hasPrefix("outcome"))
      #expect(run.output.split(separator: "\n").count == 1)
    }
  }
}

/// Runs the demo host.
enum Demo {
  static let sampleCount = 37

  static func run(
    _ arguments: [String], whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Command {
    try Command.run(Places.product("demo-host"), arguments, whileRunning: whileRunning)
  }
}
