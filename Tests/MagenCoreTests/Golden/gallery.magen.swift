// Made by magen from gallery.magen.
// Changes belong there: here they are lost.

public import Mage

/// The longest side of a thumbnail that may be asked for, in pixels.
public let largestSide: UInt32 = 512

/// Turns a stranger's image file into a thumbnail.
public enum Gallery: Interface {
  public static let name = "demo.Gallery"
  /// The weakest policy under which an implementation may run.
  public static let sandbox: String? = "renderer"
  /// The only side that calls.
  public static let from: CallingSide? = .host
  public static let version: UInt32 = 2

  /// What to do with transparent pixels.
  public enum Ground: Int32, CaseIterable, Sendable {
    case white
    /// Looks best on a dark page.
    case black = 5
    case checks

    public static let `default` = Ground.white
  }

  public static let greeting: String = "a \"quoted\"\nline"

  public static let decode = Method<Gallery, DecodeParameters, DecodeReply>(
    0, "Decode", from: .host)
  public static let forget = OneWay<Gallery, ForgetParameters>(1, "Forget", from: .host, rate: 10)
  public static let many = Method<Gallery, ManyParameters, ManyReply>(2, "Many", from: .host)
  public static let memory = OneWay<Gallery, MemoryParameters>(3, "Memory", from: .host)
  public static let words = Method<Gallery, WordsParameters, Empty>(4, "Words", from: .host)
  public static let draw = Method<Gallery, DrawParameters, DrawReply>(5, "Draw", from: .host)
  public static let paint = Method<Gallery, PaintParameters, PaintReply>(6, "Paint", from: .host)
  public static let ping = Method<Gallery, Empty, Empty>(7, "Ping", from: .host)
  public static let stop = OneWay<Gallery, Empty>(9, "Stop", from: .host)

  public static let rules = [
    MethodRule(decode), MethodRule(forget), MethodRule(many), MethodRule(memory), MethodRule(words),
    MethodRule(draw), MethodRule(paint), MethodRule(ping), MethodRule(stop),
  ]
}

// MARK: - Gallery: implementing and calling

extension Gallery {
  /// What an implementation does: conform to this, and bind it with ``handlers(_:)``.
  ///
  /// Every value that arrives has been checked against the interface before a method runs. Throw
  /// `BadMessage` for one that still cannot come from a peer that works.
  public protocol Service: Sendable {
    /// Decodes one image.
    ///
    /// The file is read from its start.
    ///
    /// - Parameters:
    ///   - image: A regular file, open for reading.
    ///   - maxSide: The thumbnail fits into a square of this side, in pixels.
    ///     From 1 to 512.
    ///
    /// Called by the host.
    func decode(image: Attachment, maxSide: UInt32) async throws -> Result<Thumbnail, DecodeFailure>

    /// Called by the host. At most 10 times a second.
    func forget(names: [String], sizes: [String: [UInt32?]], ground: Gallery.Ground) async throws

    /// - Parameters:
    ///   - g: Exactly 3 elements.
    ///   - h: Exactly 2 elements.
    ///
    /// Called by the host.
    func many(
      a: UInt8, b: Bool, c: Bool?, d: Int64?, e: Colour, f: Shape?, g: [String]?, h: [[UInt8]?],
      i: [Colour: Bool?]
    ) async throws -> (a: Bool, b: String?, c: Shape)

    /// Called by the host.
    func memory(pixels: Attachment, table: Attachment?) async throws

    /// Called by the host.
    func words(
      message: String, fields: String, parameters: String, remote: String, `default`: UInt32
    ) async throws

    /// What is large is read where it lies.
    ///
    /// - Parameters:
    ///   - page: At most 4096 bytes of UTF-8.
    ///   - matrix: Exactly 4 elements.
    ///
    /// Called by the host.
    func draw(
      page: TextView, glyphs: BytesView?, matrix: NumbersView<Float>
    ) async throws -> TextView

    /// What is larger still is read in the memory that the peer has put it into, and can still write.
    ///
    /// - Parameters:
    ///   - pixels: At most 1_048_576 elements.
    ///
    /// Called by the host.
    func paint(
      pixels: UntrustedBytes, mask: UntrustedBytes?, tiles: [UntrustedBytes]
    ) async throws -> [UInt8]

    /// Called by the host. Since version 2.
    func ping() async throws

    /// Called by the host.
    func stop() async throws
  }

