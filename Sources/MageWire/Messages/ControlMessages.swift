/// Messages that every interface has beside its own, under reserved numbers: which version the peer knows, and whether it has taken all that was
/// sent before.
public enum ControlMessages {
  /// Asks, and is answered.
  public static let run: UInt32 = 0xFFFF_FFFF
  /// Demands: who cannot do it closes the pipe.
  public static let runOrClosePipe: UInt32 = 0xFFFF_FFFE

  static let messages = [
    MethodMessages(run, "Run", request: Run.self, reply: RunReply.self),
    MethodMessages(runOrClosePipe, "RunOrClosePipe", request: RunOrClosePipe.self),
  ]

  /// Whether an ordinal is one of the two.
  public static func isControl(_ ordinal: UInt32) -> Bool { ordinal >= runOrClosePipe }

  // MARK: Run

  /// What is asked.
  public enum Question: WireUnion, Hashable {
    /// The highest version of the interface that the peer knows.
    case queryVersion
    /// Nothing: the answer says that what was sent before has arrived.
    case flushForTesting

    public init(
      decoding message: inout MessageDecoder, at fields: StructView, field: String
    ) throws(Malformed) {
      switch try message.unionTag(fields, 0, field) {
      case 0:
        _ = try message.structure(fields, 8, "query_version", Empty.self)
        self = .queryVersion
      case 1:
        _ = try message.structure(fields, 8, "flush_for_testing", Empty.self)
        self = .flushForTesting
      case let tag:
        throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
      }
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.union(fields, 0, tag: self == .queryVersion ? 0 : 1)
      message.structure(fields, 8, Empty())
    }
  }

  /// The parameters of ``run``.
  public struct Run: WireStruct, Hashable {
    public static let wireSize = 24
    public var input: Question

    public init(_ input: Question) { self.input = input }

    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      input = try message.union(fields, 8, "input", Question.self)
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.union(fields, 8, input)
    }
  }

  /// The highest version that the answering side knows.
  public struct VersionResult: WireStruct, Hashable {
    public static let wireSize = 16
    public var version: UInt32

    public init(_ version: UInt32) { self.version = version }

    public init(decoding message: inout MessageDecoder, at fields: StructView) {
      version = message.uint32(fields, 8)
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.uint32(fields, 8, version)
    }
  }

  /// What is answered.
  public enum Answer: WireUnion, Hashable {
    case version(VersionResult)

    public init(
      decoding message: inout MessageDecoder, at fields: StructView, field: String
    ) throws(Malformed) {
      switch try message.unionTag(fields, 0, field) {
      case 0:
        self = .version(
          try message.structure(fields, 8, "query_version_result", VersionResult.self))
      case let tag:
        throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
      }
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      guard case .version(let result) = self else { return }
      message.union(fields, 0, tag: 0)
      message.structure(fields, 8, result)
    }
  }

  /// The reply to ``run``; nothing for what is not a question with an answer.
  public struct RunReply: WireStruct, Hashable {
    public static let wireSize = 24
    public var output: Answer?

    public init(_ output: Answer?) { self.output = output }

    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      output = try message.optionalUnion(fields, 8, "output", Answer.self)
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.union(fields, 8, output)
    }
  }

  // MARK: RunOrClosePipe

  /// What is demanded. The format has others; the runtime sends none of them, and refuses them.
  public enum Demand: WireUnion, Hashable {
    /// That the receiver knows at least this version of the interface.
    case requireVersion(VersionResult)

    public init(
      decoding message: inout MessageDecoder, at fields: StructView, field: String
    ) throws(Malformed) {
      switch try message.unionTag(fields, 0, field) {
      case 0:
        self = .requireVersion(
          try message.structure(fields, 8, "require_version", VersionResult.self))
      case let tag:
        throw Malformed(.message(.unknownUnionTag), field: field, detail: "\(tag)")
      }
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      guard case .requireVersion(let version) = self else { return }
      message.union(fields, 0, tag: 0)
      message.structure(fields, 8, version)
    }
  }

  /// The parameters of ``runOrClosePipe``.
  public struct RunOrClosePipe: WireStruct, Hashable {
    public static let wireSize = 24
    public var input: Demand

    public init(_ input: Demand) { self.input = input }

    public init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
      input = try message.union(fields, 8, "input", Demand.self)
    }

    public func encode(into message: inout MessageEncoder, at fields: StructView) {
      message.union(fields, 8, input)
    }
  }
}
