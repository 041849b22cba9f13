import Foundation
import PackagePlugin

/// Makes the Swift bindings of a target's `.magen` and `.mojom` files when the target is built.
@main
struct MagenPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target.sourceModule else { return [] }
    let tool = try context.tool(named: "magen-tool").url
    let folder = target.directoryURL
    let options = needsMessagesAlone(target) ? ["--messages"] : []
    let files = target.sourceFiles.map(\.url).filter {
      ["magen", "mojom"].contains($0.pathExtension)
    }
    return files.map { file in
      let output = context.pluginWorkDirectoryURL
        .appending(path: "\(name(of: file, in: folder)).magen.swift")
      return .buildCommand(
        displayName: "Making Swift of \(file.lastPathComponent)",
        executable: tool,
        arguments: options + [
          file.path(percentEncoded: false), output.path(percentEncoded: false),
          folder.path(percentEncoded: false),
        ],
        // A file is made again when it or one of its imports changes, and not for the others.
        inputFiles: ImportScan(roots: [folder]).files(from: file),
        outputFiles: [output])
    }
  }

  /// Whether a target stands on the message format alone, without the runtime above it.
  private func needsMessagesAlone(_ target: any SourceModuleTarget) -> Bool {
    let names = target.dependencies.map { dependency in
      switch dependency {
      case .target(let target): target.name
      case .product(let product): product.name
      @unknown default: ""
      }
    }
    return names.contains("MageWire") && !names.contains("Mage")
  }

  /// Files of one name in two folders of the target have outputs of two names.
  private func name(of file: URL, in folder: URL) -> String {
    let path = file.deletingPathExtension().path(percentEncoded: false)
    let root = folder.path(percentEncoded: false)
    let relative =
      path.hasPrefix(root) ? String(path.dropFirst(root.count)) : file.lastPathComponent
    return relative.split(separator: "/").joined(separator: "-")
  }
}

/// Finds what a file imports, as the compiler will.
private struct ImportScan {
  let roots: [URL]

  /// The file and everything that it imports, directly or not.
  func files(from file: URL) -> [URL] {
    var found = [file.standardizedFileURL]
    var next = 0
    while next < found.count, found.count < 2_000 {
      for imported in imports(of: found[next]) where !found.contains(imported) {
        found.append(imported)
      }
      next += 1
    }
    return found
  }

  private func imports(of file: URL) -> [URL] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      guard let match = line.firstMatch(of: #/^\s*(?:\[[^\]]*\]\s*)?import\s+"([^"]+)"/#) else {
        return nil
      }
      let folders = [file.deletingLastPathComponent()] + roots
      return folders.map { $0.appending(path: String(match.1)).standardizedFileURL }
        .first { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
    }
  }
}