  /// Leads each message to the method of `service` that it is for: `Receiver(pipe, handlers(service))`.
  public static func handlers(_ service: some Service) -> Handlers<Gallery> {
    var handlers = Handlers<Gallery>()
    handlers.on(Gallery.decode) { parameters in
      let reply = try await service.decode(image: parameters.image, maxSide: parameters.maxSide)
      return DecodeReply(result: reply)
    }
    handlers.on(Gallery.forget) { parameters in
      try await service.forget(
        names: parameters.names, sizes: parameters.sizes, ground: parameters.ground)
    }
    handlers.on(Gallery.many) { parameters in
      let reply = try await service.many(
        a: parameters.a, b: parameters.b, c: parameters.c, d: parameters.d, e: parameters.e,
        f: parameters.f, g: parameters.g, h: parameters.h, i: parameters.i)
      return ManyReply(a: reply.a, b: reply.b, c: reply.c)
    }
    handlers.on(Gallery.memory) { parameters in
      try await service.memory(pixels: parameters.pixels, table: parameters.table)
    }
    handlers.on(Gallery.words) { parameters in
      try await service.words(
        message: parameters.message, fields: parameters.fields, parameters: parameters.parameters,
        remote: parameters.remote, default: parameters.`default`)
      return Empty()
    }
    handlers.on(Gallery.draw) { parameters in
      let reply = try await service.draw(
        page: parameters.page, glyphs: parameters.glyphs, matrix: parameters.matrix)
      return DrawReply(text: reply)
    }
    handlers.on(Gallery.paint) { parameters in
      let reply = try await service.paint(
        pixels: parameters.pixels, mask: parameters.mask, tiles: parameters.tiles)
      return PaintReply(copy: reply)
    }
    handlers.on(Gallery.ping) { _ in
      try await service.ping()
      return Empty()
    }
    handlers.on(Gallery.stop) { _ in
      try await service.stop()
    }
    return handlers
  }

  /// Calls an implementation at the other end of a pipe as if it were here.
  public struct Proxy: Service, InterfaceProxy {
    public let remote: Remote<Gallery>
    /// How long each call may take; `nil` is the remote's own limit.
    public let limit: Duration?

    public init(_ remote: Remote<Gallery>, within limit: Duration? = nil) {
      self.remote = remote
      self.limit = limit
    }

    /// The same peer, with another limit for each call.
    public func within(_ limit: Duration) -> Proxy { Proxy(remote, within: limit) }

    public func decode(
      image: Attachment, maxSide: UInt32
    ) async throws(CallError) -> Result<Thumbnail, DecodeFailure> {
      let parameters = DecodeParameters(image: image, maxSide: maxSide)
      return try await remote.call(Gallery.decode, parameters, within: limit).result
    }

    public func forget(
      names: [String], sizes: [String: [UInt32?]], ground: Gallery.Ground
    ) async throws(CallError) {
      let parameters = ForgetParameters(names: names, sizes: sizes, ground: ground)
      try await remote.send(Gallery.forget, parameters, within: limit)
    }

    public func many(
      a: UInt8, b: Bool, c: Bool?, d: Int64?, e: Colour, f: Shape?, g: [String]?, h: [[UInt8]?],
      i: [Colour: Bool?]
    ) async throws(CallError) -> (a: Bool, b: String?, c: Shape) {
      let parameters = ManyParameters(a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h, i: i)
      let reply = try await remote.call(Gallery.many, parameters, within: limit)
      return (a: reply.a, b: reply.b, c: reply.c)
    }

    public func memory(pixels: Attachment, table: Attachment?) async throws(CallError) {
      let parameters = MemoryParameters(pixels: pixels, table: table)
      try await remote.send(Gallery.memory, parameters, within: limit)
    }

    public func words(
      message: String, fields: String, parameters: String, remote: String, `default`: UInt32
    ) async throws(CallError) {
      let ownParameters = WordsParameters(
        message: message, fields: fields, parameters: parameters, remote: remote,
        default: `default`)
      _ = try await self.remote.call(Gallery.words, ownParameters, within: limit)
    }

    public func draw(
      page: TextView, glyphs: BytesView?, matrix: NumbersView<Float>
    ) async throws(CallError) -> TextView {
      let parameters = DrawParameters(page: page, glyphs: glyphs, matrix: matrix)
      return try await remote.call(Gallery.draw, parameters, within: limit).text
    }

    public func paint(
      pixels: UntrustedBytes, mask: UntrustedBytes?, tiles: [UntrustedBytes]
    ) async throws(CallError) -> [UInt8] {
      let parameters = PaintParameters(pixels: pixels, mask: mask, tiles: tiles)
      return try await remote.call(Gallery.paint, parameters, within: limit).copy
    }

