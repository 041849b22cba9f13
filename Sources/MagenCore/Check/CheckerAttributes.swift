/// Where an attribute may stand.
enum AttributePlace: String, Sendable {
  case module, interface, method
  case structure = "struct"
  case union
  case enumeration = "enum"
  case constant
  case field
  case member = "enum value"
  case parameter
  /// In front of a type within another: `array<[MaxLength=64] string>`.
  case type
}

/// One attribute of the language.
private struct AttributeRule {
  enum Value { case none, integer, text, side, range }

  let places: Set<AttributePlace>
  let value: Value
  /// How it is written.
  let form: String
}

extension Checker {
  private static let everywhere: Set<AttributePlace> = [
    .interface, .method, .structure, .union, .enumeration, .constant, .field, .member, .parameter,
  ]

  private static let rules: [String: AttributeRule] = [
    "MaxLength": AttributeRule(
      places: [.field, .parameter, .type], value: .integer, form: "[MaxLength=64]"),
    "Range": AttributeRule(
      places: [.field, .parameter, .type], value: .range, form: "[Range=1..512]"),
    "Frozen": AttributeRule(places: [.field, .parameter, .type], value: .none, form: "[Frozen]"),
    "View": AttributeRule(places: [.field, .parameter, .type], value: .none, form: "[View]"),
    "InPlace": AttributeRule(
      places: [.field, .parameter, .type], value: .none, form: "[InPlace]"),
    "From": AttributeRule(
      places: [.interface, .method], value: .side, form: "[From=host] or [From=worker]"),
    "Sandbox": AttributeRule(places: [.interface], value: .text, form: "[Sandbox=\"renderer\"]"),
    "Rate": AttributeRule(places: [.interface, .method], value: .integer, form: "[Rate=100]"),
    "Sync": AttributeRule(places: [.method], value: .none, form: "[Sync]"),
    "Idempotent": AttributeRule(places: [.method], value: .none, form: "[Idempotent]"),
    "Extensible": AttributeRule(
      places: [.enumeration, .union], value: .none, form: "[Extensible]"),
    "Error": AttributeRule(
      places: [.structure, .union, .enumeration], value: .none, form: "[Error]"),
    "Default": AttributeRule(places: [.member, .field], value: .none, form: "[Default]"),
    "MinVersion": AttributeRule(
      places: [.field, .parameter, .member, .method, .enumeration, .structure, .interface],
      value: .integer, form: "[MinVersion=1]"),
    "Allow": AttributeRule(
      places: everywhere, value: .text, form: "[Allow=\"17 because the host shows both\"]"),
  ]

  /// Attributes of Mojo's files that change nothing here.
  private static let mojomOnly: Set<String> = [
    "Stable", "Uuid", "ServiceSandbox", "RequireContext", "AllowedContext", "NoInterrupt",
    "UnlimitedSize", "RuntimeFeature", "SupportsUrgent", "DispatchDebugAlias", "RenamedFrom",
    "JavaPackage", "JavaConstantsClassName", "CustomSerializer", "EstimateSize", "DirectReceiver",
  ]

  /// Reports attributes that are unknown, misplaced, repeated or have the wrong kind of value. Returns the good ones.
  @discardableResult
  mutating func checkAttributes(
    _ attributes: [Attribute], on place: AttributePlace, file: Int
  ) -> [Attribute] {
    var seen: Set<String> = []
    return attributes.filter { attribute in
      let name = attribute.name.text
      guard let rule = Self.rules[name] else {
        if program.files[file].isMojom, Self.mojomOnly.contains(name) { return false }
        report(
          "unknown attribute '\(name)'", at: attribute.name.span,
          hint: Spelling.hint(for: name, among: Self.rules.keys.sorted()))
        return false
      }
      guard rule.places.contains(place) else {
        report(
          "'\(name)' does not belong to a \(place.rawValue)", at: attribute.name.span,
          hint: "it belongs to: \(rule.places.map(\.rawValue).sorted().joined(separator: ", "))")
        return false
      }
      guard attribute.fits(rule.value) else {
        report(
          "'\(name)' has the wrong value", at: attribute.span, hint: "write \(rule.form)")
        return false
      }
      // A declaration may break two rules for two reasons.
      guard name == "Allow" || seen.insert(name).inserted else {
        report("'\(name)' is given twice", at: attribute.name.span)
        return false
      }
      return true
    }
  }

  mutating func allowances(_ attributes: [Attribute]) -> [Allowance] {
    attributes.filter { $0.name.text == "Allow" }.compactMap { attribute in
      if let allowance = Allowance(attribute.text ?? "", attribute.span) { return allowance }
      report(
        "an exception names one rule and a reason", at: attribute.span,
        hint: "[Allow=\"17 because the host shows both\"]")
      return nil
    }
  }

  func side(_ attributes: [Attribute]) -> Side? {
    attributes.first { $0.name.text == "From" }?.text.flatMap(Side.init)
  }

  func minVersion(_ attributes: [Attribute]) -> UInt32 {
    guard
      case .integer(let version) = attributes.first(where: { $0.name.text == "MinVersion" })?
        .value?.kind
    else { return 0 }
    return UInt32(clamping: version)
  }
}

extension Allowance {
  init?(_ text: String, _ span: Span) {
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count == 3, let rule = Int(words[0]), words[1] == "because",
      words[2].utf8.count >= 4
    else { return nil }
    self.init(rule: rule, reason: String(words[2]), span: span)
  }
}

extension Attribute {
  /// A value that is one word or one string.
  var text: String? {
    switch value?.kind {
    case .string(let text): text
    case .path(let path): path.text
    default: nil
    }
  }

  fileprivate func fits(_ wanted: AttributeRule.Value) -> Bool {
    switch (wanted, value?.kind) {
    case (.none, nil), (.text, .string), (.range, .range): true
    case (.integer, .integer(let number)): number >= 0 && number <= Int128(UInt32.max)
    // A constant, which is looked up with the types.
    case (.integer, .path): name.text == "MaxLength"
    case (.side, .path(let path)): Side(rawValue: path.text) != nil
    case (.range, .integer), (.range, .path): false
    default: false
    }
  }
}
