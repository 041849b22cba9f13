/// The registers of classic BPF, and the instructions that seccomp admits (linux/filter.h, seccomp_check_filter).
struct FilterMachine {
  /// `struct seccomp_data` in words.
  let data: SIMD16<UInt32>
  private var accumulator: UInt32 = 0
  private var index: UInt32 = 0
  private var memory = SIMD16<UInt32>()

  init(data: SIMD16<UInt32>) { self.data = data }

  private enum Step {
    case next
    case skip(UInt64)
    case end(UInt32)
    case invalid
  }

  /// What the program returns, or `nil` when it is no program.
  mutating func run(_ program: [FilterEmulator.Instruction]) -> UInt32? {
    var at: UInt64 = 0
    while at < UInt64(program.count) {
      switch step(program[Int(truncatingIfNeeded: at)]) {
      case .next: at += 1
      // Both are far below 2^33, so the sum fits; forwards only, so the loop ends.
      case .skip(let distance): at += 1 + distance
      case .end(let value): return value
      case .invalid: return nil
      }
    }
    return nil
  }

  private mutating func step(_ instruction: FilterEmulator.Instruction) -> Step {
    let constant = instruction.constant
    // The low three bits are the class.
    switch instruction.code & 7 {
    case 0, 1: return load(instruction)
    case 2, 3: return store(instruction)
    case 4: return calculate(instruction)
    case 5: return jump(instruction)
    case 6 where instruction.code == 0x06: return .end(constant)
    case 6 where instruction.code == 0x16: return .end(accumulator)
    case 7 where instruction.code == 0x07: index = accumulator
    case 7 where instruction.code == 0x87: accumulator = index
    default: return .invalid
    }
    return .next
  }

  private mutating func load(_ instruction: FilterEmulator.Instruction) -> Step {
    let constant = instruction.constant
    let value: UInt32
    switch instruction.code {
    case 0x20 where constant % 4 == 0 && constant / 4 < 16:
      value = data[Int(truncatingIfNeeded: constant / 4)]
    case 0x00, 0x01: value = constant
    case 0x80, 0x81: value = 64
    case 0x60 where constant < 16, 0x61 where constant < 16:
      value = memory[Int(truncatingIfNeeded: constant)]
    default: return .invalid
    }
    if instruction.code & 7 == 0 { accumulator = value } else { index = value }
    return .next
  }

  private mutating func store(_ instruction: FilterEmulator.Instruction) -> Step {
    guard instruction.code == 2 || instruction.code == 3, instruction.constant < 16 else {
      return .invalid
    }
    memory[Int(truncatingIfNeeded: instruction.constant)] =
      instruction.code == 2 ? accumulator : index
    return .next
  }

  private mutating func calculate(_ instruction: FilterEmulator.Instruction) -> Step {
    let operand = instruction.code & 8 == 0 ? instruction.constant : index
    switch instruction.code & 0xF0 {
    case 0x00: accumulator &+= operand
    case 0x10: accumulator &-= operand
    case 0x20: accumulator &*= operand
    case 0x30:
      // The kernel ends a program that divides by zero with 0, which is KILL_THREAD.
      guard operand != 0 else { return instruction.code & 8 == 0 ? .invalid : .end(0) }
      accumulator /= operand
    case 0x40: accumulator |= operand
    case 0x50: accumulator &= operand
    case 0x60 where operand < 32: accumulator <<= operand
    case 0x70 where operand < 32: accumulator >>= operand
    case 0x80 where instruction.code == 0x84: accumulator = 0 &- accumulator
    case 0xA0: accumulator ^= operand
    default: return .invalid
    }
    return .next
  }

  private func jump(_ instruction: FilterEmulator.Instruction) -> Step {
    let operand = instruction.code & 8 == 0 ? instruction.constant : index
    let holds: Bool
    switch instruction.code & 0xF0 {
    case 0x00 where instruction.code == 0x05: return .skip(UInt64(instruction.constant))
    case 0x10: holds = accumulator == operand
    case 0x20: holds = accumulator > operand
    case 0x30: holds = accumulator >= operand
    case 0x40: holds = accumulator & operand != 0
    default: return .invalid
    }
    return .skip(UInt64(holds ? instruction.ifTrue : instruction.ifFalse))
  }
}