    public func ping() async throws(CallError) {
      _ = try await remote.call(Gallery.ping, Empty(), within: limit)
    }

    public func stop() async throws(CallError) {
      try await remote.send(Gallery.stop, Empty(), within: limit)
    }
  }
}

// MARK: - Gallery: messages

extension Gallery {
  /// The parameters of ``decode``.
  public struct DecodeParameters: WireStruct {
    @inlinable public static var wireSize: Int { 16 }

    /// A regular file, open for reading.
    public var image: Attachment
    /// The thumbnail fits into a square of this side, in pixels.
    /// From 1 to 512.
    public var maxSide: UInt32

    @inlinable
    public init(image: Attachment, maxSide: UInt32) {
      self.image = image
      self.maxSide = maxSide
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let image = try message.attachment(fields, 8, "image", .file)
      let maxSide = try message.uint32(fields, 12, "max_side", in: 1...512)
      self.init(image: image, maxSide: maxSide)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.handle(fields, 8, image)
      message.uint32(fields, 12, maxSide)
    }
  }

  /// The reply of ``decode``.
  public struct DecodeReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 24 }

    public var result: Result<Thumbnail, DecodeFailure>

    public init(result: Result<Thumbnail, DecodeFailure>) { self.result = result }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      switch try message.unionTag(fields, 8, "result") {
      case 0: result = .success(try message.structure(fields, 16, "success", Thumbnail.self))
      case 1: result = .failure(try message.structure(fields, 16, "failure", DecodeFailure.self))
      case let tag:
        throw Malformed(.message(.unknownUnionTag), field: "result", detail: "\(tag)")
      }
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      switch result {
      case .success(let value):
        message.union(fields, 8, tag: 0)
        message.structure(fields, 16, value)
      case .failure(let value):
        message.union(fields, 8, tag: 1)
        message.structure(fields, 16, value)
      }
    }
  }

  /// The parameters of ``forget``.
  public struct ForgetParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 32 }

    public var names: [String]
    public var sizes: [String: [UInt32?]]
    public var ground: Gallery.Ground

    @inlinable
    public init(names: [String], sizes: [String: [UInt32?]], ground: Gallery.Ground) {
      self.names = names
      self.sizes = sizes
      self.ground = ground
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let names = try message.array(fields, 8, "names", stride: 8) {
        (message, element) throws(Malformed) in
        try message.string(element, 0, "names")
      }
      let sizes = try message.map(
        fields, 16, "sizes",
        keys: { (message, map) throws(Malformed) in
          try message.array(map, 8, "sizes", stride: 8) { (message, element) throws(Malformed) in
            try message.string(element, 0, "sizes")
          }
        },
        values: { (message, map) throws(Malformed) in
          try message.array(map, 16, "sizes", stride: 8) { (message, element) throws(Malformed) in
            try message.nullableNumbers(element, 0, "sizes", UInt32.self)
          }
        })
      let ground = try message.enumeration(fields, 24, "ground", Gallery.Ground.self)
      self.init(names: names, sizes: sizes, ground: ground)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.array(fields, 8, names, stride: 8) { message, element, value in
        message.string(element, 0, value)
      }
      message.map(
        fields, 16, sizes,
        keys: { message, map, keys in
          message.array(map, 8, keys, stride: 8) { message, element, value in
            message.string(element, 0, value)
          }
        },
        values: { message, map, values in
          message.array(map, 16, values, stride: 8) { message, element, value in
            message.nullableNumbers(element, 0, value)
          }
        })
      message.enumeration(fields, 24, ground)
    }
  }

  /// The parameters of ``many``.
  public struct ManyParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 64 }

    public var a: UInt8
    public var b: Bool
    public var c: Bool?
    public var d: Int64?
    public var e: Colour
    public var f: Shape?
    /// Exactly 3 elements.
    public var g: [String]?
    /// Exactly 2 elements.
    public var h: [[UInt8]?]
    public var i: [Colour: Bool?]

    @inlinable
    public init(
      a: UInt8, b: Bool, c: Bool? = nil, d: Int64? = nil, e: Colour, f: Shape? = nil,
      g: [String]? = nil, h: [[UInt8]?], i: [Colour: Bool?]
    ) {
      self.a = a
      self.b = b
      self.c = c
      self.d = d
      self.e = e
      self.f = f
      self.g = g
      self.h = h
      self.i = i
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let a = message.uint8(fields, 8)
      let b = message.bool(fields, 9, bit: 0)
      let c: Bool? = message.bool(fields, 9, bit: 1) ? message.bool(fields, 9, bit: 2) : nil
      let d: Int64? = message.bool(fields, 9, bit: 3) ? message.int64(fields, 16) : nil
      let e = try message.enumeration(fields, 12, "e", Colour.self)
      let f = try message.optionalUnion(fields, 24, "f", Shape.self)
      let g = try message.optionalArray(fields, 40, "g", stride: 8, count: 3) {
        (message, element) throws(Malformed) in
        try message.string(element, 0, "g", max: 5)
      }
      let h = try message.array(fields, 48, "h", stride: 8, count: 2) {
        (message, element) throws(Malformed) in
        try message.optionalBytes(element, 0, "h", count: 3)
      }
      let i = try message.map(
        fields, 56, "i",
        keys: { (message, map) throws(Malformed) in
          try message.enumerations(map, 8, "i", Colour.self)
        },
        values: { (message, map) throws(Malformed) in
          try message.nullableBools(map, 16, "i")
        })
      self.init(a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h, i: i)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint8(fields, 8, a)
      message.bool(fields, 9, bit: 0, b)
      if let c {
        message.bool(fields, 9, bit: 1, true)
        message.bool(fields, 9, bit: 2, c)
      }
      if let d {
        message.bool(fields, 9, bit: 3, true)
        message.int64(fields, 16, d)
      }
      message.enumeration(fields, 12, e)
      message.union(fields, 24, f)
      message.array(fields, 40, g, stride: 8) { message, element, value in
        message.string(element, 0, value)
      }
      message.array(fields, 48, h, stride: 8) { message, element, value in
        message.bytes(element, 0, value)
      }
      message.map(
        fields, 56, i,
        keys: { message, map, keys in
          message.enumerations(map, 8, keys)
        },
        values: { message, map, values in
          message.nullableBools(map, 16, values)
        })
    }
  }

  /// The reply of ``many``.
  public struct ManyReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 40 }

    public var a: Bool
    public var b: String?
    public var c: Shape

    @inlinable
    public init(a: Bool, b: String? = nil, c: Shape) {
      self.a = a
      self.b = b
      self.c = c
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let a = message.bool(fields, 8, bit: 0)
      let b = try message.optionalString(fields, 16, "b")
      let c = try message.union(fields, 24, "c", Shape.self)
      self.init(a: a, b: b, c: c)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bool(fields, 8, bit: 0, a)
      message.string(fields, 16, b)
      message.union(fields, 24, c)
    }
  }

  /// The parameters of ``memory``.
  public struct MemoryParameters: WireStruct {
    @inlinable public static var wireSize: Int { 16 }

    public var pixels: Attachment
    public var table: Attachment?

    @inlinable
    public init(pixels: Attachment, table: Attachment? = nil) {
      self.pixels = pixels
      self.table = table
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let pixels = try message.attachment(fields, 8, "pixels", .region)
      let table = try message.optionalAttachment(fields, 12, "table", .frozenRegion)
      self.init(pixels: pixels, table: table)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.handle(fields, 8, pixels)
      message.handle(fields, 12, table)
    }
  }

  /// The parameters of ``words``.
  public struct WordsParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 48 }

    public var message: String
    public var fields: String
    public var parameters: String
    public var remote: String
    public var `default`: UInt32

    @inlinable
    public init(
      message: String, fields: String, parameters: String, remote: String, `default`: UInt32
    ) {
      self.message = message
      self.fields = fields
      self.parameters = parameters
      self.remote = remote
      self.`default` = `default`
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let messageValue = try message.string(fields, 8, "message")
      let fieldsValue = try message.string(fields, 16, "fields")
      let parameters = try message.string(fields, 24, "parameters")
      let remote = try message.string(fields, 32, "remote")
      let `default` = message.uint32(fields, 40)
      self.init(
        message: messageValue, fields: fieldsValue, parameters: parameters, remote: remote,
        default: `default`)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.string(fields, 8, self.message)
      message.string(fields, 16, self.fields)
      message.string(fields, 24, parameters)
      message.string(fields, 32, remote)
      message.uint32(fields, 40, `default`)
    }
  }

  /// The parameters of ``draw``.
  public struct DrawParameters: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 32 }

    /// At most 4096 bytes of UTF-8.
    public var page: TextView
    public var glyphs: BytesView?
    /// Exactly 4 elements.
    public var matrix: NumbersView<Float>

    @inlinable
    public init(page: TextView, glyphs: BytesView? = nil, matrix: NumbersView<Float>) {
      self.page = page
      self.glyphs = glyphs
      self.matrix = matrix
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let page = try message.textView(fields, 8, "page", max: 4096)
      let glyphs = try message.optionalBytesView(fields, 16, "glyphs")
      let matrix = try message.numbersView(fields, 24, "matrix", Float.self, count: 4)
      self.init(page: page, glyphs: glyphs, matrix: matrix)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.textView(fields, 8, page)
      message.bytesView(fields, 16, glyphs)
      message.numbersView(fields, 24, matrix)
    }
  }

  /// The reply of ``draw``.
  public struct DrawReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    public var text: TextView

    @inlinable
    public init(text: TextView) { self.text = text }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let text = try message.textView(fields, 8, "text")
      self.init(text: text)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.textView(fields, 8, text)
    }
  }

  /// The parameters of ``paint``.
  public struct PaintParameters: WireStruct {
    @inlinable public static var wireSize: Int { 32 }

    /// At most 1_048_576 elements.
    public var pixels: UntrustedBytes
    public var mask: UntrustedBytes?
    public var tiles: [UntrustedBytes]

    @inlinable
    public init(pixels: UntrustedBytes, mask: UntrustedBytes? = nil, tiles: [UntrustedBytes]) {
      self.pixels = pixels
      self.mask = mask
      self.tiles = tiles
    }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let pixels = try message.untrustedBytes(fields, 8, "pixels", max: 1_048_576)
      let mask = try message.optionalUntrustedBytes(fields, 16, "mask")
      let tiles = try message.array(fields, 24, "tiles", stride: 8) {
        (message, element) throws(Malformed) in
        try message.untrustedBytes(element, 0, "tiles")
      }
      self.init(pixels: pixels, mask: mask, tiles: tiles)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.untrustedBytes(fields, 8, pixels)
      message.untrustedBytes(fields, 16, mask)
      message.array(fields, 24, tiles, stride: 8) { message, element, value in
        message.untrustedBytes(element, 0, value)
      }
    }
  }

  /// The reply of ``paint``.
  public struct PaintReply: WireStruct, Hashable {
    @inlinable public static var wireSize: Int { 16 }

    /// At most 1_048_576 elements.
    public var copy: [UInt8]

    @inlinable
    public init(copy: [UInt8]) { self.copy = copy }

    @inlinable
    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      let copy = try message.bytes(fields, 8, "copy", max: 1_048_576)
      self.init(copy: copy)
    }

    @inlinable
    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.bytes(fields, 8, copy)
    }
  }
}

