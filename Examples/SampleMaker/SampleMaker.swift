internal import DemoSupport
internal import Glibc

/// `demo-make-samples DIRECTORY` writes the demo's sample pictures. The same libraries give the
/// same bytes.
///
/// Exit status: 0 when every sample was written, 64 for wrong arguments, 74 when a sample could
/// not be made or written.
@main
struct SampleMaker {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard let directory = arguments.first, arguments.count == 1, !directory.hasPrefix("-") else {
      complain("usage: demo-make-samples DIRECTORY")
      exit(64)
    }
    do throws(SampleError) {
      let good = try GoodSamples.all()
      let corrupt = try CorruptSamples.all(from: good)
      let hostile = try HostileSamples.all()
      try Output.makeDirectory(directory)
      for (name, samples) in [("good", good), ("corrupt", corrupt), ("hostile", hostile)] {
        try Output.makeDirectory("\(directory)/\(name)")
        for sample in samples {
          try Output.write(sample.bytes, to: "\(directory)/\(name)/\(sample.name)")
        }
        let total = samples.reduce(0) { $0 + $1.bytes.count }
        print("\(name): \(samples.count) files, \(total) bytes")
      }
    } catch {
      complain("demo-make-samples: \(error)")
      exit(74)
    }
  }

  private static func complain(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = unsafe write(STDERR_FILENO, line, line.count)
  }
}

/// One file to write.
struct Sample {
  let name: String
  let bytes: [UInt8]
}

enum SampleError: Error {
  /// An encoder refused a picture.
  case encoder(name: String)
  /// A good sample that a corrupt one is made from is not there, or not as expected.
  case noSource(name: String)
  case failed(call: String, path: String, errno: Int32)
}
