package import MageWire

extension CloseReason {
  /// The payload of a `close` frame: code, then the text.
  package var encoded: [UInt8] { PayloadInts.encode([code]) + Array(text.utf8) }

  package init(decoding payload: ArraySlice<UInt8>) throws(Malformed) {
    guard payload.count >= 4, payload.count <= 4 + Self.maxTextBytes else {
      throw Malformed(.channel(.closeReason), detail: "\(payload.count) bytes")
    }
    let code = try PayloadInts.decode(payload.prefix(4), count: 1)
    guard let text = String(validating: payload.dropFirst(4), as: UTF8.self) else {
      throw Malformed(.channel(.closeReason), detail: "not UTF-8")
    }
    self.init(code: code[0], text: text)
  }
}
