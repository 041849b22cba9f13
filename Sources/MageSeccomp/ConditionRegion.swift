internal import MagePolicy

/// Turns conditions into regions.
enum ConditionRegion {
  /// - Throws: ``FilterError`` with the call's name.
  static func region(of condition: Condition, call: String) throws(FilterError) -> Region {
    switch condition {
    case .comparison(let comparison): return try region(of: comparison, call: call)
    case .not(let inner):
      let inner = try region(of: inner, call: call)
      return try bounded(call) { () throws(Region.TooComplex) in try inner.complement() }
    case .and(let left, let right):
      let (left, right) = (try region(of: left, call: call), try region(of: right, call: call))
      return try bounded(call) { () throws(Region.TooComplex) in try left.intersection(right) }
    case .or(let left, let right):
      let (left, right) = (try region(of: left, call: call), try region(of: right, call: call))
      return try bounded(call) { () throws(Region.TooComplex) in try left.union(right) }
    }
  }

  static func bounded<Value>(
    _ call: String, _ body: () throws(Region.TooComplex) -> Value
  ) throws(FilterError) -> Value {
    do throws(Region.TooComplex) { return try body() } catch { throw .tooComplex(call: call) }
  }

  private static func region(
    of comparison: Comparison, call: String
  ) throws(FilterError) -> Region {
    let field = try Field(comparison, call: call)
    switch comparison.relation {
    case .equal(let value): return try field.equal(value)
    case .has(let value): return try field.has(value)
    case .unequal(let value):
      let equal = try field.equal(value)
      return try bounded(call) { () throws(Region.TooComplex) in try equal.complement() }
    case .oneOf(let values):
      var result = Region.none
      for value in values {
        let (sum, next) = (result, try field.equal(value))
        result = try bounded(call) { () throws(Region.TooComplex) in try sum.union(next) }
      }
      return result
    }
  }
}

/// The bits of an argument that a comparison looks at.
private struct Field {
  let call: String
  let argument: SystemCallArgument
  let mask: UInt64

  init(_ comparison: Comparison, call: String) throws(FilterError) {
    let name = comparison.argument
    let arguments = SystemCallSignatures.arguments(of: call) ?? []
    guard let argument = arguments.first(where: { $0.name == name }), argument.width != .pointer
    else { throw .unknownArgument(call: call, argument: name) }
    self.call = call
    self.argument = argument
    guard let mask = comparison.mask else {
      self.mask = argument.width.mask
      return
    }
    guard let bits = mask.bits(in: argument.width) else {
      throw .valueDoesNotFit(call: call, argument: name)
    }
    self.mask = bits
  }

  private func bits(_ value: ConstantValue) throws(FilterError) -> UInt64 {
    guard let bits = value.bits(in: argument.width) else {
      throw .valueDoesNotFit(call: call, argument: argument.name)
    }
    return bits
  }

  func equal(_ value: ConstantValue) throws(FilterError) -> Region {
    let bits = try bits(value)
    // Bits outside the mask are never there.
    guard bits & ~mask == 0 else { return .none }
    return Region(Cube(argument: argument.index, mask: mask, value: bits))
  }

  func has(_ value: ConstantValue) throws(FilterError) -> Region {
    let bits = try bits(value)
    guard bits & ~mask == 0 else { return .none }
    return Region(Cube(argument: argument.index, mask: bits, value: bits))
  }
}
