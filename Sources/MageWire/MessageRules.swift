/// How strictly a message is read.
@usableFromInline
package enum MessageRules: Sendable {
  /// One byte string for each value, the only rules on pipes: both ends are of one build, and what differs was made by hand.
  case canonical
  /// What any implementation of the Mojo bindings format takes: gaps between objects, newer structs, handles that nobody names, text of any
  /// bytes. For conformance vectors.
  case mojo

  /// Deeper nesting is refused, so that no message can exhaust the stack.
  @inlinable var maxDepth: Int {
    switch self {
    case .canonical: MessageDecoder.maxDepth
    case .mojo: 100
    }
  }
}
