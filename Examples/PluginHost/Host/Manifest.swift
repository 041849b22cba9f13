internal import DemoSupport
internal import FoundationEssentials
internal import MageSystem

/// A plug-in's word on itself: who it is and what it asks for.
struct Manifest: Decodable, Sendable {
  let name: String
  let description: String
  /// A file in the plug-in's directory.
  let executable: String
  let grants: Grants

  private enum Keys: String, CodingKey, CaseIterable { case name, description, executable }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    name = try values.decode(String.self, forKey: .name)
    description = try values.decode(String.self, forKey: .description)
    executable = try values.decode(String.self, forKey: .executable)
    grants = try Grants(from: decoder, beside: Keys.allCases.map(\.rawValue))
    guard !executable.contains("/"), !executable.hasPrefix("."), !executable.isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: .executable, in: values,
        debugDescription: "an executable is a file in the plug-in's own directory")
    }
  }
}

/// What the user allows: everyone, and some by name.
struct Allowed: Decodable, Sendable {
  let everyone: Grants
  let plugins: [String: Grants]

  private enum Keys: String, CodingKey, CaseIterable { case everyone, plugins }

  init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(besides: Keys.allCases.map(\.rawValue))
    let values = try decoder.container(keyedBy: Keys.self)
    everyone = try values.decode(Grants.self, forKey: .everyone)
    plugins = try values.decodeIfPresent([String: Grants].self, forKey: .plugins) ?? [:]
  }

  func grants(for name: String) -> Grants { plugins[name] ?? everyone }
}

/// Small files of JSON.
enum JSONFile {
  private static let largest = 64 << 10

  static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws(Failed) -> Value {
    let shown = Escaping.printable(path)
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try FileReading.read(path, limit: largest)
    } catch {
      throw Failed(status: Failed.noInput, text: "cannot read \(shown): \(error.errnoName)")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw Failed(status: Failed.data, text: "\(shown): \(Escaping.printable(reason(error)))")
    } catch {
      throw Failed(status: Failed.data, text: "\(shown): \(Escaping.printable("\(error)"))")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context):
      "'\(([place(context), key.stringValue].filter { !$0.isEmpty }).joined(separator: "."))' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      place(context).isEmpty
        ? context.debugDescription : "'\(place(context))': \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }
}
