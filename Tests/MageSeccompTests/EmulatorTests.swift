import MageSeccomp
import Testing

@Suite struct EmulatorTests {
  private func program(_ instructions: [(UInt16, UInt8, UInt8, UInt32)]) -> [UInt8] {
    instructions.flatMap { code, ifTrue, ifFalse, constant in
      [UInt8(code & 0xFF), UInt8(code >> 8), ifTrue, ifFalse]
        + (0..<4).map { UInt8(truncatingIfNeeded: constant >> (8 * UInt32($0))) }
    }
  }

  private func verdict(
    _ instructions: [(UInt16, UInt8, UInt8, UInt32)], number: Int32 = 7, arguments: [UInt64] = []
  ) -> FilterEmulator.Verdict? {
    FilterEmulator(program(instructions))?.verdict(
      number: number, instructionPointer: 0x1122_3344_5566_7788, arguments: arguments)
  }

  @Test(
    arguments: [
      (0x7FFF_0000, FilterEmulator.Verdict.allow), (0x7FFC_0000, .log), (0x7FF0_0000, .trace),
      (0x7FC0_0000, .notify), (0x0005_0026, .errno(38)), (0x0005_FFFF, .errno(4095)),
      (0x0003_0000, .trap), (0, .killThread), (0x8000_0000, .killProcess),
      (0x1234_0000, .killProcess),
    ] as [(UInt32, FilterEmulator.Verdict)])
  func returnsAreNamed(_ value: UInt32, _ expected: FilterEmulator.Verdict) {
    #expect(verdict([(0x06, 0, 0, value)]) == expected)
  }

  @Test func loadsReadTheRightWords() {
    // Loads a word, and allows when it is the constant.
    func word(_ offset: UInt32, is value: UInt32) -> Bool {
      verdict(
        [(0x20, 0, 0, offset), (0x15, 0, 1, value), (0x06, 0, 0, 0x7FFF_0000), (0x06, 0, 0, 0)],
        arguments: [0xAAAA_AAAA_BBBB_BBBB, 0, 0, 0, 0, 0xCCCC_CCCC_DDDD_DDDD]) == .allow
    }
    #expect(word(0, is: 7))
    #expect(word(4, is: FilterEmulator.auditArchX8664))
    #expect(word(8, is: 0x5566_7788) && word(12, is: 0x1122_3344))
    #expect(word(16, is: 0xBBBB_BBBB) && word(20, is: 0xAAAA_AAAA))
    #expect(word(56, is: 0xDDDD_DDDD) && word(60, is: 0xCCCC_CCCC))
  }

  @Test func whatTheKernelWouldNotLoadIsInvalid() {
    #expect(FilterEmulator([]) == nil)
    #expect(FilterEmulator([6, 0, 0, 0, 0, 0, 0]) == nil)
    #expect(FilterEmulator(Array(repeating: 0, count: 4097 * 8)) == nil)
    #expect(verdict([(0x20, 0, 0, 64)]) == .invalid)  // a load behind the data
    #expect(verdict([(0x20, 0, 0, 2), (0x06, 0, 0, 0)]) == .invalid)  // between words
    #expect(verdict([(0x05, 0, 0, 0xFFFF_FFFF)]) == .invalid)  // a jump outside
    #expect(verdict([(0x15, 9, 9, 0)]) == .invalid)
    #expect(verdict([(0x20, 0, 0, 0)]) == .invalid)  // no end
    #expect(verdict([(0x60, 0, 0, 16), (0x06, 0, 0, 0)]) == .invalid)  // memory that is not there
    #expect(verdict([(0x34, 0, 0, 0), (0x06, 0, 0, 0)]) == .invalid)  // division by zero
    #expect(verdict([(0xFFFF, 0, 0, 0), (0x06, 0, 0, 0)]) == .invalid)
  }

  @Test func arithmeticIsTheKernels() {
    func result(_ steps: [(UInt16, UInt8, UInt8, UInt32)]) -> FilterEmulator.Verdict? {
      // Turns the accumulator into an errno.
      verdict(steps + [(0x54, 0, 0, 0xFFF), (0x44, 0, 0, 0x0005_0000), (0x16, 0, 0, 0)])
    }
    #expect(result([(0x00, 0, 0, 5), (0x04, 0, 0, 3)]) == .errno(8))
    #expect(result([(0x00, 0, 0, 5), (0x14, 0, 0, 6)]) == .errno(4095))  // wraps
    #expect(result([(0x00, 0, 0, 5), (0x64, 0, 0, 2)]) == .errno(20))
    #expect(
      result([(0x00, 0, 0, 9), (0x02, 0, 0, 3), (0x00, 0, 0, 0), (0x60, 0, 0, 3)]) == .errno(9))
    #expect(result([(0x00, 0, 0, 9), (0x07, 0, 0, 0), (0x0C, 0, 0, 0)]) == .errno(18))
    #expect(result([(0x00, 0, 0, 1), (0x84, 0, 0, 0)]) == .errno(4095))
  }

  /// Any bytes at all: an answer, and no trap.
  @Test func isTotal() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var bytes = (0..<(8 * Int.random(in: 1...12))).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      // Half of them with codes that exist.
      let codes: [UInt8] = [
        0x20, 0x15, 0x25, 0x35, 0x45, 0x05, 0x06, 0x16, 0x54, 0x34, 0x3C, 0x61, 0x07, 0x64,
      ]
      if Bool.random(using: &random) {
        for at in stride(from: 0, to: bytes.count, by: 8) {
          bytes[at] = codes.randomElement(using: &random) ?? 0
          bytes[at + 1] = 0
          for high in 5..<8 { bytes[at + high] = 0 }
        }
      }
      _ = FilterEmulator(bytes)?.verdict(number: .random(in: .min ... .max, using: &random))
    }
  }
}
