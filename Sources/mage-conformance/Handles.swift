public import MageWire

// What the generated bindings call handles. In vectors they are numbers alone: which there are, and whether the message names them in order.

/// A handle of a vector.
public struct OpaqueHandle: WireHandle {
  let number: Int
}

public typealias AnyHandle = any WireHandle
public typealias MessagePipeEnd = any WireHandle
public typealias DataPipeConsumer = any WireHandle
public typealias DataPipeProducer = any WireHandle

/// The calling end of a pipe, with the version of the interface that the sender knows.
public struct PendingRemote<Of: WireInterface>: Sendable {
  let handle: any WireHandle
  let version: UInt32
}

public struct PendingReceiver<Of: WireInterface>: Sendable {
  let handle: any WireHandle
}

/// The calling end of an interface that shares the pipe.
public struct PendingAssociatedRemote<Of: WireInterface>: Sendable {
  let id: UInt32
  let version: UInt32
}

public struct PendingAssociatedReceiver<Of: WireInterface>: Sendable {
  let id: UInt32
}

/// Memory or a file.
public struct Attachment: Sendable {
  public enum Kind: Sendable { case file, region, frozenRegion }
  let handle: any WireHandle
}

extension MessageDecoder {
  @usableFromInline mutating func messagePipe(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> MessagePipeEnd {
    try handle(fields, offset, name)
  }

  @usableFromInline mutating func optionalMessagePipe(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> MessagePipeEnd? {
    try optionalHandle(fields, offset, name)
  }

  @usableFromInline mutating func dataPipeConsumer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeConsumer {
    try handle(fields, offset, name)
  }

  @usableFromInline mutating func dataPipeProducer(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> DataPipeProducer {
    try handle(fields, offset, name)
  }

  @usableFromInline mutating func attachment(
    _ fields: StructView, _ offset: Int, _ name: String, _ kind: Attachment.Kind
  ) throws(Malformed) -> Attachment {
    Attachment(handle: try handle(fields, offset, name))
  }

  @usableFromInline mutating func pendingRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingRemote<Of> {
    let handle = try handle(fields, offset, name)
    return PendingRemote(handle: handle, version: uint32(fields, offset + 4))
  }

  @usableFromInline mutating func optionalPendingRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingRemote<Of>? {
    // The version of a pipe that is not there is padding.
    guard let handle = try optionalHandle(fields, offset, name) else { return nil }
    return PendingRemote(handle: handle, version: uint32(fields, offset + 4))
  }

  @usableFromInline mutating func pendingReceiver<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingReceiver<Of> {
    PendingReceiver(handle: try handle(fields, offset, name))
  }

  @usableFromInline mutating func pendingAssociatedRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingAssociatedRemote<Of> {
    let id = try interfaceID(fields, offset, name)
    return PendingAssociatedRemote(id: id, version: uint32(fields, offset + 4))
  }

  @usableFromInline mutating func optionalPendingAssociatedRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingAssociatedRemote<Of>? {
    guard let id = try optionalInterfaceID(fields, offset, name) else { return nil }
    return PendingAssociatedRemote(id: id, version: uint32(fields, offset + 4))
  }

  @usableFromInline mutating func pendingAssociatedReceiver<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ name: String, _ interface: Of.Type
  ) throws(Malformed) -> PendingAssociatedReceiver<Of> {
    PendingAssociatedReceiver(id: try interfaceID(fields, offset, name))
  }
}

extension MessageEncoder {
  @usableFromInline mutating func messagePipe(
    _ fields: StructView, _ offset: Int, _ value: MessagePipeEnd?
  ) {
    handle(fields, offset, value)
  }

  @usableFromInline mutating func dataPipeConsumer(
    _ fields: StructView, _ offset: Int, _ value: DataPipeConsumer?
  ) {
    handle(fields, offset, value)
  }

  @usableFromInline mutating func dataPipeProducer(
    _ fields: StructView, _ offset: Int, _ value: DataPipeProducer?
  ) {
    handle(fields, offset, value)
  }

  @usableFromInline mutating func handle(_ fields: StructView, _ offset: Int, _ value: Attachment?)
  {
    handle(fields, offset, value?.handle)
  }

  @usableFromInline mutating func pendingRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ value: PendingRemote<Of>?
  ) {
    handle(fields, offset, value?.handle)
    if let value { uint32(fields, offset + 4, value.version) }
  }

  @usableFromInline mutating func pendingReceiver<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ value: PendingReceiver<Of>?
  ) {
    handle(fields, offset, value?.handle)
  }

  @usableFromInline mutating func pendingAssociatedRemote<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ value: PendingAssociatedRemote<Of>?
  ) {
    interfaceID(fields, offset, value?.id)
    if let value { uint32(fields, offset + 4, value.version) }
  }

  @usableFromInline mutating func pendingAssociatedReceiver<Of: WireInterface>(
    _ fields: StructView, _ offset: Int, _ value: PendingAssociatedReceiver<Of>?
  ) {
    interfaceID(fields, offset, value?.id)
  }
}
