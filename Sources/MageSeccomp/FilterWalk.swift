/// Goes through a program along every path, with all calls at once: each test parts them into those for which it holds and the
/// others.
struct FilterWalk {
  enum Architecture { case any, native, other }

  /// The argument values that come along a path: those of `cube` that are in none of `excluded`.
  struct Arguments {
    var cube = Cube.all
    var excluded: [Cube] = []
  }

  /// A place where the program ends, and the calls that come there.
  struct End {
    let result: UInt32
    let architecture: Architecture
    let numbers: ClosedRange<UInt32>
    let arguments: Arguments
  }

  /// A word of `struct seccomp_data`, or some of its bits.
  private struct Field {
    var offset: UInt32
    var mask: UInt32
  }

  private struct Path {
    var next = 0
    var accumulator: Field?
    var architecture = Architecture.any
    var numbers: ClosedRange<UInt32> = 0 ... .max
    var arguments = Arguments()
  }

  private let program: [FilterEmulator.Instruction]
  private var paths = [Path()]
  private var steps = 0

  /// A program of 4096 instructions that shares nothing has fewer.
  private static let maxSteps = 1 << 18

  init(_ program: [FilterEmulator.Instruction]) { self.program = program }

  /// The next end, in no order that matters; `nil` when all paths have ended.
  ///
  /// - Throws: ``FilterError/unprovable`` for a program that no filter of a plan can be: it jumps or loads outside, has
  ///   instructions that libseccomp does not make, or more paths than a filter of a plan.
  mutating func nextEnd() throws(FilterError) -> End? {
    while var path = paths.popLast() {
      while true {
        steps += 1
        guard steps < Self.maxSteps, program.indices.contains(path.next) else {
          throw .unprovable
        }
        let instruction = program[path.next]
        path.next += 1
        switch instruction.code {
        case 0x06:
          return End(
            result: instruction.constant, architecture: path.architecture, numbers: path.numbers,
            arguments: path.arguments)
        case 0x20: path.accumulator = Field(offset: instruction.constant, mask: .max)
        case 0x54: path.accumulator?.mask &= instruction.constant
        case 0x05: path.next += Int(instruction.constant)
        case 0x15, 0x25, 0x35: paths += try branches(path, instruction)
        default: throw .unprovable
        }
        if [0x15, 0x25, 0x35].contains(instruction.code) { break }
      }
    }
    return nil
  }

  /// The paths behind a test, without those that no call can take.
  private func branches(
    _ path: Path, _ instruction: FilterEmulator.Instruction
  ) throws(FilterError) -> [Path] {
    var (yes, no) = (path, path)
    yes.next += Int(instruction.ifTrue)
    no.next += Int(instruction.ifFalse)
    guard let field = path.accumulator else { throw .unprovable }
    let constant = instruction.constant
    switch (field.offset, instruction.code) {
    case (0, _) where field.mask == .max:
      return Self.numbers(path.numbers, instruction).map { range, holds in
        var part = holds ? yes : no
        part.numbers = range
        return part
      }
    case (4, 0x15) where field.mask == .max:
      let isNative = constant == FilterEmulator.auditArchX8664
      if path.architecture != .any {
        return [(path.architecture == .native) == isNative ? yes : no]
      }
      yes.architecture = isNative ? .native : .other
      no.architecture = isNative ? .other : .any
      return [yes, no]
    case (16..<64, 0x15) where field.offset % 4 == 0:
      return Self.arguments(yes, no, field, constant)
    default: throw .unprovable
    }
  }

  /// The parts of a range of numbers for which a comparison holds, and does not.
  private static func numbers(
    _ range: ClosedRange<UInt32>, _ instruction: FilterEmulator.Instruction
  ) -> [(ClosedRange<UInt32>, Bool)] {
    let constant = instruction.constant
    // The first number from which on it is "greater", and the first that is no longer "equal".
    let isGreater = instruction.code == 0x25
    let from = isGreater ? UInt64(constant) + 1 : UInt64(constant)
    let end = instruction.code == 0x15 ? UInt64(constant) + 1 : 1 << 32
    let parts: [(Range<UInt64>, Bool)] = [
      (0..<from, false), (from..<end, true), (end..<1 << 32, false),
    ]
    let whole = UInt64(range.lowerBound)..<UInt64(range.upperBound) + 1
    return parts.compactMap { part, holds in
      let common = part.clamped(to: whole)
      guard !common.isEmpty else { return nil }
      let first = UInt32(truncatingIfNeeded: common.lowerBound)
      return (first...UInt32(truncatingIfNeeded: common.upperBound - 1), holds)
    }
  }

  private static func arguments(
    _ yes: Path, _ no: Path, _ field: Field, _ constant: UInt32
  ) -> [Path] {
    // No bits outside the mask are ever seen.
    guard constant & ~field.mask == 0 else { return [no] }
    let shift = UInt64(field.offset % 8) * 8
    let tested = Cube(
      argument: Int(field.offset - 16) / 8, mask: UInt64(field.mask) << shift,
      value: UInt64(constant) << shift)
    let known = yes.arguments
    if tested.contains(known.cube) { return [yes] }
    guard let common = tested.intersection(known.cube) else { return [no] }
    var (yes, no) = (yes, no)
    yes.arguments.cube = common
    no.arguments.excluded.append(tested)
    let isPossible = !known.excluded.contains { $0.contains(common) }
    return isPossible ? [yes, no] : [no]
  }
}