/// A small picture.
public struct Thumbnail: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 56 }
  public static let wireVersions = [
    WireVersion(0, size: 32),
    WireVersion(1, size: 40),
    WireVersion(3, size: 56),
  ]

  /// Pixels.
  /// From 1 to 512.
  public var width: UInt32
  /// From 1 to 512.
  public var height: UInt32
  /// `png` or `jpeg`.
  /// At most 16 bytes of UTF-8.
  public var format: String
  /// At most 1_048_576 elements.
  public var rgba: [UInt8]
  /// Since version 1.
  public var tree: Tree?
  /// Since version 3.
  public var comment: String?
  /// Since version 3.
  public var good: Bool
  /// Since version 3.
  public var hue: Hue

  @inlinable
  public init(
    width: UInt32, height: UInt32, format: String = "png", rgba: [UInt8], tree: Tree? = nil,
    comment: String? = nil, good: Bool, hue: Hue
  ) {
    self.width = width
    self.height = height
    self.format = format
    self.rgba = rgba
    self.tree = tree
    self.comment = comment
    self.good = good
    self.hue = hue
  }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    let width = try message.uint32(fields, 8, "width", in: 1...512)
    let height = try message.uint32(fields, 12, "height", in: 1...512)
    let format = try message.string(fields, 16, "format", max: 16)
    let rgba = try message.bytes(fields, 24, "rgba", max: 1_048_576)
    let tree: Tree?
    if fields.version >= 1 {
      tree = try message.optionalStructure(fields, 32, "tree", Tree.self)
    } else {
      tree = nil
    }
    let comment: String?
    if fields.version >= 3 {
      comment = try message.optionalString(fields, 40, "comment")
    } else {
      comment = nil
    }
    let good: Bool = fields.version >= 3 ? message.bool(fields, 48, bit: 0) : false
    let hue: Hue
    if fields.version >= 3 {
      hue = try message.enumeration(fields, 52, "hue", Hue.self)
    } else {
      hue = .warm
    }
    self.init(
      width: width, height: height, format: format, rgba: rgba, tree: tree, comment: comment,
      good: good, hue: hue)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, width)
    message.uint32(fields, 12, height)
    message.string(fields, 16, format)
    message.bytes(fields, 24, rgba)
    message.structure(fields, 32, tree)
    message.string(fields, 40, comment)
    message.bool(fields, 48, bit: 0, good)
    message.enumeration(fields, 52, hue)
  }
}

