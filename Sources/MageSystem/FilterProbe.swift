internal import CMageSystem

/// Asks this machine's kernel what a filter decides, without making the calls (seccomp(2)).
package enum FilterProbe {
  package struct Call: Sendable {
    package var number: Int32
    /// By `int $0x80`, the way into the kernel of 32-bit programs.
    package var isI386: Bool
    package var arguments: [UInt64]

    package init(number: Int32, isI386: Bool = false, arguments: [UInt64]) {
      self.number = number
      self.isI386 = isI386
      self.arguments = arguments
    }
  }

  package enum Result: Equatable, Sendable {
    case allow, notify, kill
    /// 0 is a call that is not made and returns 0.
    case errno(Int32)
  }

  /// - Parameter program: `struct sock_filter`, 8 bytes each.
  package static func ask(
    _ program: [UInt8], _ calls: [Call]
  ) throws(SystemError) -> [Result] {
    guard program.count % 8 == 0, let count = UInt16(exactly: program.count / 8) else {
      throw SystemError("seccomp", errno: Errno.invalid)
    }
    let probes = calls.map { call in
      var probe = mage_probe()
      probe.number = call.number
      probe.is_i386 = call.isI386
      let given = call.arguments + [UInt64](repeating: 0, count: 6)
      probe.arguments = (given[0], given[1], given[2], given[3], given[4], given[5])
      return probe
    }
    var results = [Int32](repeating: 0, count: calls.count)
    let status = unsafe mage_probe_filter(program, count, probes, probes.count, &results)
    _ = try check("seccomp(probe)", status)
    return results.map(result)
  }

  private static func result(_ value: Int32) -> Result {
    switch 0 &- value {
    case Int32(MAGE_PROBE_ALLOW): .allow
    case Int32(MAGE_PROBE_NOTIFY): .notify
    case Int32(MAGE_PROBE_KILL): .kill
    case let errno: .errno(errno)
    }
  }
}
