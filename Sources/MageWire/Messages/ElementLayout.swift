/// How an array's elements lie in its body.
@usableFromInline
enum ElementLayout {
  /// Elements of this many bytes each.
  case sized(Int)
  /// A bitmap of those that are there, padded to an element's size, and then all of this many bytes each.
  case nullable(Int)
  /// One bit each, from the lowest bit of the first byte.
  case bits
  /// A bitmap of those that are there, and then one of their values.
  case nullableBits

  /// The body's bytes for `count` elements; `count` is below 2^32.
  @inlinable @inline(__always)
  func bytes(_ count: Int) -> Int {
    switch self {
    case .sized(let size): count &* size
    case .nullable(let size): values(count) &+ count &* size
    case .bits: Self.bitmap(count)
    case .nullableBits: 2 &* Self.bitmap(count)
    }
  }

  /// Where the values begin in the body.
  @inlinable @inline(__always)
  func values(_ count: Int) -> Int {
    switch self {
    case .sized, .bits: 0
    case .nullable(let size): (Self.bitmap(count) &+ size &- 1) / size &* size
    case .nullableBits: Self.bitmap(count)
    }
  }

  @inlinable
  static func bitmap(_ count: Int) -> Int { (count &+ 7) / 8 }
}
