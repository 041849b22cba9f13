internal import MageSystem
internal import MageWire

/// One vector: a message and what a decoder should say of it.
struct VectorFile {
  let directory: String
  let name: String

  /// The names of the vectors in a folder, in the order of the alphabet.
  static func names(in directory: String) throws(SystemError) -> [String] {
    try DirectoryListing.names(in: directory)
      .filter { $0.hasSuffix(".data") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// What comes of it: a run for each direction that the name asks for.
  func runs() -> [Run] {
    do {
      let expected = try expectedResult()
      let text = try FileReading.read("\(directory)/\(name).data", limit: 16 << 20)
      let vector = try VectorText.parse(text)
      let targets = Target.targets(of: name)
      guard !targets.isEmpty else {
        return [Run(name: name, expected: expected, actual: "NO_SUCH_INTERFACE")]
      }
      return targets.map { Run(name: name, expected: expected, actual: $0.result(of: vector)) }
    } catch let error as VectorText.Mistake {
      return [Run(name: name, expected: "-", actual: "PARSE_ERROR(\(error))")]
    } catch {
      return [Run(name: name, expected: "-", actual: "UNREADABLE(\(error))")]
    }
  }

  private func expectedResult() throws(SystemError) -> String {
    let bytes = try FileReading.read("\(directory)/\(name).expected", limit: 4096)
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    return String(decoding: line, as: UTF8.self)
  }
}

/// What one message came to.
struct Run {
  let name: String
  let expected: String
  let actual: String

  var isAsExpected: Bool { expected == actual }
  var line: String { "\(name) \(expected) \(actual) \(isAsExpected ? "ok" : "FAIL")" }
}

/// Who reads a message, and by which rules.
enum Target {
  case interface(any WireInterface.Type, isReply: Bool, rules: MessageRules)
  /// What the ends of a pipe say to each other.
  case pipe

  /// By the beginnings of names, the longest first.
  private static let prefixes: [(String, [Target])] = [
    ("own_pipe_", [.pipe]),
    ("own_resp_", [.interface(Strict.self, isReply: true, rules: .canonical)]),
    ("own_assoc_", [.interface(StrictAssociated.self, isReply: false, rules: .canonical)]),
    ("own_", [.interface(Strict.self, isReply: false, rules: .canonical)]),
    ("lax_resp_", [mojo(Strict.self, isReply: true)]),
    ("lax_assoc_", [mojo(StrictAssociated.self)]),
    ("lax_", [mojo(Strict.self)]),
    ("resp_conformance_", [mojo(ConformanceTestInterface.self, isReply: true)]),
    ("resp_boundscheck_", [mojo(BoundsCheckTestInterface.self, isReply: true)]),
    ("associated_conformance_", [mojo(AssociatedConformanceTestInterface.self)]),
    ("conformance_", [mojo(ConformanceTestInterface.self)]),
    ("boundscheck_", [mojo(BoundsCheckTestInterface.self)]),
    ("integration_intf_rqst", [mojo(IntegrationTestInterface.self)]),
    ("integration_intf_resp", [mojo(IntegrationTestInterface.self, isReply: true)]),
    (
      "integration_msghdr",
      [mojo(IntegrationTestInterface.self), mojo(IntegrationTestInterface.self, isReply: true)]
    ),
  ]

  private static func mojo(
    _ interface: any WireInterface.Type, isReply: Bool = false
  ) -> Target {
    .interface(interface, isReply: isReply, rules: .mojo)
  }

  static func targets(of name: String) -> [Target] {
    prefixes.first { name.hasPrefix($0.0) }?.1 ?? []
  }

  /// `PASS`, or the name of the error that came first.
  func result(of vector: VectorText) -> String {
    do throws(Malformed) {
      // There is one byte string for each value.
      let written = try recode(vector.bytes, vector.beside)
      return isLax || written == vector.bytes ? "PASS" : "WRITTEN_DIFFERENTLY"
    } catch {
      return error.vectorName
    }
  }

  private var isLax: Bool {
    if case .interface(_, _, let rules) = self { rules == .mojo } else { false }
  }

  private func recode(
    _ bytes: [UInt8], _ handles: [any WireHandle]
  ) throws(Malformed) -> [UInt8] {
    switch self {
    case .interface(let interface, isReply: true, let rules):
      return try interface.recodeReply(bytes, handles: handles, rules: rules)
    case .interface(let interface, isReply: false, let rules):
      return try interface.recodeRequest(bytes, handles: handles, rules: rules)
    case .pipe:
      let isForPipe = MessageHeader.interface(of: bytes) == PipeControl.interfaceID
      let header = try MessageHeader(decoding: bytes)
      guard isForPipe else { throw Malformed(.message(.unknownInterfaceID)) }
      return PipeControl.encode(try PipeControl.decode(bytes, header, handles: handles))
    }
  }
}

extension VectorText {
  /// What travels beside the bytes.
  fileprivate var beside: [any WireHandle] {
    (0..<handles).map { OpaqueHandle(number: $0) }
      + arrays.map { UntrustedBytes([UInt8](repeating: 0, count: $0)) }
  }
}