public struct Tree: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 64 }

  public var left: Tree? {
    get { leftStorage.first }
    set { leftStorage = newValue.map { [$0] } ?? [] }
  }
  // A value cannot hold one of its own type; an array of at most one can.
  @usableFromInline var leftStorage: [Tree]
  public var right: Tree? {
    get { rightStorage.first }
    set { rightStorage = newValue.map { [$0] } ?? [] }
  }
  // A value cannot hold one of its own type; an array of at most one can.
  @usableFromInline var rightStorage: [Tree]
  public var more: [Tree]
  public var weight: Double
  /// From 0.0 to 1.0.
  public var share: Float
  public var message: Int32?
  /// At most 100 bytes of UTF-8.
  public var fields: String?

  public init(
    left: Tree? = nil, right: Tree? = nil, more: [Tree], weight: Double = 0.5, share: Float,
    message: Int32? = nil, fields: String? = nil
  ) {
    leftStorage = left.map { [$0] } ?? []
    rightStorage = right.map { [$0] } ?? []
    self.more = more
    self.weight = weight
    self.share = share
    self.message = message
    self.fields = fields
  }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    leftStorage = try message.optionalStructure(fields, 8, "left", Tree.self).map { [$0] } ?? []
    rightStorage = try message.optionalStructure(fields, 16, "right", Tree.self).map { [$0] } ?? []
    more = try message.structures(fields, 24, "more", Tree.self)
    weight = message.double(fields, 32)
    share = try message.float(fields, 40, "share", in: 0.0...1.0)
    self.message = message.bool(fields, 44, bit: 0) ? message.int32(fields, 48) : nil
    self.fields = try message.optionalString(fields, 56, "fields", max: 100)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.structure(fields, 8, left)
    message.structure(fields, 16, right)
    message.structures(fields, 24, more)
    message.double(fields, 32, weight)
    message.float(fields, 40, share)
    if let value = self.message {
      message.bool(fields, 44, bit: 0, true)
      message.int32(fields, 48, value)
    }
    message.string(fields, 56, self.fields)
  }
}

