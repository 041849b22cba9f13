/// A place where an interface breaks a rule for interfaces that cross a privilege boundary.
package struct Finding: Equatable, Sendable {
  package var rule: Int
  package var span: Span
  package var message: String
  package var hint: String?
}

/// The rules that text alone can show, by their numbers in the collection that the project works by.
package enum LintRules {
  /// What each rule asks for, in a line.
  package static let summaries: [Int: String] = [
    5: "who sends is known by the pipe, never by what a message says",
    6: "a claim of identity that must travel is checked against the receiver's own record",
    7: "names from a worker are bounded",
    8: "pass open files, not paths",
    10: "nothing that a worker sends may end the host",
    11: "never check with what release builds leave out",
    12: "sizes and offsets are computed with checked arithmetic",
    13: "numbers have an explicit size, and no sign where negative is senseless",
    15: "specific things have specific types",
    16: "no format of its own inside bytes or a string, and no addresses",
    17: "every value that can be written should be valid",
    18: "few optionals, one purpose for each method",
    19: "no parallel arrays; a fixed shape is a struct",
    20: "bit fields are structs of bools",
    21: "no members that count or end an enum",
    22: "nothing that is not used",
    23: "interfaces, methods and structs say what they are",
    25: "limits are declared, so that they are checked on every path",
    26: "ids that can be guessed are checked for belonging to the sender",
    27: "no id that the host gave out comes back as if it were proof",
    32: "a size that travels beside shared memory is not the memory's size",
    35: "messages without a reply have a rate",
    36: "no synchronous calls",
    40: "a pipe is for one interface, and that is named",
    42: "interfaces say who may call them",
    43: "interfaces that a worker implements name its sandbox",
    49: "fields that came later are numbered, and numbers stay",
  ]
}

/// What is being looked at, and which exceptions are granted around it.
struct LintContext {
  var interface: InterfaceModel?
  var method: MethodModel?
  /// Whether a worker can have written what is here.
  var isFromWorker = true
  var allowances: [Allowance] = []

  func within(_ more: [Allowance]) -> LintContext {
    var context = self
    context.allowances += more
    return context
  }
}
