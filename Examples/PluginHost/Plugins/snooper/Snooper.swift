internal import MageSystem
internal import MageWorker
internal import PluginInterface

/// SIMULATION of a hostile plug-in: it asks for nothing, and looks for what it can find all the same.
@main
struct Snooper: Plugin.Service {
  static func main() { Worker.run { pipe in Receiver(pipe, Plugin.handlers(Snooper())) } }

  func run(document: Document) async throws -> Result<Product, PluginFailure> {
    let found = try? FileReading.read("/etc/passwd", limit: 1 << 20)
    return .success(.text("\(found?.count ?? 0) bytes of other people's files\n"))
  }
}