/// One of everything that travels in an array.
public struct Rows: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 120 }

  public var bools: [Bool]
  public var maybeBools: [Bool?]
  public var shorts: [Int16]
  public var doubles: [Double]
  public var maybeLongs: [UInt64?]
  public var hues: [Hue]
  public var maybeHues: [Hue?]
  public var maybeTrees: [Tree?]
  public var shapes: [Shape]
  public var maybeShapes: [Shape?]
  public var digits: [UInt8]
  public var table: [[String]?]
  /// At most 4 elements.
  public var byName: [String: Shape]
  public var nested: [UInt8: [Bool: String]]

  @inlinable
  public init(
    bools: [Bool], maybeBools: [Bool?], shorts: [Int16], doubles: [Double], maybeLongs: [UInt64?],
    hues: [Hue], maybeHues: [Hue?], maybeTrees: [Tree?], shapes: [Shape], maybeShapes: [Shape?],
    digits: [UInt8], table: [[String]?], byName: [String: Shape], nested: [UInt8: [Bool: String]]
  ) {
    self.bools = bools
    self.maybeBools = maybeBools
    self.shorts = shorts
    self.doubles = doubles
    self.maybeLongs = maybeLongs
    self.hues = hues
    self.maybeHues = maybeHues
    self.maybeTrees = maybeTrees
    self.shapes = shapes
    self.maybeShapes = maybeShapes
    self.digits = digits
    self.table = table
    self.byName = byName
    self.nested = nested
  }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    let bools = try message.bools(fields, 8, "bools")
    let maybeBools = try message.nullableBools(fields, 16, "maybe_bools")
    let shorts = try message.numbers(fields, 24, "shorts", Int16.self)
    let doubles = try message.numbers(fields, 32, "doubles", Double.self)
    let maybeLongs = try message.nullableNumbers(fields, 40, "maybe_longs", UInt64.self)
    let hues = try message.enumerations(fields, 48, "hues", Hue.self)
    let maybeHues = try message.nullableEnumerations(fields, 56, "maybe_hues", Hue.self)
    let maybeTrees = try message.array(fields, 64, "maybe_trees", stride: 8) {
      (message, element) throws(Malformed) in
      try message.optionalStructure(element, 0, "maybe_trees", Tree.self)
    }
    let shapes = try message.array(fields, 72, "shapes", stride: 16) {
      (message, element) throws(Malformed) in
      try message.union(element, 0, "shapes", Shape.self)
    }
    let maybeShapes = try message.array(fields, 80, "maybe_shapes", stride: 16) {
      (message, element) throws(Malformed) in
      try message.optionalUnion(element, 0, "maybe_shapes", Shape.self)
    }
    let digits = try message.array(fields, 88, "digits", stride: 1) {
      (message, element) throws(Malformed) in
      try message.uint8(element, 0, "digits", in: 1...9)
    }
    let table = try message.array(fields, 96, "table", stride: 8) {
      (message, element) throws(Malformed) in
      try message.optionalArray(element, 0, "table", stride: 8) {
        (message, element) throws(Malformed) in
        try message.string(element, 0, "table")
      }
    }
    let byName = try message.map(
      fields, 104, "by_name",
      keys: { (message, map) throws(Malformed) in
        try message.array(map, 8, "by_name", stride: 8, max: 4) {
          (message, element) throws(Malformed) in
          try message.string(element, 0, "by_name")
        }
      },
      values: { (message, map) throws(Malformed) in
        try message.array(map, 16, "by_name", stride: 16, max: 4) {
          (message, element) throws(Malformed) in
          try message.union(element, 0, "by_name", Shape.self)
        }
      })
    let nested = try message.map(
      fields, 112, "nested",
      keys: { (message, map) throws(Malformed) in
        try message.bytes(map, 8, "nested")
      },
      values: { (message, map) throws(Malformed) in
        try message.array(map, 16, "nested", stride: 8) { (message, element) throws(Malformed) in
          try message.map(
            element, 0, "nested",
            keys: { (message, map) throws(Malformed) in
              try message.bools(map, 8, "nested")
            },
            values: { (message, map) throws(Malformed) in
              try message.array(map, 16, "nested", stride: 8) {
                (message, element) throws(Malformed) in
                try message.string(element, 0, "nested")
              }
            })
        }
      })
    self.init(
      bools: bools, maybeBools: maybeBools, shorts: shorts, doubles: doubles,
      maybeLongs: maybeLongs, hues: hues, maybeHues: maybeHues, maybeTrees: maybeTrees,
      shapes: shapes, maybeShapes: maybeShapes, digits: digits, table: table, byName: byName,
      nested: nested)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.bools(fields, 8, bools)
    message.nullableBools(fields, 16, maybeBools)
    message.numbers(fields, 24, shorts)
    message.numbers(fields, 32, doubles)
    message.nullableNumbers(fields, 40, maybeLongs)
    message.enumerations(fields, 48, hues)
    message.nullableEnumerations(fields, 56, maybeHues)
    message.array(fields, 64, maybeTrees, stride: 8) { message, element, value in
      message.structure(element, 0, value)
    }
    message.array(fields, 72, shapes, stride: 16) { message, element, value in
      message.union(element, 0, value)
    }
    message.array(fields, 80, maybeShapes, stride: 16) { message, element, value in
      message.union(element, 0, value)
    }
    message.array(fields, 88, digits, stride: 1) { message, element, value in
      message.uint8(element, 0, value)
    }
    message.array(fields, 96, table, stride: 8) { message, element, value in
      message.array(element, 0, value, stride: 8) { message, element, value in
        message.string(element, 0, value)
      }
    }
    message.map(
      fields, 104, byName,
      keys: { message, map, keys in
        message.array(map, 8, keys, stride: 8) { message, element, value in
          message.string(element, 0, value)
        }
      },
      values: { message, map, values in
        message.array(map, 16, values, stride: 16) { message, element, value in
          message.union(element, 0, value)
        }
      })
    message.map(
      fields, 112, nested,
      keys: { message, map, keys in
        message.bytes(map, 8, keys)
      },
      values: { message, map, values in
        message.array(map, 16, values, stride: 8) { message, element, value in
          message.map(
            element, 0, value,
            keys: { message, map, keys in
              message.bools(map, 8, keys)
            },
            values: { message, map, values in
              message.array(map, 16, values, stride: 8) { message, element, value in
                message.string(element, 0, value)
              }
            })
        }
      })
  }
}

