internal import MageSystem

/// Finds `mage-launcher`.
enum LauncherPath {
  static func find(_ given: String?) throws(HostError) -> String {
    let path = given ?? beside()
    guard (try? OwnedDescriptor.open(path, flags: 0)) != nil else { throw .launcherMissing(path) }
    return path
  }

  /// In the directory of the running executable, where the package's products are built and installed together.
  private static func beside() -> String {
    let executable = (try? FileReading.link("/proc/self/exe")) ?? "mage-launcher"
    let directory = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return (directory + ["mage-launcher"]).joined(separator: "/")
  }
}
