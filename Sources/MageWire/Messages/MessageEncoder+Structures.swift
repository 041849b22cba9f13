// Structs, maps and unions; `nil` is written as null.

extension MessageEncoder {
  @inlinable
  public mutating func structure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ value: Value?
  ) {
    guard let value else { return }
    pointToEnd(fields.base + offset)
    structure(value)
  }

  /// A map: a struct of two arrays. Its keys are written in one order, so that equal maps have equal bytes.
  ///
  /// - Parameters:
  ///   - fields: of the struct that points to it.
  ///   - offset: of the pointer.
  ///   - value: what is written.
  ///   - keys: writes the array field at offset 8 of the view that it is given.
  ///   - values: writes the one at 16.
  @inlinable
  public mutating func map<Key: Hashable, Value>(
    _ fields: StructView, _ offset: Int, _ value: [Key: Value]?,
    keys: (inout MessageEncoder, StructView, [Key]) -> Void,
    values: (inout MessageEncoder, StructView, [Value]) -> Void
  ) {
    guard let value else { return }
    pointToEnd(fields.base + offset)
    let view = mapView()
    let pairs = Self.ordered(value, keys)
    let outer = isInKeys
    isInKeys = true
    keys(&self, view, pairs.map(\.key))
    isInKeys = outer
    values(&self, view, pairs.map(\.value))
  }

  @usableFromInline
  mutating func mapView() -> StructView {
    let base = append(zeros: 24)
    put(24 as UInt32, at: base)
    return StructView(base: base, size: 24)
  }

  @usableFromInline
  static func ordered<Key: Hashable, Value>(
    _ map: [Key: Value], _ write: (inout MessageEncoder, StructView, [Key]) -> Void
  ) -> [(key: Key, value: Value)] {
    if let order = KeyOrder(Key.self) {
      return map.sorted { order.precedes($0.key, $1.key) }
    }
    let written = map.map { pair in
      let bytes = Self.bytes { write(&$0, $0.mapView(), [pair.key]) }
      return (bytes: bytes, pair: pair)
    }
    return written.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.pair)
  }
}

// MARK: - Unions

extension MessageEncoder {
  /// The head of an inline union; write its member at `offset + 8`.
  @inlinable
  public mutating func union(_ fields: StructView, _ offset: Int, tag: UInt32) {
    put(16 as UInt32, at: fields.base + offset)
    put(tag, at: fields.base + offset + 4)
  }

  /// A union that lies in its struct or array.
  @inlinable
  public mutating func union<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ value: Value?
  ) {
    value?.encode(into: &self, at: StructView(base: fields.base + offset, size: 16))
  }

  /// A union inside a union: it lies behind a pointer.
  @inlinable
  public mutating func unionObject<Value: WireUnion>(
    _ fields: StructView, _ offset: Int, _ value: Value?
  ) {
    guard let value else { return }
    pointToEnd(fields.base + offset)
    let view = StructView(base: append(zeros: 16), size: 16)
    value.encode(into: &self, at: view)
  }
}