public indirect enum Shape: WireUnion, Hashable {
  case picture(Thumbnail)
  case other(Shape?)
  case flag(Bool)
  case hues([Hue])
  case number(Float)
  case shapes([UInt8: Shape])

  public init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    switch try message.unionTag(fields, 0, field) {
    case 0: self = .picture(try message.structure(fields, 8, "picture", Thumbnail.self))
    case 1: self = .other(try message.optionalUnionObject(fields, 8, "other", Shape.self))
    case 2: self = .flag(message.bool(fields, 8, bit: 0))
    case 3: self = .hues(try message.enumerations(fields, 8, "hues", Hue.self))
    case 4: self = .number(message.float(fields, 8))
    case 5:
      let value = try message.map(
        fields, 8, "shapes",
        keys: { (message, map) throws(Malformed) in
          try message.bytes(map, 8, "shapes")
        },
        values: { (message, map) throws(Malformed) in
          try message.array(map, 16, "shapes", stride: 16) { (message, element) throws(Malformed) in
            try message.union(element, 0, "shapes", Shape.self)
          }
        })
      self = .shapes(value)
    case let tag:
      throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
    }
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .picture(let value):
      message.union(fields, 0, tag: 0)
      message.structure(fields, 8, value)
    case .other(let value):
      message.union(fields, 0, tag: 1)
      message.unionObject(fields, 8, value)
    case .flag(let value):
      message.union(fields, 0, tag: 2)
      message.bool(fields, 8, bit: 0, value)
    case .hues(let value):
      message.union(fields, 0, tag: 3)
      message.enumerations(fields, 8, value)
    case .number(let value):
      message.union(fields, 0, tag: 4)
      message.float(fields, 8, value)
    case .shapes(let value):
      message.union(fields, 0, tag: 5)
      message.map(
        fields, 8, value,
        keys: { message, map, keys in
          message.bytes(map, 8, keys)
        },
        values: { message, map, values in
          message.array(map, 16, values, stride: 16) { message, element, value in
            message.union(element, 0, value)
          }
        })
    }
  }
}

