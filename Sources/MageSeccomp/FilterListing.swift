internal import MagePolicy

/// A compiled filter as text, one instruction to a line: for review, where a change of a policy shows as a change of these lines.
public enum FilterListing {
  /// - Parameter bytes: as ``FilterCompiler`` gives them.
  public static func text(_ bytes: [UInt8]) -> String {
    guard let emulator = FilterEmulator(bytes) else { return "not a filter\n" }
    let lines = emulator.instructions.enumerated().map { index, instruction in
      "\(number(index))  \(text(instruction, at: index, in: emulator))"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func number(_ index: Int) -> String {
    let digits = "\(index)"
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// BPF opcodes (linux/bpf_common.h) that libseccomp writes.
  private static func text(
    _ instruction: FilterEmulator.Instruction, at index: Int, in filter: FilterEmulator
  ) -> String {
    let constant = "0x" + String(instruction.constant, radix: 16)
    switch instruction.code {
    case 0x20: return "load \(field(instruction.constant))"
    case 0x54: return "and \(constant)"
    case 0x05: return "goto \(number(index + 1 + Int(instruction.constant)))"
    case 0x06: return action(instruction.constant)
    case 0x15: return test("==", instruction, index, isCall: filter.loadsNumber(before: index))
    case 0x25: return test(">", instruction, index, isCall: false)
    case 0x35: return test(">=", instruction, index, isCall: false)
    case 0x45: return test("&", instruction, index, isCall: false)
    default: return "code 0x\(String(instruction.code, radix: 16)) \(constant)"
    }
  }

  private static func test(
    _ relation: String, _ instruction: FilterEmulator.Instruction, _ index: Int, isCall: Bool
  ) -> String {
    let name =
      isCall ? SystemCallNames.name(of: Int32(bitPattern: instruction.constant)) : nil
    let value = name ?? "0x" + String(instruction.constant, radix: 16)
    let yes = number(index + 1 + Int(instruction.ifTrue))
    let no = number(index + 1 + Int(instruction.ifFalse))
    return "if \(relation) \(value) goto \(yes) else \(no)"
  }

  /// Fields of struct seccomp_data (seccomp(2)).
  private static func field(_ offset: UInt32) -> String {
    switch offset {
    case 0: return "number"
    case 4: return "architecture"
    case 8: return "instruction pointer, low half"
    case 12: return "instruction pointer, high half"
    case 16..<64 where offset % 4 == 0:
      return "argument \((offset - 16) / 8), \(offset % 8 == 0 ? "low" : "high") half"
    default: return "[\(offset)]"
    }
  }

  private static func action(_ value: UInt32) -> String {
    switch value & 0xFFFF_0000 {
    case 0x7FFF_0000: return "allow"
    case 0x7FC0_0000: return "report"
    case 0x8000_0000: return "kill process"
    case 0x0005_0000:
      let errno = Int32(value & 0xFFFF)
      return errno == 0 ? "return 0" : "fail \(PolicyConstants.name(ofErrno: errno) ?? "\(errno)")"
    default: return "return 0x\(String(value, radix: 16))"
    }
  }
}

extension FilterEmulator {
  /// Whether the nearest load above an instruction is that of the call's number.
  fileprivate func loadsNumber(before index: Int) -> Bool {
    instructions[..<index].last { $0.code == 0x20 }?.constant == 0
  }
}
