import MagePolicy
import MageSeccomp
import Testing

/// What a rule means, worked out by hand and asked of the compiled filter.
@Suite struct MeaningTests {
  private static let mmap: Int32 = 9
  private static let openat: Int32 = 257

  @Test func intArgumentsAreComparedIn32Bits() throws {
    let filter = try Programs.serve("allow close when fd == 5 allow dup when oldfd != 5")
    for fd in Corners.around([5]) {
      let isFive = fd & 0xFFFF_FFFF == 5
      #expect(filter.verdict(number: 3, arguments: [fd]) == (isFive ? .allow : .notify))
      #expect(filter.verdict(number: 32, arguments: [fd]) == (isFive ? .notify : .allow))
    }
  }

  @Test func longArgumentsAreComparedIn64Bits() throws {
    let filter = try Programs.serve(
      "allow read when count == 4294967301 allow write when count != 4294967301")
    for count in Corners.around([0x1_0000_0005]) {
      let isEqual = count == 0x1_0000_0005
      #expect(filter.verdict(number: 0, arguments: [9, 9, count]) == (isEqual ? .allow : .notify))
      #expect(filter.verdict(number: 1, arguments: [9, 9, count]) == (isEqual ? .notify : .allow))
    }
  }

  @Test func negativeConstantsMeanTheirLow32Bits() throws {
    let filter = try Programs.serve("allow openat when dirfd == AT_FDCWD")
    let wide = UInt64(bitPattern: -100)
    #expect(filter.verdict(number: Self.openat, arguments: [wide]) == .allow)
    #expect(filter.verdict(number: Self.openat, arguments: [wide & 0xFFFF_FFFF]) == .allow)
    #expect(filter.verdict(number: Self.openat, arguments: [3]) == .notify)
  }

  @Test func notHasIsFalseOnlyWhenAllBitsAreSet() throws {
    let filter = try Programs.serve("allow mmap when not prot has PROT_EXEC|PROT_WRITE")
    for prot in Corners.around([6]) {
      let expected: FilterEmulator.Verdict = prot & 6 == 6 ? .notify : .allow
      #expect(filter.verdict(number: Self.mmap, arguments: [0, 0, prot]) == expected)
    }
  }

  @Test func masksLookAtTheirBitsOnly() throws {
    let filter = try Programs.serve("allow openat when flags & O_ACCMODE == O_RDONLY")
    for flags in Corners.around([0, 1, 2, 3, 0o100]) {
      let expected: FilterEmulator.Verdict = flags & 3 == 0 ? .allow : .notify
      #expect(filter.verdict(number: Self.openat, arguments: [0, 0, flags]) == expected)
    }
  }

  /// A rule that fails at its second test must not hide another one that begins with a test like its first.
  @Test func overlappingTestsOfDifferentArgumentsAreAllTried() throws {
    let filter = try Programs.serve(
      """
      allow fcntl when fd == 1 and cmd == 5
      allow fcntl when fd & 1 == 1 and cmd == 6
      allow fcntl when cmd == 7
      allow fcntl when fd == 2 and arg == 8
      """)
    for fd in Corners.around([1, 2]) {
      for cmd: UInt64 in [4, 5, 6, 7, 1 << 32 | 5, 1 << 32 | 7] {
        for arg in Corners.around([8]) {
          let (fd32, cmd32) = (fd & 0xFFFF_FFFF, cmd & 0xFFFF_FFFF)
          let allowed =
            fd32 == 1 && cmd32 == 5 || fd32 & 1 == 1 && cmd32 == 6 || cmd32 == 7
            || fd32 == 2 && arg == 8
          let verdict = filter.verdict(number: 72, arguments: [fd, cmd, arg])
          #expect(verdict == (allowed ? .allow : .notify), "\(fd) \(cmd) \(arg)")
        }
      }
    }
  }

