import Testing

/// Which transport ``withPeers(_:host:worker:_:)`` connects by.
enum TestedTransport {
  @TaskLocal static var isRing = false
}

/// Runs each test of a suite twice: over the socket, and over a ring beside it.
struct BothTransports: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    for isRing in [false, true] {
      try await TestedTransport.$isRing.withValue(isRing) { try await function() }
    }
  }
}

extension Trait where Self == BothTransports {
  static var bothTransports: Self { BothTransports() }
}
