/// The smallest piece of an interface file that means something.
struct Token: Sendable {
  enum Kind: Equatable, Sendable {
    /// A name or a keyword: keywords are names in places where none is expected.
    case name
    case integer
    case float
    /// With its quotes.
    case string
    /// `{ } ( ) [ ] < > ; , . ? @ = - | &`
    case symbol(UInt8)
    /// `=>`
    case arrow
    /// `..`
    case range
    case end
  }

  var kind: Kind
  var span: Span
  /// The comments that stand on lines of their own directly above.
  var comments: [Span] = []
  /// Whether a line ended between the token before and this one.
  var startsLine = false
}
