/// A file as it was written: names are not looked up yet.
package struct SyntaxFile: Sendable {
  var module: Path?
  var moduleAttributes: [Attribute] = []
  var imports: [ImportSyntax] = []
  var declarations: [DeclarationSyntax] = []
}

struct Name: Hashable, Sendable {
  var text: String
  var span: Span
}

/// `demo.images.Size`
struct Path: Sendable {
  var names: [Name]

  var text: String { names.map(\.text).joined(separator: ".") }

  var span: Span {
    guard let first = names.first, let last = names.last else {
      return Span(file: 0, start: 0, end: 0)
    }
    return first.span.through(last.span)
  }
}

struct ImportSyntax: Sendable {
  var attributes: [Attribute]
  /// As written, without quotes.
  var path: String
  var span: Span
}

/// `[Name]`, `[Name=value]`
struct Attribute: Sendable {
  var name: Name
  var value: ValueSyntax?

  var span: Span { name.span.through(value?.span ?? name.span) }
}

/// What stands behind `=`, before anybody knows what type it should have.
struct ValueSyntax: Sendable {
  indirect enum Kind: Sendable {
    case integer(Int128)
    case double(Double)
    case string(String)
    case path(Path)
    case range(ValueSyntax, ValueSyntax)
  }

  var kind: Kind
  var span: Span
}

struct TypeSyntax: Sendable {
  indirect enum Kind: Sendable {
    case path(Path)
    case array(TypeSyntax, count: ValueSyntax?)
    case map(TypeSyntax, TypeSyntax)
    case handle(Name?)
    /// `pending_remote<T>` and its like, by keyword.
    case pending(String, Path)
  }

  var attributes: [Attribute] = []
  var kind: Kind
  var isNullable = false
  var span: Span
}

/// A field of a struct or union, a parameter of a method.
struct FieldSyntax: Sendable {
  var documentation: [Span]
  var attributes: [Attribute]
  var type: TypeSyntax
  var name: Name
  var ordinal: Located<UInt32>?
  var initial: ValueSyntax?
}

struct Located<Value: Sendable>: Sendable {
  var value: Value
  var span: Span
}

struct MethodSyntax: Sendable {
  enum Reply: Sendable {
    case parameters([FieldSyntax])
    case result(TypeSyntax, TypeSyntax)
  }

  var documentation: [Span]
  var attributes: [Attribute]
  var name: Name
  var ordinal: Located<UInt32>?
  var parameters: [FieldSyntax]
  var reply: Reply?
}

struct MemberSyntax: Sendable {
  var documentation: [Span]
  var attributes: [Attribute]
  var name: Name
  var value: ValueSyntax?
}

struct DeclarationSyntax: Sendable {
  enum Kind: Sendable {
    case interface(methods: [MethodSyntax])
    case structure(fields: [FieldSyntax])
    case union(fields: [FieldSyntax])
    case enumeration(members: [MemberSyntax])
    case constant(TypeSyntax, ValueSyntax)
  }

  var documentation: [Span]
  var attributes: [Attribute]
  var name: Name
  var kind: Kind
  var nested: [DeclarationSyntax] = []
}
