internal import ArgumentParser
internal import Glibc
internal import MagePolicy
internal import MageSystem

/// Where policies are found: a file, or a name in the library.
struct PolicyPlace: ParsableArguments {
  @Option(
    name: .customLong("library"),
    help: """
      The directory of policies (default: SandboxPolicies in the working directory, else the nearest one above this \
      program).
      """, completion: .directory)
  var directory: String?

  /// The policy that `name` means: with a `/` or the suffix `.sandbox` or `.json` a file, else a policy of the library.
  func policy(_ name: String) throws(PolicyError) -> Policy {
    let isFile = name.contains("/") || name.hasSuffix(".sandbox") || name.hasSuffix(".json")
    guard isFile else { return try library.policy(named: name) }
    return try library.policy(atPath: name)
  }

  var library: PolicyLibrary { PolicyLibrary(directory: directory ?? Self.standard) }

  /// Every policy of the library, sorted.
  var names: [String] {
    let files = (try? DirectoryListing.names(in: library.directory)) ?? []
    return files.filter { $0.hasSuffix(".sandbox") }.map { String($0.dropLast(8)) }.sorted()
  }

  /// What a shell offers where a policy is meant: the library's names; files it finds by itself.
  static let completion = CompletionKind.custom { _, _, prefix in
    let library = PolicyLibrary(directory: standard)
    let files = (try? DirectoryListing.names(in: library.directory)) ?? []
    return files.filter { $0.hasSuffix(".sandbox") && $0.hasPrefix(prefix) }
      .map { String($0.dropLast(8)) }.sorted()
  }

  private static let folder = "SandboxPolicies"

  private static var standard: String {
    if access(folder, F_OK) == 0 { return folder }
    let executable = (try? FileReading.link("/proc/self/exe")) ?? ""
    var parts = executable.split(separator: "/").dropLast()
    while !parts.isEmpty {
      let candidate = "/" + parts.joined(separator: "/") + "/" + folder
      if access(candidate, F_OK) == 0 { return candidate }
      parts = parts.dropLast()
    }
    return folder
  }
}
