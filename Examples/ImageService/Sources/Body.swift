internal import FlyingFox
internal import FlyingSocks

/// How much of a body is read, and for how long.
struct UploadLimits: Sendable {
  let bytes: Int
  let time: Duration
}

/// A request's body, read at most once: whoever asked FlyingFox for it a second time would get the next request's bytes.
struct Body {
  enum Failure: Error {
    case tooLarge
    case tooSlow
    /// The client went, or its framing was wrong.
    case broken
  }

  let sequence: HTTPBodySequence
  let limits: UploadLimits

  init(of request: HTTPRequest, _ limits: UploadLimits) {
    sequence = request.bodySequence
    self.limits = limits
  }

  /// All of it. A length that says too much is refused before a byte is read.
  func read() async throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try await each { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Reads it for nobody, so that the connection can go on with the next request.
  func discard() async throws(Failure) { try await each { _ in } }

  private func each(_ take: (HTTPBodySequence.Element) -> Void) async throws(Failure) {
    if let count = sequence.count, count > limits.bytes { throw .tooLarge }
    let deadline = ContinuousClock.now.advanced(by: limits.time)
    var total = 0
    do {
      // A client that says nothing at all is let go by WatchedSockets; this is for those that say little.
      for try await chunk in sequence {
        total += chunk.count
        guard total <= limits.bytes else { throw Failure.tooLarge }
        guard ContinuousClock.now < deadline else { throw Failure.tooSlow }
        take(chunk)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .broken
    }
    if let count = sequence.count, total != count { throw .broken }
  }
}

/// Bytes after which the connection is closed: what follows on it is the rest of a body that nobody wants.
struct LastBytes: AsyncBufferedSequence {
  struct Iterator: AsyncBufferedIteratorProtocol {
    fileprivate var bytes: [UInt8]?

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      guard let bytes = bytes.take() else { throw SocketError.disconnected }
      return bytes
    }

    mutating func next() async throws -> UInt8? { throw SocketError.disconnected }
  }

  let bytes: [UInt8]

  func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes) }
}
