import MagenCore

/// Files that exist only in a test.
struct MemoryFiles: SourceReader {
  var files: [String: [UInt8]]

  init(_ files: [String: String]) { self.files = files.mapValues { Array($0.utf8) } }

  func read(_ path: String) -> [UInt8]? { files[path] }
}

/// Checks one file, `a.magen`.
func check(_ text: String, named path: String = "a.magen") -> Checker.Outcome {
  Checker.check([path], reader: MemoryFiles([path: text]))
}

extension Checker.Outcome {
  /// What is wrong, a line each.
  var messages: [String] { diagnostics.list.map(\.message) }

  var rendered: String { diagnostics.list.map { $0.rendered(in: files) }.joined() }
}

/// The folder of this target's sources.
let testFolder = String(#filePath.dropLast("/MemoryFiles.swift".count))
