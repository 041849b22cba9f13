internal import Foundation
internal import MageSystem

/// Where things are when tests run.
package enum Places {
  /// A product that is built into the directory of the test bundle.
  package static func product(_ name: String) -> String {
    let link = (try? FileReading.link("/proc/self/exe")) ?? ""
    return link.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/" + name
  }

  /// The directory that holds Package.swift, from this file's place in it.
  package static var package: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
  }

  package static var policies: String { package + "/SandboxPolicies" }
  package static var samples: String { package + "/Examples/Samples" }

  /// Runs `body` with a new empty directory, which is removed afterwards.
  package static func withDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path)
  }
}
