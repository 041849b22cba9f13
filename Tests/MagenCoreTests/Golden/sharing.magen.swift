// Made by magen from sharing.magen.
// Changes belong there: here they are lost.

public import Mage

public enum Document: Interface {
  public static let name = "demo.Document"

  public static let watch = OneWay<Document, WatchParameters>(0, "Watch")
  public static let save = Method<Document, SaveParameters, SaveReply>(1, "Save")

  public static let rules = [MethodRule(watch), MethodRule(save)]
}

// MARK: - Document: implementing and calling

extension Document {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    /// Tells the observer of every change, in the order in which they are made.
    func watch(
      observer: PendingAssociatedRemote<Observer>, editors: [PendingAssociatedReceiver<Editor>]?,
      second: Second?
    ) async throws

    func save(content: DataPipeConsumer, copy: DataPipeProducer?) async throws -> UInt64
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Document> {
    var handlers = Handlers<Document>()
    handlers.on(Document.watch) { parameters in
      try await service.watch(
        observer: parameters.observer, editors: parameters.editors, second: parameters.second)
    }
    handlers.on(Document.save) { parameters in
      SaveReply(size: try await service.save(content: parameters.content, copy: parameters.copy))
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Document>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Document>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func watch(
      observer: PendingAssociatedRemote<Observer>, editors: [PendingAssociatedReceiver<Editor>]?,
      second: Second?
    ) async throws(CallError) {
      let parameters = WatchParameters(observer: observer, editors: editors, second: second)
      try await remote.send(Document.watch, parameters, within: limit)
    }

    public func save(
      content: DataPipeConsumer, copy: DataPipeProducer?
    ) async throws(CallError) -> UInt64 {
      let parameters = SaveParameters(content: content, copy: copy)
      return try await remote.call(Document.save, parameters, within: limit).size
    }
  }
}

// MARK: - Document: messages

extension Document {
  /// The parameters of ``watch``.
  public struct WatchParameters: WireStruct {
    @inlinable public static var wireSize: Int { 32 }

    public var observer: PendingAssociatedRemote<Observer>
    public var editors: [PendingAssociatedReceiver<Editor>]?
    public var second: Second?

    @inlinable
    public init(
      observer: PendingAssociatedRemote<Observer>,
      editors: [PendingAssociatedReceiver<Editor>]? = nil, second: Second? = nil
    ) {
      self.observer = observer
      self.editors = editors
      self.second = second
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let observer = try message.pendingAssociatedRemote(fields, 8, "observer", Observer.self)
      let editors = try message.optionalArray(fields, 16, "editors", stride: 4) {
        (message, element) throws(Malformed) in
        try message.pendingAssociatedReceiver(element, 0, "editors", Editor.self)
      }
      let second = try message.optionalStructure(fields, 24, "second", Second.self)
      self.init(observer: observer, editors: editors, second: second)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.pendingAssociatedRemote(fields, 8, observer)
      message.array(fields, 16, editors, stride: 4) { message, element, value in
        message.pendingAssociatedReceiver(element, 0, value)
      }
      message.structure(fields, 24, second)
    }
  }

  /// The parameters of ``save``.
  public struct SaveParameters: WireStruct {
    @inlinable public static var wireSize: Int { 16 }

    public var content: DataPipeConsumer
    public var copy: DataPipeProducer?

    @inlinable
    public init(content: DataPipeConsumer, copy: DataPipeProducer? = nil) {
      self.content = content
      self.copy = copy
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let content = try message.dataPipeConsumer(fields, 8, "content")
      let copy = try message.optionalDataPipeProducer(fields, 12, "copy")
      self.init(content: content, copy: copy)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.dataPipeConsumer(fields, 8, content)
      message.dataPipeProducer(fields, 12, copy)
    }
  }

  /// The reply of ``save``.
  public struct SaveReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    public var size: UInt64

    public init(size: UInt64) { self.size = size }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      size = message.uint64(fields, 8)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint64(fields, 8, size)
    }
  }
}

public enum Observer: Interface {
  public static let name = "demo.Observer"

  public static let changed = OneWay<Observer, ChangedParameters>(0, "Changed")

  public static let rules = [MethodRule(changed)]
}

// MARK: - Observer: implementing and calling

extension Observer {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    /// - Parameters:
    ///   - what: At most 64 bytes of UTF-8.
    func changed(what: String) async throws
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Observer> {
    var handlers = Handlers<Observer>()
    handlers.on(Observer.changed) { parameters in
      try await service.changed(what: parameters.what)
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Observer>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Observer>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func changed(what: String) async throws(CallError) {
      let parameters = ChangedParameters(what: what)
      try await remote.send(Observer.changed, parameters, within: limit)
    }
  }
}

// MARK: - Observer: messages

extension Observer {
  /// The parameters of ``changed``.
  public struct ChangedParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    /// At most 64 bytes of UTF-8.
    public var what: String

