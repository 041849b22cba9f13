/// Defects of a message in the Mojo bindings format. One case per check, named as the format's other implementations name
/// them where they have a name for it.
public enum MessageCheck: String, CaseIterable, Sendable {
  /// An object does not start at a multiple of 8.
  case misalignedObject
  /// An object lies outside the message, overlaps another, or comes out of order.
  case illegalMemoryRange
  /// A struct's size is below its header or does not fit its version.
  case unexpectedStructHeader
  /// An array is too small for its elements, has too many, or has the wrong fixed length.
  case unexpectedArrayHeader
  /// A handle index is out of range, repeated or decreasing.
  case illegalHandle
  /// No handle where one is required.
  case unexpectedInvalidHandle
  /// A pointer is beyond 32 bits.
  case illegalPointer
  /// Null where an object is required.
  case unexpectedNullPointer
  /// An id in the interface-id array is reserved, or an index into that array is out of range, repeated or decreasing.
  case illegalInterfaceID
  /// No interface id where one is required.
  case unexpectedInvalidInterfaceID
  /// Flags that contradict each other or the direction.
  case headerInvalidFlags
  /// Flags need a request id and the header has none.
  case headerMissingRequestID
  /// The interface has no such method, or no reply for it.
  case headerUnknownMethod
  /// A map has more keys than values, or fewer.
  case differentSizedArraysInMap
  /// A union's tag is not known.
  case unknownUnionTag
  /// An enum's value is not known.
  case unknownEnumValue
  /// Objects are nested too deep.
  case maxRecursionDepth

  // The format's own receivers do not check what follows; both ends of our channels are of one build, so there is one
  // byte string for each value, and whatever differs from it was made by hand.

  /// A string is not UTF-8.
  case notUTF8
  /// Bytes between or after objects that belong to none, or are not zero.
  case notCanonical
  /// A handle came that no field names.
  case unreferencedHandle
  /// An interface id came that no field names.
  case unreferencedInterfaceID
  /// The header has flag bits that this version does not know.
  case unknownFlags
  /// The message is for another interface on the same pipe, and there is none.
  case unknownInterfaceID
  /// A union's size is neither 16 nor 0.
  case unexpectedUnionSize
}
