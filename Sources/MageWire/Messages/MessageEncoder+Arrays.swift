// Arrays and text; `nil` is written as a null pointer.

extension MessageEncoder {
  /// Appends an array of zeros. Returns where its body begins.
  @usableFromInline
  mutating func array(
    _ fields: StructView, _ offset: Int, count: Int, _ layout: ElementLayout
  ) -> Int {
    let size = 8 + layout.bytes(count)
    pointToEnd(fields.base &+ offset)
    let start = append(zeros: (size + 7) / 8 * 8)
    put(UInt32(clamping: size), at: start)
    put(UInt32(clamping: count), at: start + 4)
    return start + 8
  }

  @usableFromInline
  mutating func set(bit index: Int, at position: Int) {
    set(1 << UInt8(index % 8), at: position + index / 8)
  }

  /// Appends an array that is bytes already.
  @inlinable
  mutating func array(
    _ fields: StructView, _ offset: Int, count: Int, of body: UnsafeRawBufferPointer
  ) {
    let size = 8 &+ body.count
    pointToEnd(fields.base &+ offset)
    let start = append((size &+ 7) & ~7)
    // The padding, of which the body covers what is not behind it.
    put(0 as UInt64, at: self.count &- 8)
    put(UInt64(UInt32(clamping: size)) | UInt64(UInt32(clamping: count)) << 32, at: start)
    unsafe copy(body, to: start &+ 8)
  }
}

// MARK: - Text and bytes

extension MessageEncoder {
  @inlinable
  public mutating func string(_ fields: StructView, _ offset: Int, _ value: String?) {
    guard let value else { return }
    // Not contiguous are only texts of other runtimes; those are made so.
    var text = value
    text.withUTF8 { unsafe array(fields, offset, count: $0.count, of: .init($0)) }
  }

  @inlinable
  public mutating func bytes(_ fields: StructView, _ offset: Int, _ value: [UInt8]?) {
    guard let value else { return }
    guard !isBeside(value.count) else { return payload(fields, offset, UntrustedBytes(value)) }
    unsafe value.withUnsafeBytes { unsafe array(fields, offset, count: $0.count, of: $0) }
  }

  @inlinable
  public mutating func textView(_ fields: StructView, _ offset: Int, _ value: TextView?) {
    guard let value else { return }
    inline(fields, offset, value.bytes)
  }

  @inlinable
  public mutating func bytesView(_ fields: StructView, _ offset: Int, _ value: BytesView?) {
    guard let value else { return }
    guard !isBeside(value.count) else {
      return payload(fields, offset, UntrustedBytes(value.array))
    }
    inline(fields, offset, value)
  }

  @usableFromInline
  mutating func inline(_ fields: StructView, _ offset: Int, _ value: BytesView) {
    unsafe value.slice.withUnsafeBytes {
      unsafe array(fields, offset, count: value.count, of: $0)
    }
  }

  @inlinable
  public mutating func numbersView<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ value: NumbersView<Number>?
  ) {
    guard let value else { return }
    unsafe value.bytes.slice.withUnsafeBytes {
      unsafe array(fields, offset, count: value.count, of: $0)
    }
  }
}

// MARK: - Numbers, bools, enums

extension MessageEncoder {
  @inlinable
  public mutating func numbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ value: [Number]?
  ) {
    guard let value else { return }
    #if _endian(little)
      // In memory as on the wire: `WireNumber` is of numbers without padding.
      unsafe value.withUnsafeBytes { unsafe array(fields, offset, count: value.count, of: $0) }
    #else
      let size = Number.wireBytes
      let body = array(fields, offset, count: value.count, .sized(size))
      for (index, number) in value.enumerated() { put(number: number, at: body + index * size) }
    #endif
  }

  @inlinable
  public mutating func nullableNumbers<Number: WireNumber>(
    _ fields: StructView, _ offset: Int, _ value: [Number?]?
  ) {
    guard let value else { return }
    let layout = ElementLayout.nullable(Number.wireBytes)
    let body = array(fields, offset, count: value.count, layout)
    let values = body + layout.values(value.count)
    for (index, number) in value.enumerated() {
      guard let number else { continue }
      set(bit: index, at: body)
      put(number: number, at: values + index * Number.wireBytes)
    }
  }

  @inlinable
  public mutating func bools(_ fields: StructView, _ offset: Int, _ value: [Bool]?) {
    guard let value else { return }
    let body = array(fields, offset, count: value.count, .bits)
    for (index, bool) in value.enumerated() where bool { set(bit: index, at: body) }
  }

  @inlinable
  public mutating func nullableBools(_ fields: StructView, _ offset: Int, _ value: [Bool?]?) {
    guard let value else { return }
    let layout = ElementLayout.nullableBits
    let body = array(fields, offset, count: value.count, layout)
    let values = body + layout.values(value.count)
    for (index, bool) in value.enumerated() {
      if bool != nil { set(bit: index, at: body) }
      if bool == true { set(bit: index, at: values) }
    }
  }

  @inlinable
  public mutating func enumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ value: [Value]?
  ) {
    numbers(fields, offset, value?.map(\.rawValue))
  }

  @inlinable
  public mutating func nullableEnumerations<Value: RawRepresentable<Int32>>(
    _ fields: StructView, _ offset: Int, _ value: [Value?]?
  ) {
    nullableNumbers(fields, offset, value?.map { $0?.rawValue })
  }
}

// MARK: - Anything else

extension MessageEncoder {
  /// - Parameters:
  ///   - fields: of the struct that points to it.
  ///   - offset: of the pointer.
  ///   - value: what is written.
  ///   - stride: bytes of an element: 1, 2, 4, 8 or 16.
  ///   - element: writes one, at offset 0 of the view that it is given.
  @inlinable
  public mutating func array<Value>(
    _ fields: StructView, _ offset: Int, _ value: [Value]?, stride: Int,
    _ element: (inout MessageEncoder, StructView, Value) -> Void
  ) {
    guard let value else { return }
    let body = array(fields, offset, count: value.count, .sized(stride))
    for (index, item) in value.enumerated() {
      element(&self, StructView(base: body + index * stride, size: stride), item)
    }
  }

  @inlinable
  public mutating func structures<Value: WireStruct>(
    _ fields: StructView, _ offset: Int, _ value: [Value]?
  ) {
    array(fields, offset, value, stride: 8) { $0.structure($1, 0, $2) }
  }
}
