import Foundation
import TestSupport

/// The programs under Tests/Programs, compiled once for all tests of a run.
enum CompiledPrograms {
  struct NotCompiled: Error, CustomStringConvertible {
    let description: String
  }

  /// Where the programs are, or why one could not be compiled.
  static let directory: Result<String, any Error> = Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let script = """
      cd "$1" || exit 1
      compiler=$(command -v cc || command -v clang) || exit 1
      for source in *.c; do
        flags=$(sed -n 's,^// flags: ,,p' "$source")
        echo "$compiler" -w -O1 $flags -o "$2/${source%.c}" "$1/$source"
      done | xargs -P "$(nproc)" -I{} sh -c '{} || exit 255'
      chmod -R a+rX "$2"
      """
    let compile = try Command.run(
      "/bin/sh", ["-c", script, "sh", ProgramCase.directory, directory])
    guard compile.status == 0 else { throw NotCompiled(description: compile.errors) }
    return directory
  }

  static func path(_ name: String) throws -> String { try directory.get() + "/" + name }
}
