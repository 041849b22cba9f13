internal import MagePolicy

/// What one filter does with one call: each result in a region of its own, and in all other cases the call is
/// reported and its process killed.
struct CallDecision {
  /// What a filter can do beside reporting. A faked 0 is `errno(0)`: the kernel then returns 0 without making the call.
  enum Outcome: Hashable {
    case allow
    case errno(Int32)

    fileprivate var order: Int64 {
      switch self {
      case .allow: -1
      case .errno(let value): Int64(value)
      }
    }
  }

  let call: String
  let number: Int32
  /// Regions that do not overlap.
  private(set) var outcomes: [Outcome: Region] = [:]
  /// Where a rule says deny, errno or fake.
  private(set) var refused = Region.none
  /// Where the host is asked to make the call.
  private(set) var brokered = Region.none

  var allowed: Region { outcomes[.allow] ?? .none }

  init(call: String, number: Int32, _ rules: [Rule]) throws(FilterError) {
    self.call = call
    self.number = number
    var regions = try Self.regions(of: rules, call: call)
    // From the strongest to the weakest: what is taken is no longer there for the next.
    var taken = regions.deny
    for group in [regions.errno, regions.fake] {
      taken = try settle(group, after: taken)
    }
    refused = taken
    let (left, sum) = try ConditionRegion.bounded(call) {
      [refused] () throws(Region.TooComplex) in
      (try regions.broker.subtracting(refused), try refused.union(regions.broker))
    }
    brokered = left
    taken = sum
    regions.allow = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
      try regions.allow.subtracting(taken)
    }
    if !regions.allow.isEmpty { outcomes[.allow] = regions.allow }
  }

  /// Enters the results of one strength, which must not contradict each other. Returns what is taken now.
  private mutating func settle(
    _ group: [Int32: Region], after taken: Region
  ) throws(FilterError) -> Region {
    var all = taken
    for (value, region) in group.sorted(by: { $0.key < $1.key }) {
      let known = all
      let (left, sum) = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
        (try region.subtracting(taken), try known.union(region))
      }
      for (other, region) in group where other != value {
        guard !left.intersects(region) else { throw .contradiction(call: call) }
      }
      all = sum
      guard !left.isEmpty else { continue }
      let known0 = outcomes[.errno(value)] ?? .none
      outcomes[.errno(value)] = try ConditionRegion.bounded(call) {
        () throws(Region.TooComplex) in try known0.union(left)
      }
    }
    return all
  }

  /// Adds cases in which the call is allowed, if no rule refuses them.
  mutating func allow(_ region: Region) throws(FilterError) {
    guard !refused.intersects(region) else { throw .refusedAtStartup(call: call) }
    guard !region.isEmpty else { return }
    let known = allowed
    outcomes[.allow] = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
      try known.union(region)
    }
  }

  /// Takes cases out of those that are allowed: the host is asked in them.
  mutating func report(_ region: Region) throws(FilterError) {
    let left = try ConditionRegion.bounded(call) { [allowed] () throws(Region.TooComplex) in
      try allowed.subtracting(region)
    }
    outcomes[.allow] = left.isEmpty ? nil : left
  }

  /// Allows cases whatever the rules say.
  mutating func force(_ region: Region) throws(FilterError) {
    for (outcome, known) in outcomes where outcome != .allow {
      let left = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
        try known.subtracting(region)
      }
      outcomes[outcome] = left.isEmpty ? nil : left
    }
    outcomes[.allow] = try ConditionRegion.bounded(call) {
      [allowed] () throws(Region.TooComplex) in try allowed.union(region)
    }
  }

  /// The rules that libseccomp is given, always in the same order: equal policies have equal programs.
  var cases: [(Outcome, Cube)] {
    let sorted = outcomes.sorted { $0.key.order < $1.key.order }
    return sorted.flatMap { outcome, region in region.cubes.map { (outcome, $0) } }
  }

  /// `nil`: reported.
  func outcome(_ arguments: [UInt64]) -> Outcome? {
    outcomes.first { $0.value.contains(arguments) }?.key
  }

  private struct Regions {
    var deny = Region.none
    var errno: [Int32: Region] = [:]
    var fake: [Int32: Region] = [:]
    /// Reported like a denied call; the host knows the difference, and counts what is allowed once.
    var broker = Region.none
    var allow = Region.none
  }

  private static func regions(of rules: [Rule], call: String) throws(FilterError) -> Regions {
    var regions = Regions()
    for rule in rules {
      var region = Region.all
      if let condition = rule.condition {
        region = try ConditionRegion.region(of: condition, call: call)
      }
      let known: Region
      switch rule.action {
      case .allow: known = regions.allow
      case .deny: known = regions.deny
      case .broker, .once: known = regions.broker
      case .errno(let value): known = regions.errno[value] ?? .none
      case .fake: known = regions.fake[0] ?? .none
      }
      let sum = try ConditionRegion.bounded(call) { () throws(Region.TooComplex) in
        try known.union(region)
      }
      switch rule.action {
      case .allow: regions.allow = sum
      case .deny: regions.deny = sum
      case .errno(let value): regions.errno[value] = sum
      case .fake(0): regions.fake[0] = sum
      case .broker, .once: regions.broker = sum
      case .fake(let value): throw .fakedValue(call: call, value)
      }
    }
    return regions
  }
}
