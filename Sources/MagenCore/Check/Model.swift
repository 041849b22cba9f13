/// Interfaces as they are meant: every name looked up, every ordinal and value known, every rule of the language kept.
package struct Program: Sendable {
  package internal(set) var files: [SourceFile] = []
  /// For each file, the files that it imports and how.
  package internal(set) var imports: [[ImportModel]] = []
  package internal(set) var modules: [String] = []
  package internal(set) var interfaces: [InterfaceModel] = []
  package internal(set) var structures: [StructureModel] = []
  package internal(set) var unions: [UnionModel] = []
  package internal(set) var enumerations: [EnumerationModel] = []
  package internal(set) var constants: [ConstantModel] = []
  /// In the order in which each file declares them, nested ones excluded.
  package internal(set) var topLevel: [[Symbol]] = []
}

package struct ImportModel: Equatable, Sendable {
  package var file: Int
  /// The Swift module that holds its bindings, when that is another.
  package var swiftModule: String?
}

/// One declaration, by its place in the program's tables.
package enum Symbol: Hashable, Sendable {
  case interface(Int)
  case structure(Int)
  case union(Int)
  case enumeration(Int)
  case constant(Int)
}

/// What every declaration has.
package struct Declared: Sendable {
  /// As written.
  package var name: String
  /// With the module and what it is nested in: `demo.Thumbnailer.Kind`.
  package var fullName: String
  /// As Swift writes it from outside: `Thumbnailer.Kind`.
  package var swiftName: String
  package var file: Int
  package var span: Span
  package var documentation: [String] = []
  package var allowances: [Allowance] = []
  package var nested: [Symbol] = []
  package var isNested = false
  /// Whether it is what goes wrong in a `result<T, E>`.
  package var isError = false

  /// The last part of ``swiftName``.
  package var swiftLeaf: String {
    swiftName.split(separator: ".").last.map(String.init) ?? swiftName
  }
}

/// `[Allow="17 because …"]`: a rule of the linter that does not apply here, and why.
package struct Allowance: Equatable, Sendable {
  package var rule: Int
  package var reason: String
  package var span: Span
}

package struct TypeModel: Equatable, Sendable {
  package indirect enum Kind: Equatable, Sendable {
    case bool
    case number(NumberKind)
    case string
    case array(TypeModel, count: Int?)
    case map(TypeModel, TypeModel)
    case handle(HandleKind)
    case pending(PendingKind, interface: Int)
    case structure(Int)
    case union(Int)
    case enumeration(Int)
    /// A type that was refused; nothing more is said about it.
    case unknown
  }

  package var kind: Kind
  package var isNullable = false
  /// Bytes of a string, elements of an array or map.
  package var maxLength: Int?
  package var range: NumberRange?
  /// Shared memory that nobody can write any more.
  package var isFrozen = false
  /// Read where it lies in the message, and not copied out.
  package var isView = false
  /// Read where the peer has put it, which may write it meanwhile.
  package var isInPlace = false
  /// `char`: a number that is meant as a character.
  package var isCharacter = false
}

package enum NumberRange: Equatable, Sendable {
  case integers(Int128, Int128)
  case doubles(Double, Double)
}

package enum NumberKind: String, CaseIterable, Sendable {
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double

  package var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .int64, .uint64, .double: 8
    }
  }

  package var isFloating: Bool { self == .float || self == .double }
  package var isSigned: Bool { !rawValue.hasPrefix("u") }

  /// What integers of this kind can be.
  var bounds: ClosedRange<Int128> {
    let bits = Int128(1) << Int128(size * 8)
    return isSigned ? -(bits / 2)...(bits / 2 - 1) : 0...(bits - 1)
  }
}

package enum HandleKind: String, CaseIterable, Sendable {
  case any
  case messagePipe = "message_pipe"
  case dataPipeConsumer = "data_pipe_consumer"
  case dataPipeProducer = "data_pipe_producer"
  case sharedBuffer = "shared_buffer"
  case platform
}

package enum PendingKind: String, CaseIterable, Sendable {
  case remote = "pending_remote"
  case receiver = "pending_receiver"
  case associatedRemote = "pending_associated_remote"
  case associatedReceiver = "pending_associated_receiver"

  var isRemote: Bool { self == .remote || self == .associatedRemote }
  var isAssociated: Bool { self == .associatedRemote || self == .associatedReceiver }
}

package struct FieldModel: Sendable {
  package var name: String
  package var swiftName: String
  package var type: TypeModel
  package var ordinal: UInt32
  /// Whether the file says so, with `@`.
  package var hasOrdinal = false
  package var minVersion: UInt32 = 0
  package var initial: ValueModel?
  /// The member of an extensible union or enum that stands for what is not known.
  package var isDefault = false
  package var documentation: [String] = []
  package var allowances: [Allowance] = []
  package var span: Span
}

package enum ValueModel: Equatable, Sendable {
  case bool(Bool)
  case integer(Int128)
  case double(Double)
  case string(String)
  case member(enumeration: Int, index: Int)
}

package struct StructureModel: Sendable {
  package var declared: Declared
  /// In the order of their ordinals.
  package var fields: [FieldModel] = []
  /// Whether a value may hold values of its own type by fields alone: Swift then needs a box.
  package var isRecursive = false
}

package struct UnionModel: Sendable {
  package var declared: Declared
  package var fields: [FieldModel] = []
  package var isExtensible = false
  package var isRecursive = false
}

package struct EnumerationModel: Sendable {
  package struct Member: Sendable {
    package var name: String
    package var swiftName: String
    package var value: Int32
    package var minVersion: UInt32 = 0
    package var isDefault = false
    package var documentation: [String] = []
    package var span: Span
  }

  package var declared: Declared
  package var members: [Member] = []
  package var isExtensible = false

  /// Whether values that are not known stay what they are, for want of a default.
  var keepsUnknown: Bool { isExtensible && !members.contains(where: \.isDefault) }
}

package struct ConstantModel: Sendable {
  package var declared: Declared
  package var type: TypeModel
  package var value: ValueModel
}

package enum Side: String, Sendable {
  case host, worker
}

package struct InterfaceModel: Sendable {
  package var declared: Declared
  package var methods: [MethodModel] = []
  package var from: Side?
  package var sandbox: String?
  package var version: UInt32 = 0
}

package struct MethodModel: Sendable {
  package enum Reply: Sendable {
    case parameters([FieldModel])
    /// `success` is tag 0, `failure` tag 1 of a union that is the only parameter.
    case result(success: FieldModel, failure: FieldModel)
  }

  package var name: String
  package var swiftName: String
  package var ordinal: UInt32
  package var parameters: [FieldModel]
  package var reply: Reply?
  package var from: Side?
  /// Messages in a second.
  package var rate: Int?
  package var isSync = false
  /// A call that was made twice has done no more than one that was made once.
  package var isIdempotent = false
  package var minVersion: UInt32 = 0
  package var documentation: [String] = []
  package var allowances: [Allowance] = []
  package var span: Span
}
