internal import MageSystem

/// What the figures were measured on.
struct Machine: Sendable, Codable {
  let processor: String
  let cores: Int
  let kernel: String
  /// Of the last minute, when the run began: above the number of cores, others wanted them too.
  let load: String

  init() {
    let cpus = Self.text("/proc/cpuinfo").split(separator: "\n")
    let models = cpus.filter { $0.hasPrefix("model name") }
    processor = Self.value(models.first ?? "unknown")
    cores = models.count
    kernel =
      Self.text("/proc/sys/kernel/osrelease").split(separator: "\n").first
      .map(String.init) ?? "unknown"
    load =
      Self.text("/proc/loadavg").split(separator: " ").first.map(String.init) ?? "unknown"
  }

  var description: String {
    "\(processor), \(cores) cores, Linux \(kernel), load \(load) when it began"
  }

  private static func value(_ line: Substring) -> String {
    let value = line.split(separator: ":", maxSplits: 1).last ?? line
    return value.split(separator: " ").joined(separator: " ")
  }

  private static func text(_ path: String) -> String {
    guard let file = try? OwnedDescriptor.open(path, flags: 0),
      let bytes = try? FileReading.read(file, path, limit: 1 << 20)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
