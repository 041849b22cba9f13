/// When a rule matches: comparisons of the call's arguments, combined.
public indirect enum Condition: Equatable, Sendable {
  case comparison(Comparison)
  case not(Condition)
  case and(Condition, Condition)
  case or(Condition, Condition)
}

/// One comparison of an argument with constants, in the argument's own width.
public struct Comparison: Equatable, Sendable {
  public enum Relation: Equatable, Sendable {
    /// `x == v`
    case equal(ConstantValue)
    /// `x != v`
    case unequal(ConstantValue)
    /// `x has v`: all bits of `v` are set.
    case has(ConstantValue)
    /// `x in { v, w }`, with one value at least.
    case oneOf([ConstantValue])
  }

  /// The argument's name in ``SystemCallSignatures``.
  public var argument: String
  /// The bits of the argument that are looked at (`x & mask == v`); `nil` is all.
  public var mask: ConstantValue?
  public var relation: Relation

  public init(_ argument: String, mask: ConstantValue? = nil, _ relation: Relation) {
    self.argument = argument
    self.mask = mask
    self.relation = relation
  }
}

/// A number in a condition, and how it was spelled.
public struct ConstantValue: Equatable, Sendable {
  /// Negative numbers in two's complement.
  public let bits: UInt64
  /// As in the policy's text, for example `PROT_READ|PROT_WRITE`; not part of equality.
  public let spelling: String

  public init(_ bits: UInt64) {
    self.bits = bits
    spelling = "\(bits)"
  }

  init(bits: UInt64, spelling: String) {
    self.bits = bits
    self.spelling = spelling
  }

  /// The value of a constant of ``PolicyConstants``; `nil` for an unknown name.
  public init?(named name: String) {
    guard let bits = PolicyConstants.value(of: name) else { return nil }
    self.init(bits: bits, spelling: name)
  }

  public static func == (left: ConstantValue, right: ConstantValue) -> Bool {
    left.bits == right.bits
  }

  /// The value as an argument of `width` holds it, or `nil` when it has bits that the argument does not: a comparison
  /// with it could never be true, or would silently compare something else.
  public func bits(in width: ArgumentWidth) -> UInt64? {
    switch width {
    case .pointer: nil
    case _ where bits & ~width.mask == 0: bits
    case .int where Int32(exactly: Int64(bitPattern: bits)) != nil: bits & width.mask
    case .int, .short, .long: nil
    }
  }
}
