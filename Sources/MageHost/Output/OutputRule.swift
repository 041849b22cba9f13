/// How much of what a worker writes is kept.
///
/// What is over a limit is dropped and counted; a worker that floods is left to wait for its own pipe.
public struct OutputRule: Sendable {
  /// The longest line, in bytes before they are made fit to print; the rest of a longer one is dropped.
  public var lineBytes: Int
  /// Lines that are kept in a second, of each worker.
  public var linesPerSecond: Int
  /// Bytes that are looked at in a second, of each worker.
  public var bytesPerSecond: Int

  public init(
    lineBytes: Int = 1024, linesPerSecond: Int = 200, bytesPerSecond: Int = 64 << 10
  ) {
    self.lineBytes = min(max(lineBytes, 16), 64 << 10)
    self.linesPerSecond = max(linesPerSecond, 1)
    self.bytesPerSecond = max(bytesPerSecond, 1024)
  }
}
