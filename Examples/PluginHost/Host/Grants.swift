internal import FoundationEssentials
internal import MageHost

/// What a plug-in asks for, or is allowed. A key that is misspelled is an error, and not a grant that nobody sees.
struct Grants: Decodable, Sendable {
  /// Files by name: `/usr/share/dict/*` is those in the directory, `**` those below it too.
  let reads: [String]
  /// Mebibytes; `nil` for what every plug-in has.
  let memoryMiB: UInt64?
  /// Processor time over its life; `nil` for what every plug-in has.
  let cpuSeconds: UInt32?

  static let none = Grants(reads: [], memoryMiB: nil, cpuSeconds: nil)

  private init(reads: [String], memoryMiB: UInt64?, cpuSeconds: UInt32?) {
    self.reads = reads
    self.memoryMiB = memoryMiB
    self.cpuSeconds = cpuSeconds
  }

  enum Keys: String, CodingKey, CaseIterable { case reads, memoryMiB, cpuSeconds }

  init(from decoder: any Decoder) throws {
    try self.init(from: decoder, beside: [])
  }

  /// - Parameter others: keys of the same object that are somebody else's.
  init(from decoder: any Decoder, beside others: [String]) throws {
    try decoder.refuseKeys(besides: Keys.allCases.map(\.rawValue) + others)
    let values = try decoder.container(keyedBy: Keys.self)
    reads = try values.decode([String].self, forKey: .reads)
    memoryMiB = try values.decodeIfPresent(UInt64.self, forKey: .memoryMiB)
    cpuSeconds = try values.decodeIfPresent(UInt32.self, forKey: .cpuSeconds)
    for (index, path) in reads.enumerated() where FileSystem.Brokered(reading: path) == nil {
      throw DecodingError.dataCorruptedError(
        forKey: .reads, in: values,
        debugDescription:
          "reads[\(index)] is no absolute path without '.' and '..' that has a directory before its first '*'"
      )
    }
    guard (memoryMiB ?? 1) > 0, (memoryMiB ?? 1) <= 1 << 20, (cpuSeconds ?? 1) > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .memoryMiB, in: values, debugDescription: "a limit is 0, or above a tebibyte")
    }
  }

  /// `base` and this.
  func policy(on base: Policy) -> Policy {
    var policy = base
    policy.fileSystem.brokered += reads.compactMap { FileSystem.Brokered(reading: $0) }
    if !reads.isEmpty {
      let opening = PhaseRules {
        Broker(.openat) { $0.flags & .O_ACCMODE == .O_RDONLY }
        Broker(.open) { $0.flags & .O_ACCMODE == .O_RDONLY }
      }
      policy.serve = PhaseRules(policy.serve.rules + opening.rules)
    }
    if let memoryMiB { policy.limits.memory = memoryMiB << 20 }
    if let cpuSeconds { policy.limits.cpu = .seconds(Int64(cpuSeconds)) }
    return policy
  }
}

extension FileSystem.Brokered {
  /// Opens over a plug-in's whole life, for each line of its manifest.
  private static let mostOpens: UInt32 = 64

  /// `/usr/share/dict/*`; `nil` for what is no path.
  init?(reading path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard path.hasPrefix("/"), !parts.isEmpty,
      !parts.contains(where: { ["", ".", ".."].contains($0) || $0.utf8.contains(0) })
    else { return nil }
    let directory = parts.prefix { !$0.contains("*") }
    let fixed = directory.count == parts.count ? directory.dropLast() : directory
    guard !fixed.isEmpty else { return nil }
    self.init(
      .read, directory: "/" + fixed.joined(separator: "/"),
      pattern: parts.dropFirst(fixed.count).joined(separator: "/"), maxOpen: Self.mostOpens)
  }
}

/// Any key.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// What nobody knows is a mistake.
  func refuseKeys(besides known: [String]) throws {
    let values = try container(keyedBy: AnyKey.self)
    for key in values.allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "unknown key; known are \(known.joined(separator: ", "))")
    }
  }
}
