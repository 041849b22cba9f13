// Maps and unions.

extension MessageDecoder {
  /// A map: a struct of two arrays.
  ///
  /// - Parameters:
  ///   - fields: of the struct that points to it.
  ///   - offset: of the pointer.
  ///   - name: of the field, for reports.
  ///   - keys: reads the array field at offset 8 of the view that it is given.
  ///   - values: reads the one at 16.
  @inlinable
  public mutating func map<Key: Hashable, Value>(
    _ fields: StructView, _ offset: Int, _ name: String,
    keys: (inout MessageDecoder, StructView) throws(Malformed) -> [Key],
    values: (inout MessageDecoder, StructView) throws(Malformed) -> [Value]
  ) throws(Malformed) -> [Key: Value] {
    let value = try optionalMap(fields, offset, name, keys: keys, values: values)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalMap<Key: Hashable, Value>(
    _ fields: StructView, _ offset: Int, _ name: String,
    keys: (inout MessageDecoder, StructView) throws(Malformed) -> [Key],
    values: (inout MessageDecoder, StructView) throws(Malformed) -> [Value]
  ) throws(Malformed) -> [Key: Value]? {
    try pointer(fields, offset, name) { (decoder, target) throws(Malformed) in
      let view = try decoder.mapView(at: target, name)
      return try decoder.readingAll(from: target + 8, to: target + view.size, name) {
        (decoder) throws(Malformed) in
        let outer = decoder.isInKeys
        decoder.isInKeys = true
        let keys = try keys(&decoder, view)
        decoder.isInKeys = outer
        if decoder.isCanonical, KeyOrder(Key.self) == nil {
          try decoder.expectAscendingBytes(ofKeysIn: view, name)
        }
        let values = try values(&decoder, view)
        return try decoder.map(of: keys, values, name)
      }
    }
  }

  @usableFromInline
  mutating func mapView(
    at position: Int, _ name: String
  ) throws(Malformed) -> StructView {
    try skipPadding(to: position, field: name)
    let size = try claims.structHeader(at: position, field: name)
    let version = claims.uint32(at: position + 4)
    guard size == 24, version == 0 else {
      throw Malformed(
        .message(.unexpectedStructHeader), field: name,
        detail: "version \(version) with \(size) bytes, wants 24")
    }
    return StructView(base: position, size: size)
  }

  /// For keys that have no other order. They were read: every object of theirs lies before `claims.next`.
  @usableFromInline
  func expectAscendingBytes(
    ofKeysIn map: StructView, _ name: String
  ) throws(Malformed) {
    guard let array = try claims.target(at: map.base + 8, field: name) else { return }
    let count = Int(claims.uint32(at: array + 4))
    // No check of what came: elements that are no pointers are no structs.
    guard Int(claims.uint32(at: array)) == 8 + count * 8 else { return }
    var last: ArraySlice<UInt8>?
    for index in 0..<count {
      guard let key = try keyBytes(at: array + 8 + index * 8, isLast: index == count - 1, name)
      else { return }
      if let last, !last.lexicographicallyPrecedes(key) {
        throw Malformed(.message(.notCanonical), field: name, detail: "keys do not ascend")
      }
      last = key
    }
  }

  /// The bytes from where a pointer leads to where the next one does.
  private func keyBytes(
    at pointer: Int, isLast: Bool, _ name: String
  ) throws(Malformed) -> ArraySlice<UInt8>? {
    guard let start = try claims.target(at: pointer, field: name) else { return nil }
    let next = isLast ? claims.next : try claims.target(at: pointer + 8, field: name)
    // No check of what came: the keys were read.
    guard let next, start < next, next <= claims.end else { return nil }
    return bytes[start..<next]
  }

  @usableFromInline
  func map<Key: Hashable, Value>(
    of keys: [Key], _ values: [Value], _ name: String
  ) throws(Malformed) -> [Key: Value] {
    guard keys.count == values.count else {
      throw Malformed(
        .message(.differentSizedArraysInMap), field: name,
        detail: "\(keys.count) keys, \(values.count) values")
    }
    guard isCanonical else {  // no check: lax is what is not strict
      return Dictionary(zip(keys, values)) { _, last in last }
    }
    if let order = KeyOrder(Key.self), !zip(keys, keys.dropFirst()).allSatisfy(order.precedes) {
      throw Malformed(.message(.notCanonical), field: name, detail: "keys do not ascend")
    }
    var map: [Key: Value] = [:]
    for (key, value) in zip(keys, values) where map.updateValue(value, forKey: key) != nil {
      throw Malformed(.message(.notCanonical), field: name, detail: "a key twice")
    }
    return map
  }
}

// MARK: - Unions

extension MessageDecoder {
  /// The tag of an inline union; its 8 bytes of data are at `offset + 8`.
  @inlinable
  public mutating func unionTag(
    _ fields: StructView, _ offset: Int, _ name: String
  ) throws(Malformed) -> UInt32 {
    let size = uint32(fields, offset)
    guard size != 0 else { throw Self.null(name) }
    guard size == 16 else {
      throw Malformed(.message(.unexpectedUnionSize), field: name, detail: "\(size)")
    }
    return uint32(fields, offset + 4)
  }

  /// A union that lies in its struct or array.
  @inlinable
  public mutating func union<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    guard let position = fields.position(offset, 16) else { throw Self.null(name) }
    guard depth < deepest else { throw Self.tooDeep(name) }
    depth &+= 1
    let value = try Value(
      decoding: &self, at: StructView(base: position, size: 16), field: name)
    depth &-= 1
    return value
  }

  /// The same, or `nil`. What is beside a size of zero must be zero too, as padding must.
  @inlinable
  public mutating func optionalUnion<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value? {
    guard let position = fields.position(offset, 4), claims.uint32(at: position) != 0 else {
      return nil
    }
    return try union(fields, offset, name, type)
  }

  /// A union inside a union: it lies behind a pointer.
  @inlinable
  public mutating func unionObject<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    let value = try optionalUnionObject(fields, offset, name, type)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalUnionObject<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value? {
    try pointer(fields, offset, name) { (decoder, target) throws(Malformed) in
      try decoder.skipPadding(to: target, field: name)
      try decoder.claims.claim(target, 16, field: name)
      let view = StructView(base: target, size: 16)
      return try decoder.readingAll(from: target, to: target + 16, name) {
        (decoder) throws(Malformed) in
        try Value(decoding: &decoder, at: view, field: name)
      }
    }
  }
}
