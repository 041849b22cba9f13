/// From paths of interface files to bindings on the disk: what `magen generate` and the build plugin do.
package struct Generation: Sendable {
  private let files = Files()
  private let importRoots: [String]
  private let bindings: Bindings

  package init(importRoots: [String], bindings: Bindings = .whole) {
    self.importRoots = importRoots
    self.bindings = bindings
  }

  /// Writes the bindings of `input` to `output`. Says on standard error what is wrong.
  ///
  /// - Returns: whether the bindings were written.
  package func generate(_ input: String, to output: String) -> Bool {
    let outcome = Checker.check([input], reader: files, importRoots: importRoots)
    guard let number = outcome.roots.first ?? nil else {
      files.complain("\(input): error: cannot read the file\n")
      return false
    }
    report(outcome.diagnostics, outcome.files)
    guard let program = outcome.program else { return false }
    let generator = Generator(program, bindings: bindings)
    let refusals = generator.refusals(for: number)
    report(refusals, outcome.files)
    guard !refusals.hasErrors else { return false }
    guard files.write(Array(generator.generate(number).utf8), to: output) else {
      files.complain("\(output): error: cannot write the file\n")
      return false
    }
    return true
  }

  package func report(_ diagnostics: Diagnostics, _ sources: [SourceFile]) {
    for diagnostic in diagnostics.list { files.complain(diagnostic.rendered(in: sources)) }
    if diagnostics.left > 0 {
      files.complain("magen: and \(diagnostics.left) more\n")
    }
  }
}
