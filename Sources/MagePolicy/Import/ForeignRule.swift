/// A test of another language on one argument: by number, in 64 bits, without a name.
struct ForeignTest: Equatable {
  enum Relation: Equatable {
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual
    /// `x & mask == value`
    case masked(UInt64)
    /// `x & value != 0`
    case anyBit
    /// `x & ~value == 0`
    case within
  }

  var index: Int
  var relation: Relation
  var value: UInt64
}

/// A rule of another language, before it is known what of it this language can say.
struct ForeignRule {
  var call: String
  var action: RuleAction
  /// Any of these, of which each is all of its tests; `nil` is always.
  var cases: [[ForeignTest]]?
  /// The rule holds where the cases do not.
  var isInverted = false
  /// What it means elsewhere that it does not mean here.
  var notes: [String] = []
  /// Where it is written, for notes.
  var place: String
}

/// Why a condition cannot be said.
struct Untranslatable: Error {
  let reason: String
}

extension ForeignRule {
  /// The condition in this language; `nil` is always.
  func condition() throws(Untranslatable) -> Condition? {
    guard let cases else { return nil }
    var result: Condition?
    var comparisons = 0
    for tests in cases {
      var all: Condition?
      for test in tests {
        guard let one = try test.condition(of: call) else { continue }
        comparisons += one.comparisons
        guard comparisons <= Parser.maxComparisons else {
          throw Untranslatable(
            reason: "that takes more than \(Parser.maxComparisons) comparisons here")
        }
        all = all.map { .and($0, one) } ?? one
      }
      // A case without a test that could fail is the whole.
      guard let all else { return isInverted ? try never() : nil }
      result = result.map { .or($0, all) } ?? all
    }
    return result.map { isInverted ? .not($0) : $0 }
  }

  private func never() throws(Untranslatable) -> Condition {
    throw Untranslatable(reason: "it never holds")
  }

  /// Whether a test looks at more bits than the kernel reads of its argument.
  var comparesTooMuch: Bool {
    (cases ?? []).joined().contains { test in
      let argument = SystemCallSignatures.arguments(of: call)?.first { $0.index == test.index }
      return argument?.width == .int || argument?.width == .short
    }
  }
}

extension Condition {
  /// How many comparisons it is of; for those of one test, which are at most as many as an argument has bits.
  fileprivate var comparisons: Int {
    switch self {
    case .comparison: 1
    case .not(let inner): inner.comparisons
    case .and(let left, let right), .or(let left, let right):
      left.comparisons + right.comparisons
    }
  }
}

extension ForeignTest {
  /// `nil`: it always holds.
  fileprivate func condition(of call: String) throws(Untranslatable) -> Condition? {
    guard let arguments = SystemCallSignatures.arguments(of: call) else {
      throw Untranslatable(reason: "the arguments of '\(call)' are not in the table")
    }
    guard let argument = arguments.first(where: { $0.index == index }) else {
      throw Untranslatable(reason: "'\(call)' has no argument \(index)")
    }
    guard argument.width != .pointer else {
      throw Untranslatable(
        reason: "'\(argument.name)' of \(call) is a pointer, and a filter cannot see behind it")
    }
    return try condition(on: argument)
  }

  private func condition(on argument: SystemCallArgument) throws(Untranslatable) -> Condition? {
    let all = argument.width.mask
    func compare(_ mask: UInt64?, _ relation: Comparison.Relation) -> Condition {
      .comparison(Comparison(argument.name, mask: mask.map { ConstantValue($0) }, relation))
    }
    switch relation {
    case .equal: return compare(nil, .equal(try fitting(value, argument)))
    case .unequal: return compare(nil, .unequal(try fitting(value, argument)))
    case .masked(let mask):
      guard mask & all != 0 else {
        if value == 0 { return nil }
        throw Untranslatable(reason: "the kernel reads no bit of that mask")
      }
      return compare(mask & all, .equal(try fitting(value & mask, argument)))
    case .anyBit: return .not(compare(value & all, .equal(ConstantValue(0))))
    case .within: return ~value & all == 0 ? nil : compare(~value & all, .equal(ConstantValue(0)))
    case .less: return try below(value, compare, all, argument)
    case .lessOrEqual:
      return value >= all ? nil : try below(value + 1, compare, all, argument)
    case .greaterOrEqual:
      return value == 0 ? nil : .not(try below(value, compare, all, argument))
    case .greater:
      guard value < all else { throw Untranslatable(reason: "no value is greater") }
      return .not(try below(value + 1, compare, all, argument))
    }
  }

  /// `x < limit`: for each bit that is set in the limit, the bits above are the limit's and this one is clear.
  private func below(
    _ limit: UInt64, _ compare: (UInt64?, Comparison.Relation) -> Condition, _ all: UInt64,
    _ argument: SystemCallArgument
  ) throws(Untranslatable) -> Condition {
    guard limit & ~all == 0 else {
      throw Untranslatable(reason: "'\(argument.name)' has fewer bits than \(limit)")
    }
    var result: Condition?
    for place in UInt64(0)..<64 where limit >> place & 1 == 1 {
      let mask = all & ~((1 << place) - 1)
      let one = compare(
        mask == all ? nil : mask, .equal(ConstantValue(limit & mask & ~(1 << place))))
      result = result.map { .or($0, one) } ?? one
    }
    guard let result else { throw Untranslatable(reason: "nothing is less than 0") }
    return result
  }

  private func fitting(
    _ value: UInt64, _ argument: SystemCallArgument
  ) throws(Untranslatable) -> ConstantValue {
    let constant = ConstantValue(value)
    guard let bits = constant.bits(in: argument.width) else {
      throw Untranslatable(reason: "\(value) does not fit '\(argument.name)'")
    }
    return ConstantValue(bits)
  }
}
