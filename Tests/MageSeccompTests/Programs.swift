import MagePolicy
import MageSeccomp
import Testing

/// Small policies and their filters.
enum Programs {
  static func policy(startup: String = "", serve: String) throws -> Policy {
    try PolicyParser.parse(
      """
      policy worker version 1
      namespaces { user pid mount ipc uts cgroup net own }
      identity { uid 1 gid 1 capabilities none no-new-privs }
      fds { 3 channel host }
      syscalls startup { \(startup) }
      syscalls serve { \(serve) }
      """, file: "w.sandbox")
  }

  static func serve(_ rules: String) throws -> FilterEmulator {
    try #require(FilterEmulator(try FilterCompiler.compile(try policy(serve: rules)).serve))
  }

  static func startup(_ startup: String, serve: String) throws -> FilterEmulator {
    let policy = try policy(startup: startup, serve: serve)
    return try #require(FilterEmulator(try FilterCompiler.compile(policy).startup))
  }

  static func error(startup: String = "", serve: String = "") throws -> FilterError? {
    do {
      _ = try FilterCompiler.compile(try policy(startup: startup, serve: serve))
      return nil
    } catch let error as FilterError {
      return error
    }
  }
}

/// Values of one argument around every number that a rule may mention: the numbers, their neighbours, and each with
/// bits that an `int` does not have.
enum Corners {
  static func around(_ values: [UInt64]) -> [UInt64] {
    var result: Set<UInt64> = [0, .max, 1 << 31, 1 << 32, 0xFFFF_FFFF]
    for value in values {
      for near in [value, value &+ 1, value &- 1, ~value] {
        result.formUnion([near, near ^ 1 << 32, near | 1 << 63, near & 0xFFFF_FFFF])
      }
      for bit in 0..<64 { result.insert(value ^ (1 << UInt64(bit))) }
    }
    return result.sorted()
  }
}
