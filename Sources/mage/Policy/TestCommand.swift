internal import ArgumentParser
internal import MagePolicy
internal import MageSeccomp

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the tests that policies bring along, on the compiled filters.",
    discussion: """
      With --live the kernel is asked as well: a process installs the filter and makes every call of the tests, with each result of \
      the filter replaced by an errno of its own, so that no call is really made.

      Example: mage policy test --live
      """)

  @OptionGroup var place: PolicyPlace
  @Flag(help: "Ask this machine's kernel too.") var live = false
  @Flag(help: "One JSON object for each policy.") var json = false
  @Argument(help: "Policies (default: all of the library).", completion: PolicyPlace.completion)
  var policies: [String] = []

  func run() throws {
    var failed = false
    for name in policies.isEmpty ? place.names : policies {
      let filters = try place.loadFilters(name)
      var failures = PolicyTester(filters).failures()
      if live { failures += try LiveTest(filters).failures() }
      for failure in failures { TestReport.complain(failure) }
      let count = filters.policy.tests.reduce(0) { $0 + $1.expectations.count }
      let name = filters.policy.name
      Console.print(
        json
          ? TestReport.json(name, count, failures).line
          : "\(name): \(count) expectations, \(failures.count) failed")
      failed = failed || !failures.isEmpty
    }
    if failed { throw ExitCode(ExitStatus.no) }
  }
}

enum TestReport {
  static func json(
    _ policy: String, _ count: Int, _ failures: [PolicyTester.Failure]
  ) -> JSONValue {
    let failed = failures.map { failure in
      JSONValue.members([
        ("test", .string(failure.test)), ("expectation", .string("\(failure.expectation)")),
        ("answer", .string("\(failure.answer)")),
        ("line", failure.expectation.position.map { .string("\($0)") }),
      ])
    }
    return .object([
      ("policy", .string(policy)), ("expectations", .integer(Int64(count))),
      ("failed", .array(failed)),
    ])
  }

  static func complain(_ failure: PolicyTester.Failure) {
    let place = failure.expectation.position.map { "\($0): " } ?? ""
    Console.complain(
      "\(place)test \"\(failure.test)\": \(failure.expectation) is \(failure.answer)")
  }
}