    @inlinable
    public init(what: String) { self.what = what }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let what = try message.string(fields, 8, "what", max: 64)
      self.init(what: what)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.string(fields, 8, what)
    }
  }
}

public enum Editor: Interface {
  public static let name = "demo.Editor"

  public static let insert = Method<Editor, InsertParameters, InsertReply>(0, "Insert")

  public static let rules = [MethodRule(insert)]
}

// MARK: - Editor: implementing and calling

extension Editor {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    /// - Parameters:
    ///   - text: At most 64 bytes of UTF-8.
    func insert(text: String) async throws -> UInt32
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Editor> {
    var handlers = Handlers<Editor>()
    handlers.on(Editor.insert) { parameters in
      InsertReply(length: try await service.insert(text: parameters.text))
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Editor>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Editor>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func insert(text: String) async throws(CallError) -> UInt32 {
      let parameters = InsertParameters(text: text)
      return try await remote.call(Editor.insert, parameters, within: limit).length
    }
  }
}

// MARK: - Editor: messages

extension Editor {
  /// The parameters of ``insert``.
  public struct InsertParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    /// At most 64 bytes of UTF-8.
    public var text: String

    @inlinable
    public init(text: String) { self.text = text }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let text = try message.string(fields, 8, "text", max: 64)
      self.init(text: text)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.string(fields, 8, text)
    }
  }

  /// The reply of ``insert``.
  public struct InsertReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    public var length: UInt32

    public init(length: UInt32) { self.length = length }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      length = message.uint32(fields, 8)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, length)
    }
  }
}

public enum DictionaryValue: Interface {
  public static let name = "demo.Dictionary"

  public static let lookUp = Method<DictionaryValue, LookUpParameters, LookUpReply>(
    0, "LookUp", from: .worker)

  public static let rules = [MethodRule(lookUp)]
}

// MARK: - DictionaryValue: implementing and calling

extension DictionaryValue {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    /// - Parameters:
    ///   - word: At most 64 bytes of UTF-8.
    ///
    /// Called by the worker.
    func lookUp(word: String) async throws -> (index: UInt32, found: Bool)
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<DictionaryValue> {
    var handlers = Handlers<DictionaryValue>()
    handlers.on(DictionaryValue.lookUp) { parameters in
      let reply = try await service.lookUp(word: parameters.word)
      return LookUpReply(index: reply.index, found: reply.found)
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<DictionaryValue>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<DictionaryValue>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func lookUp(word: String) async throws(CallError) -> (index: UInt32, found: Bool) {
      let parameters = LookUpParameters(word: word)
      let reply = try await remote.call(DictionaryValue.lookUp, parameters, within: limit)
      return (index: reply.index, found: reply.found)
    }

    /// The same for code that cannot be suspended: waits, and nothing else of the worker runs.
    public func lookUp(word: String) throws(CallError) -> (index: UInt32, found: Bool) {
      let parameters = LookUpParameters(word: word)
      let reply = try remote.callAndWait(DictionaryValue.lookUp, parameters, within: limit)
      return (index: reply.index, found: reply.found)
    }
  }
}

// MARK: - DictionaryValue: messages

extension DictionaryValue {
  /// The parameters of ``lookUp``.
  public struct LookUpParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    /// At most 64 bytes of UTF-8.
    public var word: String

    @inlinable
    public init(word: String) { self.word = word }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let word = try message.string(fields, 8, "word", max: 64)
      self.init(word: word)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.string(fields, 8, word)
    }
  }

  /// The reply of ``lookUp``.
  public struct LookUpReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    public var index: UInt32
    public var found: Bool

    public init(index: UInt32, found: Bool) {
      self.index = index
      self.found = found
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      index = message.uint32(fields, 8)
      found = message.bool(fields, 12, bit: 0)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, index)
      message.bool(fields, 12, bit: 0, found)
    }
  }
}

public struct Second: WireStruct {
  @inlinable public static var wireSize: Int { 24 }

  public var observer: PendingAssociatedRemote<Observer>?
  public var log: DataPipeProducer

  @inlinable
  public init(observer: PendingAssociatedRemote<Observer>? = nil, log: DataPipeProducer) {
    self.observer = observer
    self.log = log
  }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    let observer = try message.optionalPendingAssociatedRemote(fields, 8, "observer", Observer.self)
    let log = try message.dataPipeProducer(fields, 16, "log")
    self.init(observer: observer, log: log)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.pendingAssociatedRemote(fields, 8, observer)
    message.dataPipeProducer(fields, 16, log)
  }
}
