/// One file as written: names not looked up, includes not followed.
struct Syntax {
  enum Kind { case policy, group }

  var kind: Kind
  var name: Located<String>
  var version: Int
  var summary: String?
  var includes: [Include] = []
  var descriptors: [Located<DescriptorGrant>] = []
  var namespaces: Located<Namespaces>?
  var identity: Located<Identity>?
  var fileSystem: Located<FileSystem>?
  var limits: Located<Limits>?
  var ipc: Located<IPCQuota>?
  var requirement: Located<IsolationLevel>?
  var allowsTemplates = true
  var connections: Located<[ConnectGrant]>?
  var tests: [TestSyntax] = []
  var rules: [RuleSyntax] = []

  struct Include {
    var path: Located<String>
    var version: Located<UInt64>?
  }
}

struct RuleSyntax {
  enum Action {
    case allow, once, deny, broker
    case errno(Located<String>)
    case fake(Located<Int64>)
  }

  var phase: PolicyPhase
  var action: Action
  var calls: [Located<String>]
  var condition: ConditionSyntax?
  /// Where `dangerous` stands, and the reason after `because`.
  var dangerous: Located<String>?
  var position: SourcePosition
}

indirect enum ConditionSyntax {
  case comparison(ComparisonSyntax)
  case not(ConditionSyntax)
  case and(ConditionSyntax, ConditionSyntax)
  case or(ConditionSyntax, ConditionSyntax)
}

struct ComparisonSyntax {
  enum Relation { case equal, unequal, has, oneOf }

  var argument: Located<String>
  var mask: [Located<Term>]?
  var relation: Relation
  /// One value, or those of `in { … }`; each is an or of terms.
  var values: [[Located<Term>]]
}

enum Term {
  case name(String)
  case number(UInt64)
  case negative(UInt64)
}

struct TestSyntax {
  var name: String
  var phase: PolicyPhase
  var expectations: [ExpectationSyntax]
}

struct ExpectationSyntax {
  enum Outcome {
    case allows, kills, brokers, fakes
    case errno(Located<String>)
  }
  enum Target {
    case call(Located<String>, [Argument])
    case number(Int32)
  }
  struct Argument {
    var name: Located<String>
    var value: [Located<Term>]
  }

  var outcome: Outcome
  var target: Target
  var abi: PolicyExpectation.ABI
  var position: SourcePosition
}