/// Later versions have more.
public enum Notice: WireUnion, Hashable {
  case number(UInt32)
  case text(String?)

  public init(
    decoding message: inout MessageDecoder, at fields: StructView, field: String
  ) throws(Malformed) {
    switch try message.unionTag(fields, 0, field) {
    case 0: self = .number(message.uint32(fields, 8))
    case 1: self = .text(try message.optionalString(fields, 8, "text"))
    default:
      // A member of a later version: what is in it means nothing to this one.
      message.skipUnionData(fields, 8)
      self = .number(0)
    }
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch self {
    case .number(let value):
      message.union(fields, 0, tag: 0)
      message.uint32(fields, 8, value)
    case .text(let value):
      message.union(fields, 0, tag: 1)
      message.string(fields, 8, value)
    }
  }
}

public struct Notices: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 32 }

  public var first: Notice
  public var others: [Notice]

  @inlinable
  public init(first: Notice, others: [Notice]) {
    self.first = first
    self.others = others
  }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    let first = try message.union(fields, 8, "first", Notice.self)
    let others = try message.array(fields, 24, "others", stride: 16) {
      (message, element) throws(Malformed) in
      try message.union(element, 0, "others", Notice.self)
    }
    self.init(first: first, others: others)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.union(fields, 8, first)
    message.array(fields, 24, others, stride: 16) { message, element, value in
      message.union(element, 0, value)
    }
  }
}

public struct DecodeFailure: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 16 }

  /// At most 256 bytes of UTF-8.
  public var reason: String

  @inlinable
  public init(reason: String) { self.reason = reason }

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    let reason = try message.string(fields, 8, "reason", max: 256)
    self.init(reason: reason)
  }

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.string(fields, 8, reason)
  }
}

public struct Nothing: WireStruct, Hashable {
  @inlinable public static var wireSize: Int { 8 }

  public init() {}

  @inlinable
  public init(decoding message: inout MessageDecoder, at fields: StructView) {}

  @inlinable
  public func encode(into message: inout MessageEncoder, at fields: StructView) {}
}

extension DecodeFailure: Error {}
