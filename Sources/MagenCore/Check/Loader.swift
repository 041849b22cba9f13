/// Reads a file and what it imports.
///
/// A type that imports are read through: the compiler itself touches no file system.
package protocol SourceReader {
  /// The file's bytes; `nil` when there is none. Paths are what the command line and the imports say, joined by `/`.
  func read(_ path: String) -> [UInt8]?
}

/// Finds and parses a file and its imports, each once.
struct Loader<Reader: SourceReader> {
  /// More files, or a longer chain of imports, are taken for a mistake.
  static var most: Int { 2_000 }
  static var longestChain: Int { 100 }

  let reader: Reader
  /// Folders in which imports are looked for, after the importing file's own.
  let roots: [String]
  private(set) var files: [SourceFile] = []
  private(set) var trees: [SyntaxFile] = []
  private(set) var imports: [[ImportModel]] = []
  private(set) var diagnostics = Diagnostics()
  private var known: [String: Int] = [:]
  /// The files that are being read, from the first: an import of one of them is a cycle.
  private var chain: [Int] = []

  init(_ reader: Reader, roots: [String]) {
    self.reader = reader
    self.roots = roots
  }

  /// - Returns: the file's number.
  mutating func load(_ path: String) -> Int? {
    let path = Self.normalised(path)
    if let number = known[path] { return number }
    guard let bytes = reader.read(path) else { return nil }
    return add(SourceFile(path: path, bytes: bytes))
  }

  private mutating func add(_ source: SourceFile) -> Int {
    let number = files.count
    let (tree, problems) = Parser.parse(source, file: number)
    files.append(source)
    trees.append(tree)
    imports.append([])
    known[source.path] = number
    for problem in problems.list { diagnostics.add(problem) }
    chain.append(number)
    for item in tree.imports { follow(item, from: number) }
    chain.removeLast()
    return number
  }

  private mutating func follow(_ item: ImportSyntax, from number: Int) {
    let candidates = [Self.folder(of: files[number].path)] + roots
    let paths = candidates.map { Self.normalised($0.isEmpty ? item.path : "\($0)/\(item.path)") }
    guard files.count < Self.most, chain.count < Self.longestChain else {
      diagnostics.error("too many imports", at: item.span)
      return
    }
    guard let imported = paths.lazy.compactMap({ [self] in find($0) }).first else {
      diagnostics.error(
        "no file '\(item.path)'", at: item.span,
        hint: "imports are looked for beside this file"
          + (roots.isEmpty ? "" : " and in the import roots"))
      return
    }
    let target: Int
    switch imported {
    case .known(let number): target = number
    case .new(let source): target = add(source)
    }
    if let start = chain.firstIndex(of: target) {
      let cycle = (chain[start...] + [target]).map { files[$0].path }
      diagnostics.error(
        "the imports run in a circle: \(cycle.joined(separator: ", "))", at: item.span,
        hint: "move what both need into a file of its own")
      return
    }
    imports[number].append(
      ImportModel(file: target, swiftModule: swiftModule(of: item.attributes)))
  }

  private enum Found {
    case known(Int)
    case new(SourceFile)
  }

  private func find(_ path: String) -> Found? {
    if let number = known[path] { return .known(number) }
    return reader.read(path).map { .new(SourceFile(path: path, bytes: $0)) }
  }

  private mutating func swiftModule(of attributes: [Attribute]) -> String? {
    var module: String?
    for attribute in attributes {
      guard attribute.name.text == "SwiftModule", case .string(let name) = attribute.value?.kind,
        name.utf8.allSatisfy(\.continuesName), !name.isEmpty
      else {
        diagnostics.error(
          "an import takes no attribute '\(attribute.name.text)'", at: attribute.span,
          hint: "[SwiftModule=\"Name\"] says which Swift module has the file's bindings")
        continue
      }
      module = name
    }
    return module
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
  }

  /// Without `.` and, where possible, `..`: one file has one name.
  static func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
