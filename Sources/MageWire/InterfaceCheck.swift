/// Defects of a value that is well formed and not what its interface declares.
public enum InterfaceCheck: String, CaseIterable, Sendable {
  /// More elements or bytes than `MaxLength` declares.
  case tooLong
  /// A number outside the declared `Range`, or one that contradicts another field.
  case outOfRange
  /// A descriptor of another kind than the field's.
  case attachmentKind
  /// A method that this side may not call.
  case wrongCaller
  /// More messages of a method than its `Rate` allows.
  case tooOften
}
