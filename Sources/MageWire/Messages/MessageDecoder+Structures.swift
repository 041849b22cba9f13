// Arrays of anything else, and structs.

extension MessageDecoder {
  /// A struct that must be there.
  @inlinable
  public mutating func structure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value {
    let value = try optionalStructure(fields, offset, name, type)
    return try required(value, name)
  }

  /// A struct, or `nil`.
  @inlinable
  public mutating func optionalStructure<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type
  ) throws(Malformed) -> Value? {
    try pointer(fields, offset, name) { (decoder, target) throws(Malformed) in
      try decoder.structure(type, at: target, field: name)
    }
  }

  /// An array of structs.
  @inlinable
  public mutating func structures<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value] {
    let value = try optionalStructures(fields, offset, name, type, max: max, count: count)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalStructures<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ name: String, _ type: Value.Type, max: Int = .max,
    count: Int? = nil
  ) throws(Malformed) -> [Value]? {
    try optionalArray(fields, offset, name, stride: 8, max: max, count: count) {
      (decoder, element) throws(Malformed) in
      try decoder.structure(element, 0, name, type)
    }
  }

  /// An array of what has no method of its own.
  ///
  /// - Parameters:
  ///   - fields: of the struct that points to it.
  ///   - offset: of the pointer.
  ///   - name: of the field, for reports.
  ///   - max: elements at most.
  ///   - count: elements exactly, where that is fixed.
  ///   - stride: bytes of an element: 1, 2, 4, 8 or 16.
  ///   - element: reads one, at offset 0 of the view that it is given.
  @inlinable
  public mutating func array<Value>(
    _ fields: StructView, _ offset: Int, _ name: String, stride: Int, max: Int = .max,
    count: Int? = nil, _ element: (inout MessageDecoder, StructView) throws(Malformed) -> Value
  ) throws(Malformed) -> [Value] {
    let value = try optionalArray(
      fields, offset, name, stride: stride, max: max, count: count, element)
    return try required(value, name)
  }

  /// The same, or `nil`.
  @inlinable
  public mutating func optionalArray<Value>(
    _ fields: StructView, _ offset: Int, _ name: String, stride: Int, max: Int = .max,
    count: Int? = nil, _ element: (inout MessageDecoder, StructView) throws(Malformed) -> Value
  ) throws(Malformed) -> [Value]? {
    try optionalElements(fields, offset, name, .sized(stride), max: max, count: count) {
      (decoder, body) throws(Malformed) in
      var values: [Value] = []
      for index in 0..<body.count {
        let view = StructView(base: body.values &+ index &* stride, size: stride)
        values.append(try element(&decoder, view))
      }
      return values
    }
  }
}
