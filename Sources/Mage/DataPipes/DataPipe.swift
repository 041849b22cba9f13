public import MagePipes
public import MageWire

/// The end of a data pipe that bytes are written to, not bound yet. Bind it, or send it to somebody in a message (`handle<data_pipe_producer>`).
///
/// Copies share the end, and it can be bound or sent once, by whoever comes first; the next one gets an `EndpointError`. When the last copy
/// goes and nobody has, the end is closed.
public struct DataPipeProducer: Sendable {
  let end: PipeEnd

  /// Binds the end, to write.
  ///
  /// - Parameter deadline: for writes that name none.
  public func bind(deadline: Duration = .seconds(30)) throws(EndpointError) -> DataPipeWriter {
    DataPipeWriter(try end.take(leaving: .bound), deadline)
  }
}

/// The end of a data pipe that bytes are read from, not bound yet (`handle<data_pipe_consumer>`). Otherwise like ``DataPipeProducer``.
public struct DataPipeConsumer: Sendable {
  let end: PipeEnd

  /// What a reader has room for where it does not say, in bytes.
  public static let defaultCapacity = 256 << 10

  /// Binds the end, to read. Nothing arrives before.
  ///
  /// - Parameters:
  ///   - capacity: the most bytes that may have arrived and not been read, 4 KiB to 1 MiB; taken to the nearest of these. A worker's streams
  ///     together get no more than its policy's window (`window … bytes`); one that is left less gets that.
  ///   - deadline: for reads that name none.
  /// - Throws: `CallError.refused` when the connection's streams have taken up all of the window, `CallError.endpoint` when the
  ///   end is not here any more.
  public func bind(
    capacity: Int = DataPipeConsumer.defaultCapacity, deadline: Duration = .seconds(30)
  ) throws(CallError) -> DataPipeReader {
    let own: PipeEnd
    do throws(EndpointError) {
      own = try end.take(leaving: .bound)
    } catch {
      throw .endpoint(error)
    }
    return try DataPipeReader(own, capacity: capacity, deadline)
  }
}

/// A new stream of bytes, its ends ready to be bound or sent. It costs no call of the kernel.
public func makeDataPipe() -> (producer: DataPipeProducer, consumer: DataPipeConsumer) {
  let (first, second) = Port.pair()
  return (DataPipeProducer(end: PipeEnd(first)), DataPipeConsumer(end: PipeEnd(second)))
}

// MARK: - In messages

extension MessageDecoder {
  /// The reading end of a stream: a handle index at `offset`.
  public mutating func dataPipeConsumer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeConsumer {
    try Self.present(try optionalDataPipeConsumer(fields, offset, name), name)
  }

  /// The same, or `nil`.
  public mutating func optionalDataPipeConsumer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeConsumer? {
    guard let end = try pipeEnd(fields, offset, name) else { return nil }
    end.mark(.consumer)
    return DataPipeConsumer(end: end)
  }

  /// The writing end of a stream: a handle index at `offset`.
  public mutating func dataPipeProducer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeProducer {
    try Self.present(try optionalDataPipeProducer(fields, offset, name), name)
  }

  /// The same, or `nil`.
  public mutating func optionalDataPipeProducer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeProducer? {
    guard let end = try pipeEnd(fields, offset, name) else { return nil }
    end.mark(.producer)
    return DataPipeProducer(end: end)
  }
}

extension MessageEncoder {
  /// `nil` is written as no end.
  public mutating func dataPipeConsumer(
    _ fields: StructView, _ offset: Int, _ value: DataPipeConsumer?
  ) {
    value?.end.mark(.consumer)
    handle(fields, offset, value?.end)
  }

  /// `nil` is written as no end.
  public mutating func dataPipeProducer(
    _ fields: StructView, _ offset: Int, _ value: DataPipeProducer?
  ) {
    value?.end.mark(.producer)
    handle(fields, offset, value?.end)
  }
}
