public import MagePipes

/// Reads a stream of bytes: what has arrived, in pieces of any size, up to its end.
///
/// ```swift
/// for try await bytes in try consumer.bind() { … }
/// ```
///
/// The other end writes only what this one has room for. A stream whose writer goes without having finished it throws, behind what had arrived: a
/// part is not taken for the whole. When the reader goes, the stream is closed and its writer told.
public final class DataPipeReader: Sendable {
  private let end: PipeEnd
  private let buffer: DataPipeBuffer
  /// For reads that name none.
  public let deadline: Duration

  init(_ end: PipeEnd, capacity: Int, _ deadline: Duration) throws(CallError) {
    self.end = end
    self.deadline = deadline
    let port: Port
    do throws(EndpointError) { port = try end.port() } catch { throw .endpoint(error) }
    let capacities = DataPipeRoom.capacities
    let wanted = Swift.min(Swift.max(capacity, capacities.lowerBound), capacities.upperBound)
    let reserved = port.reserveStream(wanted)
    guard reserved.bytes >= capacities.lowerBound else {
      reserved.release()
      throw .refused("the connection's data pipes have taken up the window of its policy")
    }
    buffer = DataPipeBuffer(port, reserved)
    buffer.start()
  }

  /// The next bytes, at least one; `nil` at the end of a stream that was finished.
  ///
  /// - Parameters:
  ///   - limit: how long to wait for them.
  ///   - count: the most bytes to take.
  /// - Throws: `CallError`: why nothing more comes; `CallError.endpoint` with `busy` when another task is reading.
  public func read(
    upTo count: Int = .max, within limit: Duration? = nil
  ) async throws(CallError) -> [UInt8]? {
    let limit = limit ?? deadline
    let end = ContinuousClock.now.advanced(by: limit)
    while true {
      switch try buffer.take(upTo: Swift.max(count, 1)) {
      case .bytes(let bytes): return bytes
      case .theEnd: return nil
      case .nothing: try await StreamWaiter.wait(limit, until: end, in: buffer)
      }
    }
  }

  /// All bytes up to the end.
  ///
  /// - Parameters:
  ///   - most: the most bytes that there may be: more are an error, however many the peer would send.
  ///   - limit: for all of them together.
  /// - Throws: `CallError`, `refused` when there are more; the stream is closed then.
  public func collect(
    atMost most: Int, within limit: Duration? = nil
  ) async throws(CallError) -> [UInt8] {
    let limit = limit ?? deadline
    let end = ContinuousClock.now.advanced(by: limit)
    var all: [UInt8] = []
    while true {
      let left = ContinuousClock.now.duration(to: end)
      let next: [UInt8]?
      do throws(CallError) { next = try await read(within: Swift.max(left, .zero)) } catch {
        if case .deadlineMissed = error { throw .deadlineMissed(limit) }
        throw error
      }
      guard let next else { return all }
      guard next.count <= most - all.count else {
        close(CloseReason(text: "too many bytes"))
        throw .refused("more than \(most) bytes in the stream")
      }
      all += next
    }
  }

  /// Closes the stream and tells the writer why. What has arrived is forgotten.
  public func close(_ reason: CloseReason = CloseReason()) {
    buffer.forget(.pipeClosed(reason))
    end.close(reason)
  }
}

extension DataPipeReader: AsyncSequence {
  public struct AsyncIterator: AsyncIteratorProtocol {
    let reader: DataPipeReader

    public mutating func next() async throws(CallError) -> [UInt8]? { try await reader.read() }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> [UInt8]? {
      try await reader.read()
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: self) }
}
