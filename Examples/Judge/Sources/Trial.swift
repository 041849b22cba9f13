internal import Glibc
internal import MageHost
internal import MageSystem

/// One solution on one input.
struct Trial {
  let host: Host
  let policy: Policy
  let solution: String

  /// Runs the solution to its end, in a sandbox and a process of its own.
  func run(_ test: Problem.Test) async throws -> Verdict {
    let input = try OwnedDescriptor.open(test.input, flags: O_RDONLY)
    let null = try OwnedDescriptor.open("/dev/null", flags: O_WRONLY)
    // Not a pipe: nobody would read it before the solution has ended.
    guard let output = tmpfile() else { throw SystemError("tmpfile", errno: errno) }
    defer { fclose(output) }
    let streams = Program.Streams(
      input: input.number, output: fileno(output), error: null.number)
    let ending = try await host.run(Program(solution, streams: streams), policy: policy)
    // The policy's limit on output bounds what is read.
    let printed = try FileReading.read(
      "/proc/self/fd/\(fileno(output))", limit: Int(clamping: policy.limits.output) + 1)
    return Verdict(ending.cause, isRight: Self.words(printed) == Self.words(test.answer))
  }

  /// Answers are compared word by word: how they are spaced is nobody's mistake.
  private static func words(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
  }
}
