internal import MageWire

extension Malformed {
  /// The error's name as vectors have it: that of the Mojo bindings where they know the check, this project's where they do not.
  var vectorName: String {
    guard case .message(let check) = check, let name = check.bindingsName else { return name }
    return "VALIDATION_ERROR_" + name
  }
}

extension MessageCheck {
  fileprivate var bindingsName: String? {
    switch self {
    case .misalignedObject: "MISALIGNED_OBJECT"
    case .illegalMemoryRange: "ILLEGAL_MEMORY_RANGE"
    case .unexpectedStructHeader: "UNEXPECTED_STRUCT_HEADER"
    case .unexpectedArrayHeader: "UNEXPECTED_ARRAY_HEADER"
    case .illegalHandle: "ILLEGAL_HANDLE"
    case .unexpectedInvalidHandle: "UNEXPECTED_INVALID_HANDLE"
    case .illegalPointer: "ILLEGAL_POINTER"
    case .unexpectedNullPointer: "UNEXPECTED_NULL_POINTER"
    case .illegalInterfaceID: "ILLEGAL_INTERFACE_ID"
    case .unexpectedInvalidInterfaceID: "UNEXPECTED_INVALID_INTERFACE_ID"
    case .headerInvalidFlags: "MESSAGE_HEADER_INVALID_FLAGS"
    case .headerMissingRequestID: "MESSAGE_HEADER_MISSING_REQUEST_ID"
    case .headerUnknownMethod: "MESSAGE_HEADER_UNKNOWN_METHOD"
    case .differentSizedArraysInMap: "DIFFERENT_SIZED_ARRAYS_IN_MAP"
    case .unknownUnionTag: "UNKNOWN_UNION_TAG"
    case .unknownEnumValue: "UNKNOWN_ENUM_VALUE"
    case .maxRecursionDepth: "MAX_RECURSION_DEPTH"
    case .notUTF8, .notCanonical, .unreferencedHandle, .unreferencedInterfaceID, .unknownFlags,
      .unknownInterfaceID, .unexpectedUnionSize:
      nil
    }
  }
}
