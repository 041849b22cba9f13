internal import ArgumentParser

/// The service's command line.
@main
struct ImageService: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image-service",
    abstract:
      "Makes thumbnails of strangers' uploads over HTTP, each decoded in a sandboxed worker.",
    discussion: """
      POST /thumbnail?side=N takes a PNG or JPEG and answers with a PNG that fits into N x N pixels. GET / is a form, \
      GET /health says whether uploads are taken, GET /metrics counts in Prometheus' text format.

      ^C or SIGTERM ends it gracefully: no new connection, what was begun is finished. A second one ends it at once.

      Exit status: 0 shut down; 64 wrong options; 65 a mistake in the policy; 66 the policy or the directory of policies is \
      missing; 69 workers cannot be started here; 71 it cannot listen.
      """)

  @Option(help: "The IPv4 address to listen on.")
  var address = "127.0.0.1"

  @Option(name: .shortAndLong, help: "The port to listen on; 0 takes a free one and prints it.")
  var port: UInt16 = 8080

  @Option(name: .shortAndLong, help: "Workers at a time, 1 to 64.")
  var workers = 4

  @Option(
    help: ArgumentHelp(
      "How many uploads one worker decodes, 1 to 50.",
      discussion:
        "With more than one, a worker that an upload has taken over sees those that come after it.")
  )
  var usesPerWorker = 1

  @Option(
    help: "Uploads at a time, read, waiting or decoded; others are answered with 503 at once.")
  var uploads = 64

  @Option(help: "The largest upload in bytes.")
  var maxBody = 8 << 20

  @Option(
    help:
      "How long an upload may wait for a worker before it is answered with 503, in milliseconds.")
  var patience = 2000

  @Option(
    help: "How long an upload may take to arrive, and a connection to stay silent, in seconds.")
  var timeout = 10

  @Option(help: "How long a shutdown waits for what was begun, in seconds.")
  var grace = 10

  @Option(help: "The workers' policy (default: the one that comes with the service).")
  var policy: String?

  func validate() throws {
    try require(workers, in: 1...64, "--workers")
    try require(usesPerWorker, in: 1...50, "--uses-per-worker")
    try require(uploads, in: 1...10_000, "--uploads")
    try require(maxBody, in: 1...(32 << 20), "--max-body")
    try require(patience, in: 1...600_000, "--patience")
    try require(timeout, in: 1...3600, "--timeout")
    try require(grace, in: 0...3600, "--grace")
  }

  private func require(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws {
    guard range.contains(value) else {
      throw ValidationError(
        "\(name) is \(value), must be \(range.lowerBound) to \(range.upperBound)")
    }
  }

  func run() async throws {
    do throws(ServiceFailure) {
      try await ServiceRun(options: self).run()
    } catch {
      Log.write(error.text)
      throw ExitCode(error.status)
    }
  }
}

/// Why the service cannot serve, with the exit status by sysexits.h(3head).
struct ServiceFailure: Error {
  static let policy: Int32 = 65
  static let noInput: Int32 = 66
  static let noWorkers: Int32 = 69
  static let noSocket: Int32 = 71

  let status: Int32
  let text: String
}
