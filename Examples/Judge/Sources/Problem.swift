internal import MageHost
internal import MageSystem

/// Inputs, the answers that are wanted, and the policy under which solutions run.
struct Problem: Sendable {
  struct Test: Sendable {
    let name: String
    /// The path of what the solution reads.
    let input: String
    let answer: [UInt8]
  }

  let tests: [Test]
  let policy: Policy

  private static let largestAnswer = 16 << 20

  /// Reads `NAME.in`, `NAME.out` and `solution.sandbox` of a directory.
  ///
  /// - Parameter library: where the policy's includes are.
  init(at directory: String, library: PolicyLibrary) throws {
    policy = try library.policy(atPath: directory + "/solution.sandbox")
    let names = try DirectoryListing.names(in: directory).filter { $0.hasSuffix(".in") }
    tests = try names.sorted().map { file in
      let name = String(file.dropLast(3))
      return Test(
        name: name, input: "\(directory)/\(file)",
        answer: try FileReading.read("\(directory)/\(name).out", limit: Self.largestAnswer))
    }
  }
}