  /// All subsets of rules of different strength for one call, in both orders.
  @Test(arguments: 0..<16) func theStrongestRuleDecides(_ subset: Int) throws {
    let rules = [
      ("allow getpriority", FilterEmulator.Verdict.allow, 0...15),
      ("fake getpriority = 0 when which has 1", .errno(0), 0...15),
      ("errno EPERM { getpriority } when which has 2", .errno(1), 0...15),
      ("deny getpriority when which has 4", .notify, 0...15),
    ]
    let chosen = rules.indices.filter { subset >> $0 & 1 == 1 }
    for order in [chosen, chosen.reversed()] {
      let filter = try Programs.serve(order.map { rules[$0].0 }.joined(separator: "\n"))
      for which: UInt64 in 0..<16 {
        let bits: [UInt64] = [0, 1, 2, 4]
        let winner = chosen.last { which & bits[$0] == bits[$0] }
        let expected = winner.map { rules[$0].1 } ?? .notify
        #expect(filter.verdict(number: 140, arguments: [which]) == expected)
        #expect(filter.verdict(number: 140, arguments: [which | 1 << 32]) == expected)
      }
    }
  }

  @Test func severalConditionalAllowsAreAlternatives() throws {
    let filter = try Programs.serve(
      "allow madvise when advice == 4 allow madvise when advice == 8 allow madvise when advice == 4"
    )
    for advice in Corners.around([4, 8]) {
      let allowed = [4, 8].contains(advice & 0xFFFF_FFFF)
      let verdict = filter.verdict(number: 28, arguments: [0, 0, advice])
      #expect(verdict == (allowed ? .allow : .notify))
    }
  }

  @Test func cloneIsForThreadsAndClone3IsNot() throws {
    let policy = try Programs.policy(
      startup: "allow getpid", serve: "allow clone when flags == THREAD_FLAGS")
    let filters = try PolicyFilters(policy)
    func answer(_ flags: UInt64) -> PolicyFilters.Answer {
      filters.answer(number: 56, arguments: [flags], in: .serve)
    }
    #expect(answer(0x3D0F00) == .allow)
    for bit in 0..<32 { #expect(answer(0x3D0F00 ^ 1 << UInt64(bit)) == .report) }
    #expect(filters.answer(number: 435, arguments: [], in: .serve) == .errno(38))
    // The host counts threads, so it is asked also where the call is allowed.
    #expect(filters.verdict(number: 56, arguments: [0x3D0F00], in: .serve) == .notify)
  }

  @Test func otherArchitecturesAreKilled() throws {
    let policy = try Programs.policy(startup: "allow getpid", serve: "allow read getpid")
    let filters = try FilterCompiler.compile(policy)
    for program in [filters.startup, filters.serve] {
      let filter = try #require(FilterEmulator(program))
      for number in Int32(0)...600 {
        // i386, aarch64, arm, and one that does not exist.
        for architecture: UInt32 in [0x4000_0003, 0xC000_00B7, 0x4000_0028, 0] {
          #expect(filter.verdict(architecture: architecture, number: number) == .killProcess)
        }
        #expect(filter.verdict(number: number | 0x4000_0000) == .killProcess)
        let expected: FilterEmulator.Verdict =
          switch number {
          case 0, 39: .allow
          case 435: .errno(38)
          default: .notify
          }
        #expect(filter.verdict(number: number) == expected, "\(number)")
      }
      #expect(filter.verdict(number: Int32.min) == .killProcess)
      #expect(filter.verdict(number: -1) != .allow)
    }
  }

  @Test func startupAddsToServe() throws {
    let filter = try Programs.startup(
      "allow mmap when flags == 1 errno ENOSYS { uname }",
      serve: "allow mmap when not prot has PROT_EXEC")
    #expect(filter.verdict(number: 9, arguments: [0, 0, 4, 1]) == .allow)
    #expect(filter.verdict(number: 9, arguments: [0, 0, 4, 2]) == .notify)
    #expect(filter.verdict(number: 9, arguments: [0, 0, 3, 2]) == .allow)
    #expect(filter.verdict(number: 63) == .errno(38))
  }

  @Test func theSameRulesGiveTheSameBytes() throws {
    let one = try FilterCompiler.compile(try Programs.policy(serve: "allow read write deny kill"))
    let other = try FilterCompiler.compile(try Programs.policy(serve: "deny kill allow write read"))
    #expect(one == other)
  }
}
