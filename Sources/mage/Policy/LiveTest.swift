internal import ArgumentParser
internal import MagePolicy
internal import MageSeccomp
internal import MageSystem

/// A policy's tests, asked of the kernel: each filter has to decide as the emulator says it does.
struct LiveTest {
  private let filters: PolicyFilters

  init(_ filters: PolicyFilters) { self.filters = filters }

  func failures() throws(ExitCode) -> [PolicyTester.Failure] {
    let expectations = filters.policy.tests.flatMap { test in
      test.expectations.map { (test.name, $0) }
    }
    let calls = expectations.map { _, expectation in
      FilterProbe.Call(
        number: PolicyTester.number(of: expectation), isI386: expectation.abi == .i386,
        arguments: expectation.registers)
    }
    var failures: [PolicyTester.Failure] = []
    for (name, program) in filters.bytes {
      let results: [FilterProbe.Result]
      do throws(SystemError) {
        results = try FilterProbe.ask(program, calls)
      } catch {
        Console.complain("cannot ask this kernel: \(error)")
        throw ExitCode(ExitStatus.no)
      }
      guard let emulator = FilterEmulator(program) else { continue }
      for (index, result) in results.enumerated() {
        let (test, expectation) = expectations[index]
        let verdict = emulator.verdict(
          architecture: PolicyTester.architecture(of: expectation.abi),
          number: calls[index].number, arguments: calls[index].arguments)
        guard Self.answer(result) != Self.answer(verdict) else { continue }
        failures.append(
          PolicyTester.Failure(
            test: "\(test), live \(name)", expectation: expectation, answer: Self.answer(result)))
      }
    }
    return failures
  }

  private static func answer(_ result: FilterProbe.Result) -> PolicyFilters.Answer {
    switch result {
    case .allow: .allow
    case .notify: .report
    case .kill: .kill
    case .errno(0): .fake
    case .errno(let value): .errno(value)
    }
  }

  private static func answer(_ verdict: FilterEmulator.Verdict) -> PolicyFilters.Answer {
    switch verdict {
    case .allow: .allow
    case .notify: .report
    case .errno(0): .fake
    case .errno(let value): .errno(value)
    default: .kill
    }
  }
}
