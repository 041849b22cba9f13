/// Runs a compiled filter without a kernel, on any arguments (seccomp(2), classic BPF).
///
/// Total: whatever the bytes are, ``verdict(architecture:number:instructionPointer:arguments:)`` returns after at most
/// as many steps as there are instructions, since a program can only jump forwards.
public struct FilterEmulator: Sendable {
  /// What the kernel does with a call.
  public enum Verdict: Equatable, Sendable {
    case allow
    /// The call is not made and returns this errno, or 0.
    case errno(Int32)
    /// The host is asked, which reports and kills.
    case notify
    case killProcess
    case killThread
    case trap
    case trace
    case log
    /// The kernel would not load this program: an unknown instruction, a jump or a load outside, or no end.
    case invalid
  }

  /// AUDIT_ARCH_X86_64.
  public static let auditArchX8664: UInt32 = 0xC000_003E

  struct Instruction {
    var code: UInt16
    var ifTrue: UInt8
    var ifFalse: UInt8
    var constant: UInt32
  }

  private let program: [Instruction]

  /// For listings.
  var instructions: [Instruction] { program }

  /// - Parameter bytes: `struct sock_filter` after `struct sock_filter`, 8 bytes each, little-endian.
  /// - Returns: `nil` when it is not 1 to 4096 whole instructions.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count % 8 == 0, (1...4096).contains(bytes.count / 8) else { return nil }
    program = stride(from: 0, to: bytes.count, by: 8).map { Self.instruction(bytes, at: $0) }
  }

  private static func instruction(_ bytes: [UInt8], at start: Int) -> Instruction {
    let constant = bytes[(start + 4)..<(start + 8)].reversed()
    return Instruction(
      code: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8,
      ifTrue: bytes[start + 2], ifFalse: bytes[start + 3],
      constant: constant.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }

  /// Instructions in the program.
  public var count: Int { program.count }

  /// What happens to a call.
  ///
  /// - Parameters:
  ///   - architecture: AUDIT_ARCH_* of the caller.
  ///   - number: of the call; any.
  ///   - instructionPointer: where it is made.
  ///   - arguments: up to six; missing ones are 0.
  public func verdict(
    architecture: UInt32 = auditArchX8664, number: Int32, instructionPointer: UInt64 = 0,
    arguments: [UInt64] = []
  ) -> Verdict {
    var data = SIMD16<UInt32>()
    (data[0], data[1]) = (UInt32(bitPattern: number), architecture)
    (data[2], data[3]) = Self.words(instructionPointer)
    for (index, argument) in arguments.prefix(6).enumerated() {
      (data[4 + 2 * index], data[5 + 2 * index]) = Self.words(argument)
    }
    var machine = FilterMachine(data: data)
    guard let value = machine.run(program) else { return .invalid }
    return Self.verdict(value)
  }

  private static func words(_ value: UInt64) -> (UInt32, UInt32) {
    (UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
  }

  /// SECCOMP_RET_*: the upper half says what, the lower half how.
  static func verdict(_ value: UInt32) -> Verdict {
    switch value & 0xFFFF_0000 {
    case 0x7FFF_0000: .allow
    case 0x0005_0000: .errno(min(Int32(value & 0xFFFF), 4095))
    case 0x7FC0_0000: .notify
    case 0x0000_0000: .killThread
    case 0x0003_0000: .trap
    case 0x7FF0_0000: .trace
    case 0x7FFC_0000: .log
    // KILL_PROCESS, and what the kernel does with actions that it does not know.
    default: .killProcess
    }
  }
}
