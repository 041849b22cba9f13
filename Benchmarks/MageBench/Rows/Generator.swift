internal import CFloor
internal import FoundationEssentials
internal import Glibc
internal import MageSystem

extension Benchmark {
  static let generator = Benchmark(
    name: "magen.generate", what: "bindings of 1000 interfaces of 20 methods",
    peer: "10 s", unit: .microseconds, goal: .atMost(1)
  ) { _ in
    let directory = try Setting.scratch("magen")
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/large.magen"
    try Data(interfaces.utf8).write(to: URL(filePath: path))
    let words = [Setting.products + "/magen", "generate", "--output", directory, path]
    var nanoseconds: UInt64 = 0
    let status = Floors.with(words) { floor_run($0, &nanoseconds) }
    guard status == 0 else { throw SystemError("magen (status \(status))", errno: EIO) }
    return Round(own: nanoseconds, floor: 10_000_000_000)
  }

  private static var interfaces: String {
    let methods = (0..<20).map {
      "  Method\($0)(uint32 number, [MaxLength=64] string text) => ([MaxLength=16] array<uint64> values);\n"
    }.joined()
    return "module large;\n" + (0..<1000).map { "interface Large\($0) {\n\(methods)}\n" }.joined()
  }
}
