public import MagePipes

/// Something that happened to a host's workers.
public struct HostEvent: Sendable {
  public enum Kind: Sendable {
    /// A worker is sealed, proven and invited, or a template waits to be forked. The time is from the launch.
    case started(WorkerIdentity, after: Duration)
    /// It is reaped.
    case ended(WorkerIdentity, Ending)
    /// A worker could not be started; nothing is left of it.
    case startFailed(kind: String, policy: String, SpawnError)
    /// A line that a worker wrote to an `output` descriptor of its policy.
    case output(WorkerIdentity, OutputLine)
    /// The pool of a kind starts no worker before this much time has passed, as the last ones ended soon.
    case restartDelayed(kind: String, by: Duration)
    /// The pool of a kind has given up: until a start succeeds, whoever asks it for a worker is refused at once.
    case restartGivenUp(kind: String, failures: Int)
    /// An idempotent call was made again because its worker had ended.
    case callRetried(kind: String, Ending)
    /// So many workers of the kind ended over one input that it is refused for a while.
    case inputRefused(kind: String, deaths: Int, for: Duration)
    /// This many events were not kept for this reader, who was too slow; they would have stood here.
    case dropped(UInt64)
  }

  /// Since the host was made.
  public let time: Duration
  public let kind: Kind
}

/// A line of a worker's output, made fit for logs and terminals.
///
/// It is the worker's text: believe nothing that it says. Control characters and what would reorder text are escaped as `\u{1b}`, bytes that are no UTF-8
/// are replaced, and its length is limited.
public struct OutputLine: Equatable, Sendable {
  /// Where it was written: 1 for standard output, 2 for standard error.
  public let descriptor: Int32
  public let text: String
  /// Whether the line was longer and its rest was dropped.
  public let isTruncated: Bool
  /// Bytes of the worker's that were dropped before this line, the rests of longer lines included.
  public let droppedBytes: UInt64
}
