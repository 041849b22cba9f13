public import MagePipes

/// Writes a stream of bytes, as fast as its reader makes room for them.
///
/// Say ``finish()`` behind the last byte: when the writer goes without, the reader knows that it has only a part.
public final class DataPipeWriter: Sendable {
  private let end: PipeEnd
  private let outlet: DataPipeOutlet?
  /// For writes that name none.
  public let deadline: Duration

  init(_ end: PipeEnd, _ deadline: Duration) {
    self.end = end
    self.deadline = deadline
    outlet = (try? end.port()).map { DataPipeOutlet($0) }
    outlet?.start()
  }

  /// Writes all of `bytes`. Returns when the reader's room has taken them; they may not have left this process yet.
  ///
  /// - Parameters:
  ///   - bytes: what is written.
  ///   - limit: for all of them, waiting for the reader included.
  /// - Throws: `CallError`. A write that failed may have written a part: the stream is closed then. `endpoint(.busy)` when another task is
  ///   writing, `pipeClosed` when the reader has gone.
  public func write(_ bytes: [UInt8], within limit: Duration? = nil) async throws(CallError) {
    guard let outlet else { throw .endpoint(.unbound) }
    let limit = limit ?? deadline
    try outlet.begin()
    do throws(CallError) {
      try await outlet.write(bytes, limit)
      outlet.isOver()
    } catch {
      outlet.isOver()
      close(CloseReason(text: "a write failed"))
      throw error
    }
  }

  /// Says that the stream is whole, and closes it behind the last byte. Does not wait.
  ///
  /// - Throws: `CallError`: why the reader will not hear of it.
  public func finish() throws(CallError) {
    guard let outlet else { throw .endpoint(.unbound) }
    try outlet.begin()
    try outlet.finish()
    // The end goes by itself once everything has left.
    end.abandon()
  }

  /// Closes the stream unfinished, and tells the reader why.
  public func close(_ reason: CloseReason = CloseReason()) { end.close(reason) }
}
