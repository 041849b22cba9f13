/// Makes valid messages for an interface: where a fuzzer starts.
package struct Corpus {
  package struct Message: Sendable {
    /// `demo.Thumbnailer.Decode.request.0`
    package var name: String
    package var bytes: [UInt8]
    /// How many handles travel with it.
    package var handles: Int
  }

  private let program: Program

  package init(_ program: Program) { self.program = program }

  /// Messages of every method of a file's interfaces, requests and replies; the same for the same `seed`.
  ///
  /// - Parameter count: of each: the first with as little as there can be, the second with something of everything, the others by chance.
  package func messages(file: Int, count: Int, seed: UInt64) -> [Message] {
    var list: [Message] = []
    for interface in program.interfaces where interface.declared.file == file {
      for method in interface.methods {
        let name = "\(interface.declared.fullName).\(method.name)"
        let request = method.reply == nil ? CorpusWriter.Header.oneWay : .request
        list += messages(name + ".request", request, method.ordinal, method.parameters, count, seed)
        guard let reply = method.reply else { continue }
        switch reply {
        case .parameters(let fields):
          list += messages(name + ".reply", .reply, method.ordinal, fields, count, seed)
        case .result(let success, let failure):
          list += (0..<count).compactMap { index in
            message(name + ".reply", .reply, method.ordinal, index, seed) {
              writer throws(CorpusWriter.Impossible) in
              try writer.result([success, failure])
            }
          }
        }
      }
    }
    return list
  }

  private func messages(
    _ name: String, _ header: CorpusWriter.Header, _ ordinal: UInt32, _ fields: [FieldModel],
    _ count: Int, _ seed: UInt64
  ) -> [Message] {
    (0..<count).compactMap { index in
      message(name, header, ordinal, index, seed) { writer throws(CorpusWriter.Impossible) in
        try writer.structure(fields)
      }
    }
  }

  private func message(
    _ name: String, _ header: CorpusWriter.Header, _ ordinal: UInt32, _ index: Int, _ seed: UInt64,
    _ body: (inout CorpusWriter) throws(CorpusWriter.Impossible) -> Void
  ) -> Message? {
    // Each message has a sequence of its own, so that a new method changes none of the others.
    var hash = seed
    for byte in "\(name).\(index)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var writer = CorpusWriter(program, style: .init(index), seed: hash)
    writer.header(header, ordinal)
    do throws(CorpusWriter.Impossible) {
      try body(&writer)
    } catch {
      return nil
    }
    return Message(name: "\(name).\(index)", bytes: writer.bytes, handles: writer.handles)
  }
}

extension Corpus.Message {
  /// As test vectors are written.
  package var text: String {
    var text = handles > 0 ? "[handles]\(handles)\n" : ""
    for start in stride(from: 0, to: bytes.count, by: 8) {
      let row = bytes[start..<min(start + 8, bytes.count)]
      text += row.map { "\($0)" }.joined(separator: " ") + "  // \(start)\n"
    }
    return text
  }
}
