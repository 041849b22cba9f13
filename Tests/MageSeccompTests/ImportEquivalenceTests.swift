import MagePolicy
import MageSeccomp
import Testing

/// An imported profile decides as the profile does, for every call number and for arguments around every constant.
@Suite struct ImportEquivalenceTests {
  private struct Check {
    let index: Int
    let op: String
    let value: UInt64
    var second: UInt64 = 0

    var json: String {
      "{\"index\": \(index), \"op\": \"SCMP_CMP_\(op)\", \"value\": \(value), \"valueTwo\": \(second)}"
    }

    /// As the container's runtime would decide, of the bits that the kernel reads.
    func holds(_ arguments: [UInt64], _ width: UInt64) -> Bool {
      let seen = arguments[index] & width
      switch op {
      case "EQ": return seen == value
      case "NE": return seen != value
      case "LT": return seen < value
      case "LE": return seen <= value
      case "GT": return seen > value
      case "GE": return seen >= value
      default: return seen & value == second
      }
    }
  }

  private struct Entry {
    let name: String
    var errno: Int32?
    var tests: [Check] = []

    var json: String {
      let action = errno.map { "\"SCMP_ACT_ERRNO\", \"errnoRet\": \($0)" } ?? "\"SCMP_ACT_ALLOW\""
      let args = tests.map(\.json).joined(separator: ",")
      return "{\"names\": [\"\(name)\"], \"action\": \(action), \"args\": [\(args)]}"
    }
  }

  private static let int: UInt64 = 0xFFFF_FFFF
  private static let entries = [
    Entry(name: "read"), Entry(name: "socket", tests: [Check(index: 0, op: "NE", value: 40)]),
    Entry(name: "clone", tests: [Check(index: 0, op: "MASKED_EQ", value: 0x7E02_0000)]),
    Entry(name: "dup", tests: [Check(index: 0, op: "LT", value: 77)]),
    Entry(
      name: "dup2",
      tests: [Check(index: 0, op: "GE", value: 6), Check(index: 1, op: "LE", value: 9)]),
    Entry(name: "close", tests: [Check(index: 0, op: "GT", value: 1000)]),
    Entry(name: "fcntl", errno: 22, tests: [Check(index: 1, op: "EQ", value: 3)]),
    Entry(name: "fcntl", tests: [Check(index: 1, op: "EQ", value: 4)]),
    Entry(name: "acct", errno: 38),
  ]

  private static func expected(_ name: String, _ arguments: [UInt64]) -> FilterEmulator.Verdict {
    if name == "clone3" { return .errno(38) }
    let matching = entries.filter { entry in
      entry.name == name && entry.tests.allSatisfy { $0.holds(arguments, int) }
    }
    if let errno = matching.compactMap(\.errno).first { return .errno(errno) }
    return matching.isEmpty ? .notify : .allow
  }

  @Test func itDecidesAsTheProfile() throws {
    let json =
      "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", \"syscalls\": ["
      + Self.entries.map(\.json).joined(separator: ",") + "]}"
    let imported = try PolicyImport.read(json, file: "p.json")
    // A worker's policy, whose startup filter holds nothing that only the host decides.
    let base = Policy(
      name: "base", descriptors: [.channel(3, "host")], identity: Identity(uid: 1, gid: 1))
    let policy = try PolicyParser.parse(
      imported.text(name: "p", base: base), file: "p.sandbox")
    let filter = try #require(FilterEmulator(try FilterCompiler.compile(policy).startup))
    let constants = Self.entries.flatMap(\.tests).map(\.value)
    for number in Int32(0)...600 {
      let name = SystemCallNames.name(of: number) ?? ""
      guard name != "seccomp" else { continue }
      let isNamed = Self.entries.contains { $0.name == name }
      for value in isNamed ? Corners.around(constants) : [0, .max] {
        for other: UInt64 in isNamed ? [0, 6, 9, 10, 77] : [0] {
          for arguments in [[value, other, 0], [other, value, 0]] {
            let padded = arguments + [0, 0, 0]
            let verdict = filter.verdict(number: number, arguments: padded)
            #expect(verdict == Self.expected(name, padded), "\(name) \(arguments)")
          }
        }
      }
    }
  }
}
