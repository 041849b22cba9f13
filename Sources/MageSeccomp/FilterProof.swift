internal import MagePolicy

/// Proves that a program decides as its plan says: for every architecture, call number and argument there is.
///
/// libseccomp combines rules in its own way, and a filter that decides otherwise than its policy says must not be used. The
/// program is walked once along every path (it can only jump forwards); what a path has tested says which calls come to its end,
/// and of all of those the plan must say what the end says.
enum FilterProof {
  static func check(_ program: [UInt8], _ decisions: [CallDecision]) throws(FilterError) {
    guard let emulator = FilterEmulator(program) else { throw .tooLong }
    var walk = FilterWalk(emulator.instructions)
    let plan = Plan(decisions)
    while let end = try walk.nextEnd() { try plan.check(end) }
  }

  static func verdict(_ outcome: CallDecision.Outcome) -> FilterEmulator.Verdict {
    switch outcome {
    case .allow: .allow
    case .errno(let value): .errno(value)
    }
  }
}

/// What the calls that end at one place of a program should get.
private struct Plan {
  private let decisions: [UInt32: CallDecision]

  /// Numbers from here on are x32's; -1 is nobody's.
  private static let x32: UInt32 = 0x4000_0000
  private static let killProcess: UInt32 = 0x8000_0000

  init(_ decisions: [CallDecision]) {
    self.decisions = Dictionary(
      decisions.map { (UInt32(bitPattern: $0.number), $0) }, uniquingKeysWith: { first, _ in first }
    )
  }

  func check(_ end: FilterWalk.End) throws(FilterError) {
    let isKill = end.result == Self.killProcess
    // Neither may a program treat all architectures alike.
    guard end.architecture == .native else {
      guard isKill, end.architecture == .other else {
        throw .unfaithful(call: "another architecture")
      }
      return
    }
    let verdict = FilterEmulator.verdict(end.result)
    if end.numbers.lowerBound >= Self.x32 {
      guard isKill || end.numbers == .max ... .max && verdict == .notify else {
        throw .unfaithful(call: "x32")
      }
      return
    }
    guard end.numbers.upperBound < Self.x32 else { throw .unfaithful(call: "x32") }
    try checkNative(end, verdict)
  }

  private func checkNative(
    _ end: FilterWalk.End, _ verdict: FilterEmulator.Verdict
  ) throws(FilterError) {
    let known = decisions(in: end.numbers)
    for decision in known {
      guard try Self.agrees(decision, verdict, end.arguments) else {
        throw .unfaithful(call: decision.call)
      }
    }
    // Calls that the plan does not know are reported.
    guard known.count == end.numbers.count || verdict == .notify else {
      throw .unfaithful(call: name(end.numbers.lowerBound))
    }
  }

  private func decisions(in numbers: ClosedRange<UInt32>) -> [CallDecision] {
    if numbers.count == 1 { return decisions[numbers.lowerBound].map { [$0] } ?? [] }
    return decisions.filter { numbers.contains($0.key) }.map(\.value)
  }

  /// Whether a decision gives `verdict` for all of these arguments.
  private static func agrees(
    _ decision: CallDecision, _ verdict: FilterEmulator.Verdict, _ arguments: FilterWalk.Arguments
  ) throws(FilterError) -> Bool {
    var cover = Cover(call: decision.call)
    guard verdict == .notify else {
      let outcome = decision.outcomes.first { FilterProof.verdict($0.key) == verdict }
      let cubes = (outcome?.value.cubes ?? []) + arguments.excluded
      return try cover.covers(arguments.cube, with: cubes)
    }
    for cube in decision.outcomes.values.flatMap(\.cubes) {
      guard let decided = cube.intersection(arguments.cube) else { continue }
      guard try cover.covers(decided, with: arguments.excluded) else { return false }
    }
    return true
  }

  private func name(_ number: UInt32) -> String {
    SystemCallNames.name(of: Int32(bitPattern: number)) ?? "call \(number)"
  }
}

/// Whether cubes together cover another.
private struct Cover {
  let call: String
  /// Pieces that were looked at.
  private var steps = 0

  /// Far above what any policy needs that compiles.
  private static let maxSteps = 1 << 16

  init(call: String) { self.call = call }

  mutating func covers(_ cube: Cube, with cubes: [Cube]) throws(FilterError) -> Bool {
    try covers(cube, with: cubes[...])
  }

  private mutating func covers(_ cube: Cube, with cubes: ArraySlice<Cube>) throws(FilterError)
    -> Bool
  {
    steps += 1
    guard steps < Self.maxSteps else { throw .tooComplex(call: call) }
    if cubes.contains(where: { $0.contains(cube) }) { return true }
    guard let next = cubes.firstIndex(where: { $0.intersects(cube) }) else { return false }
    for piece in cube.subtracting(cubes[next]) {
      guard try covers(piece, with: cubes[(next + 1)...]) else { return false }
    }
    return true
  }
}
