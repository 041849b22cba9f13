import Foundation
import TestSupport
import Testing

/// The command that runs vectors, on the vectors that there are and on some that are wrong.
@Suite struct ConformanceTests {
  private func run(_ directory: String) throws -> Command {
    try Command.run(Places.product("mage-conformance"), [directory])
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func failures(_ command: Command) -> [Substring] {
    command.output.split(separator: "\n").filter { $0.hasSuffix("FAIL") }
  }

  @Test func ownVectorsGiveTheirExpectedResults() throws {
    let command = try run(Places.package + "/Tests/Vectors/own")
    #expect(failures(command) == [])
    #expect(command.output.hasSuffix(" 0 failed\n"))
    #expect(command.status == 0)
  }

  /// Those of another implementation. They are not this project's, so they lie beside it, or where MAGE_VECTORS says, and not in it.
  private static let publicVectors =
    ProcessInfo.processInfo.environment["MAGE_VECTORS"]
    ?? Places.package + "/../shared/vectors/mojo"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: publicVectors),
      "MAGE_VECTORS names no directory of public vectors"))
  func publicVectorsGiveTheirExpectedResults() throws {
    let command = try run(Self.publicVectors)
    #expect(failures(command) == [])
    #expect(command.output.hasSuffix("88 runs of 87 vectors, 0 failed\n"))
    #expect(command.status == 0)
  }

  @Test func aFolderWithoutVectorsIsAnError() throws {
    try Places.withDirectory { directory in
      let empty = try run(directory)
      #expect(empty.status == 66)
      #expect(empty.errors.contains("no file NAME.data"))
      #expect(try run(directory + "/none").status == 66)
    }
  }

  /// The text of a vector, and what the run of it says.
  static let texts: [(text: String, result: String)] = [
    ("[u4]24 [u4]0 [u4]0 [u4]0 [u4]0 [u4]0 [u4]8 [u4]0", "PASS"),
    ("[dist4]h [u4]0 [u4]0 [u4]0 [u4]0 [u4]0 [anchr]h// a\r\n\t[u1]8 0 0 0 [s4]+0", "PASS"),
    (
      "[u4]24 [u4]0 [u4]0 [u4]0 [u4]0 [u4]0 [u4]7 [u4]0",
      "VALIDATION_ERROR_UNEXPECTED_STRUCT_HEADER"
    ),
    ("", "VALIDATION_ERROR_ILLEGAL_MEMORY_RANGE"),
    ("[u1]256", "PARSE_ERROR(number:256)"),
    ("[u2]0x10000", "PARSE_ERROR(number:0x10000)"),
    ("01", "PARSE_ERROR(number:01)"),
    ("-1", "PARSE_ERROR(number:-1)"),
    ("[u1]0x-1", "PARSE_ERROR(number:0x-1)"),
    ("[s1]128", "PARSE_ERROR(number:128)"),
    ("[s1]-129", "PARSE_ERROR(number:-129)"),
    ("[s2]-0x8001", "PARSE_ERROR(number:-0x8001)"),
    ("[u8]18446744073709551616", "PARSE_ERROR(number:18446744073709551616)"),
    ("[b]0000000", "PARSE_ERROR(bits:0000000)"),
    ("[b]00000002", "PARSE_ERROR(bits:00000002)"),
    ("[f]x", "PARSE_ERROR(number:x)"),
    ("[d]1e", "PARSE_ERROR(number:1e)"),
    ("[anchr]a", "PARSE_ERROR(no-distance:a)"),
    ("[dist4]a", "PARSE_ERROR(no-anchor:a)"),
    ("[dist4]a [dist8]a [anchr]a", "PARSE_ERROR(twice:a)"),
    ("[dist4]a [anchr]a [anchr]a", "PARSE_ERROR(twice:a)"),
    ("[dist4]a-b [anchr]a-b", "PARSE_ERROR(name:a-b)"),
    ("[dist4]", "PARSE_ERROR(name:)"),
    ("0 [handles]1", "PARSE_ERROR(late-handles)"),
    ("[handles]1 [handles]1", "PARSE_ERROR(late-handles)"),
    ("[handles]-1", "PARSE_ERROR(number:-1)"),
    ("0 / 0", "PARSE_ERROR(stray-slash)"),
    ("[u3]0", "PARSE_ERROR(unknown-type:u3)"),
    ("[u4 0", "PARSE_ERROR(no-bracket:[u4)"),
  ]

  @Test func textIsReadAsItIsWritten() throws {
    try Places.withDirectory { directory in
      for (index, text) in Self.texts.enumerated() {
        try write(text.text, "\(directory)/own_\(index).data")
        try write("PASS\r\n", "\(directory)/own_\(index).expected")
      }
      let command = try run(directory)
      #expect(command.status == 1)
      let lines = Set(command.output.split(separator: "\n").map(String.init))
      for (index, text) in Self.texts.enumerated() {
        let parsed = !text.result.hasPrefix("PARSE")
        let verdict = text.result == "PASS" ? "ok" : "FAIL"
        let line = "own_\(index) \(parsed ? "PASS" : "-") \(text.result) \(verdict)"
        #expect(lines.contains(line), "\(text.text)")
      }
    }
  }

  /// Eight bytes, of which a decoder takes the first four for a number from 1 to 10 and the others for padding.
  static let numbers = [
    "[u8]5", "[s8]+0x5", "[u4]5 [u4]0", "[s4]5 [s4]-0x0", "[u2]0X5 [u2]0 [s2]+0 [s2]0",
    "[u1]5 0 0 0 0 0 0 0", "[s1]5 [u1]0 [u2]0 [u4]0", "[b]00000101 0 0 0 0 0 0 0",
    "[f]7e-45 [f]+.0e9", "[d]2.5e-323",
  ]
  static let badNumbers = [
    "[s8]-1", "[s4]-0x5 [u4]0", "[u2]0x500 [u2]0 [u4]0", "[b]10000001 0 0 0 0 0 0 0", "[d]-1.5",
    "[s2]-0x8000 [u2]0 [u4]0", "[s1]-128 0 0 0 0 0 0 0", "[f]1.5 [f]0", "[u4]0xFFFFFFFF [u4]0",
  ]

  @Test func numbersBecomeTheirBytes() throws {
    try Places.withDirectory { directory in
      for (index, body) in (Self.numbers + Self.badNumbers).enumerated() {
        let text = "[u4]24 [u4]0 [u4]0 [u4]1 [u4]0 [u4]0 [u4]16 [u4]0 \(body)"
        let expected = index < Self.numbers.count ? "PASS" : "interface.outOfRange"
        try write(text, "\(directory)/own_\(index).data")
        try write(expected, "\(directory)/own_\(index).expected")
      }
      #expect(failures(try run(directory)) == [])
    }
  }

  @Test func aVectorForNoInterfaceFails() throws {
    try Places.withDirectory { directory in
      try write("0", directory + "/elsewhere_1.data")
      try write("PASS", directory + "/elsewhere_1.expected")
      try write("0", directory + "/own_1.data")
      let command = try run(directory)
      #expect(command.output.contains("elsewhere_1 PASS NO_SUCH_INTERFACE FAIL\n"))
      #expect(command.output.contains("own_1 - UNREADABLE("))
      #expect(command.status == 1)
    }
  }
}
