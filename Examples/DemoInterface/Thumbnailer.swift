public import Mage
public import MageWire

/// Turns a stranger's image file into a thumbnail. Implemented by `demo-worker`, in a sandbox; called by `demo-host`.
///
/// The bindings are written by hand, as the interface compiler would write them from
///
///     interface Thumbnailer {
///       Decode(handle<platform> image, [Range=1..512] uint32 max_side) => (DecodeResult result);
///     }
public enum Thumbnailer: Interface {
  public static let name = "demo.Thumbnailer"
  public static let decode = Method<Thumbnailer, DecodeRequest, DecodeReply>(0, "Decode")

  /// The longest side of a thumbnail that may be asked for, in pixels.
  public static let largestSide: UInt32 = 512
}

/// The parameters of ``Thumbnailer/decode``.
public struct DecodeRequest: WireStruct {
  public static let wireSize = 16

  /// A regular file, open for reading.
  public var image: Attachment
  /// The thumbnail fits into a square of this side, in pixels.
  public var maxSide: UInt32

  public init(image: Attachment, maxSide: UInt32) {
    self.image = image
    self.maxSide = maxSide
  }

  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    image = try message.attachment(fields, 8, "image", .file)
    maxSide = try message.uint32(fields, 12, "max_side", in: 1...Thumbnailer.largestSide)
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.handle(fields, 8, image)
    message.uint32(fields, 12, maxSide)
  }
}

/// The reply of ``Thumbnailer/decode``.
public struct DecodeReply: WireStruct {
  public static let wireSize = 24

  public var result: DecodeResult

  public init(result: DecodeResult) { self.result = result }

  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    switch try message.unionTag(fields, 8, "result") {
    case 0: result = .thumbnail(try message.structure(fields, 16, "thumbnail", Thumbnail.self))
    case 1: result = .failure(try message.structure(fields, 16, "failure", DecodeFailure.self))
    case let tag: throw Malformed(.message(.unknownUnionTag), field: "result", detail: "\(tag)")
    }
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    switch result {
    case .thumbnail(let thumbnail):
      message.union(fields, 8, tag: 0)
      message.structure(fields, 16, thumbnail)
    case .failure(let failure):
      message.union(fields, 8, tag: 1)
      message.structure(fields, 16, failure)
    }
  }
}

/// A picture, or why there is none.
public enum DecodeResult: Equatable, Sendable {
  case thumbnail(Thumbnail)
  case failure(DecodeFailure)
}

/// A small picture and what it was made of.
public struct Thumbnail: WireStruct, Equatable {
  public static let wireSize = 40
  static let longestFormat = 16
  static let mostBytes = 1 << 20

  /// Pixels.
  public var width: UInt32
  public var height: UInt32
  /// Pixels of the image in the file.
  public var originalWidth: UInt32
  public var originalHeight: UInt32
  /// `png` or `jpeg`; at most 16 bytes.
  public var format: String
  /// Four bytes for each pixel, rows from the top; at most 1 MiB.
  public var rgba: [UInt8]

  public init(
    width: UInt32, height: UInt32, originalWidth: UInt32, originalHeight: UInt32, format: String,
    rgba: [UInt8]
  ) {
    self.width = width
    self.height = height
    self.originalWidth = originalWidth
    self.originalHeight = originalHeight
    self.format = format
    self.rgba = rgba
  }

  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    width = try message.uint32(fields, 8, "width", in: 1...Thumbnailer.largestSide)
    height = try message.uint32(fields, 12, "height", in: 1...Thumbnailer.largestSide)
    originalWidth = message.uint32(fields, 16)
    originalHeight = message.uint32(fields, 20)
    format = try message.string(fields, 24, "format", max: Self.longestFormat)
    rgba = try message.bytes(fields, 32, "rgba", max: Self.mostBytes)
    // Both sides are at most 512: the product does not overflow.
    guard rgba.count == Int(width) * Int(height) * 4 else {
      throw Malformed(
        .interface(.outOfRange), field: "rgba",
        detail: "\(rgba.count) bytes for \(width) by \(height) pixels")
    }
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.uint32(fields, 8, width)
    message.uint32(fields, 12, height)
    message.uint32(fields, 16, originalWidth)
    message.uint32(fields, 20, originalHeight)
    message.string(fields, 24, format)
    message.bytes(fields, 32, rgba)
  }
}

/// Why a file is no image.
public struct DecodeFailure: WireStruct, Equatable {
  public static let wireSize = 16
  static let longestReason = 256

  /// The decoder's words, which may be made of the file's: print them escaped. At most 256 bytes.
  public var reason: String

  public init(reason: String) { self.reason = reason }

  public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    reason = try message.string(fields, 8, "reason", max: Self.longestReason)
  }

  public func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.string(fields, 8, reason)
  }
}
