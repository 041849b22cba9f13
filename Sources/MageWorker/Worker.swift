internal import Glibc
@_exported public import Mage
internal import MagePipes
internal import MageSystem
internal import MageWire

/// The process that this code runs in, as a worker of a host.
///
/// A worker's `main` does nothing but call ``run(prepare:_:)``:
///
/// ```swift
/// @main struct Greeter {
///   static func main() {
///     Worker.run { pipe in Receiver(pipe, GreeterImplementation()) }
///   }
/// }
/// ```
public enum Worker {
  /// The descriptor at which the launcher puts the channel to the host.
  public static let channelDescriptor: Int32 = 3

  /// What the host passed to `spawn`, without the program's own path.
  ///
  /// Use this and not `CommandLine.arguments`, which asks /proc and finds none in a worker's view.
  public static var arguments: [String] { Array(ProcessArguments.all.dropFirst()) }

  /// Serves the host until it says that the work is done or goes.
  ///
  /// In this order: `prepare` runs, with what the `startup` phase of the policy allows; the `serve` filter that the host sends is
  /// installed and its listener handed over; the host proves the seal; the invitation comes and `accept` runs. No outside
  /// byte is seen before the seal.
  ///
  /// - Parameters:
  ///   - prepare: loads what needs files: fonts, tables. An error ends the worker.
  ///   - accept: binds the pipe that came with the invitation. Runs on the loop, as everything after it.
  /// - Returns: never; the process exits: 0 when the host asked for it or went away, 70 when this runtime or `prepare` failed
  ///   (EX_SOFTWARE, sysexits.h), 76 when the host broke the protocol (EX_PROTOCOL).
  public static func run(
    prepare: () throws -> Void = {}, _ accept: @escaping @Sendable (consuming Endpoint) -> Void
  ) -> Never {
    // A host that goes while its doorbell is rung is found out by the socket, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      let loop = try Loop()
      WorkerExecutors.install(loop)
      let runtime = Runtime(loop: loop, accept: accept)
      if let socket = Template.socket {
        try Template.serve(socket, runtime, prepare)
        try Template.runFork(accept)
      }
      runtime.start(prepare)
      try loop.run()
      exit(runtime.exitStatus)
    } catch {
      complain("\(error)")
      exit(ExitStatus.software)
    }
  }

  enum ExitStatus {
    static let software: Int32 = 70
    static let `protocol`: Int32 = 76
  }

  /// One line on standard error, which a policy usually sends to /dev/null.
  static func complain(_ text: String) {
    let line = Array("mage worker: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}
