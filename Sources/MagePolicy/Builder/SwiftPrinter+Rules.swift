// Rules as Swift.

extension SwiftPrinter {
  static func rule(_ rule: Rule) -> String {
    let reason = rule.dangerousReason.map { "because: \(PolicyPrinter.quoted($0))" }
    let (group, argument): (String, String?) =
      switch rule.action {
      case .allow where reason != nil: ("AllowDangerous", reason)
      case .allow: ("Allow", nil)
      case .once: ("AllowOnce", nil)
      case .deny: ("Deny", nil)
      case .broker: ("Broker", nil)
      case .errno(let value): ("Fail", "with: \(value)")
      case .fake(let value): ("Fake", "returning: \(value)")
      }
    let condition = rule.condition.map { " { \(self.condition($0)) }" } ?? ""
    let call = rule.condition == nil ? ".`\(rule.call)`" : ".\(rule.call)"
    return "\(group)(\(call)\(argument.map { ", \($0)" } ?? ""))\(condition)"
  }

  private static func condition(_ condition: Condition) -> String {
    switch condition {
    case .comparison(let comparison): self.comparison(comparison)
    case .not(let inner): "!(\(self.condition(inner)))"
    case .and(let left, let right): "(\(self.condition(left))) && (\(self.condition(right)))"
    case .or(let left, let right): "(\(self.condition(left))) || (\(self.condition(right)))"
    }
  }

  private static func comparison(_ comparison: Comparison) -> String {
    let left = "$0.\(comparison.argument)"
    let masked = comparison.mask.map { "(\(left) & \(value($0)))" } ?? left
    return switch comparison.relation {
    case .equal(let right): "\(masked) == \(value(right))"
    case .unequal(let right): "\(masked) != \(value(right))"
    case .has(let right): "\(masked).has(\(value(right)))"
    case .oneOf(let values):
      "\(masked).isOne(of: \(values.map(value).joined(separator: ", ")))"
    }
  }

  /// Names where there are names; numbers as the bits that they are.
  private static func value(_ value: ConstantValue) -> String {
    let terms = value.spelling.split(separator: "|")
    let isNamed = terms.allSatisfy { PolicyConstants.value(of: String($0)) != nil }
    guard isNamed else { return "ConstantValue(UInt64(\(value.bits)))" }
    let names = terms.map { $0 == "THREAD_FLAGS" ? ".threadFlags" : ".\($0)" }
    guard names.count > 1 else { return names.joined() }
    return "(\(names.joined(separator: " | ")) as ConstantValue)"
  }
}
