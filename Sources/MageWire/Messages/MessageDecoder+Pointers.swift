// Fields that lead to objects.

extension MessageDecoder {
  /// Follows a pointer field; `nil` for null. The depth is counted even there.
  @inlinable @inline(__always)
  mutating func target(
    _ fields: StructView, _ offset: Int, _ field: String
  ) throws(Malformed) -> Int? {
    guard let position = fields.position(offset, 8) else { throw Self.null(field) }
    unread &-= Weight.of8(claims.uint64(at: position))
    guard depth < deepest else { throw Self.tooDeep(field) }
    return try claims.target(at: position, field: field)
  }

  @usableFromInline @inline(never)
  static func tooDeep(_ field: String) -> Malformed {
    Malformed(.message(.maxRecursionDepth), field: field)
  }

  @usableFromInline @inline(never)
  static func tooLong(_ count: Int, _ max: Int, _ field: String) -> Malformed {
    Malformed(.interface(.tooLong), field: field, detail: "\(count), limit \(max)")
  }

  /// Follows a pointer field and reads what it leads to.
  @inlinable @inline(__always)
  mutating func pointer<Value>(
    _ fields: StructView, _ offset: Int, _ field: String,
    _ decode: (inout MessageDecoder, Int) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    guard let target = try target(fields, offset, field) else { return nil }
    depth &+= 1
    let value = try decode(&self, target)
    depth &-= 1
    return value
  }

  /// Makes sure that `body` reads all that is in a range and not zero.
  @inlinable
  mutating func readingAll<Value>(
    from start: Int, to end: Int, _ field: String,
    _ body: (inout MessageDecoder) throws(Malformed) -> Value
  ) throws(Malformed) -> Value {
    let outer = unread
    unread = claims.sum(from: start, to: end)
    let value = try body(&self)
    try expectAllRead(field)
    unread = outer
    return value
  }

  /// Claims the array that a pointer field leads to; `nil` for null.
  ///
  /// - Parameters:
  ///   - max: the field's `MaxLength` in elements; without one the message's own size is the bound.
  ///   - count: the length of a fixed array.
  @inlinable @inline(__always)
  mutating func body(
    _ fields: StructView, _ offset: Int, _ name: String, _ layout: ElementLayout, max: Int,
    count: Int?
  ) throws(Malformed) -> ArrayBody? {
    guard let target = try target(fields, offset, name) else { return nil }
    try skipPadding(to: target, field: name)
    let found = try claims.array(
      at: target, layout, fixedCount: count, exact: isCanonical, field: name)
    guard found.count <= max else {
      throw Self.tooLong(found.count, max, name)
    }
    return ArrayBody(
      count: found.count, start: found.elements, end: found.elements &+ layout.bytes(found.count),
      values: found.elements &+ layout.values(found.count))
  }

  /// The same for arrays whose elements are read one by one: all that is not zero must be read.
  @inlinable
  mutating func optionalElements<Value>(
    _ fields: StructView, _ offset: Int, _ name: String, _ layout: ElementLayout, max: Int,
    count: Int?, _ read: (inout MessageDecoder, ArrayBody) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    guard let body = try body(fields, offset, name, layout, max: max, count: count) else {
      return nil
    }
    depth &+= 1
    let value = try readingAll(from: body.start, to: body.end, name) {
      (decoder) throws(Malformed) in try read(&decoder, body)
    }
    depth &-= 1
    return value
  }
}

/// The body of an array that has been claimed.
@usableFromInline
struct ArrayBody {
  @usableFromInline let count: Int
  @usableFromInline let start: Int
  @usableFromInline let end: Int
  /// Where the values begin.
  @usableFromInline let values: Int

  @inlinable
  init(count: Int, start: Int, end: Int, values: Int) {
    self.count = count
    self.start = start
    self.end = end
    self.values = values
  }

  /// `start` is not behind `end`: the body's size is no negative number.
  @inlinable var range: Range<Int> { unsafe Range(uncheckedBounds: (start, end)) }
}
