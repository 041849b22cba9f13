internal import DemoSupport
internal import ExampleSupport
internal import Glibc
internal import MageHost

/// All tabs, rendered at a time, and what is written of them.
struct Window {
  private let options: MiniBrowser

  init(options: MiniBrowser) { self.options = options }

  func run() async throws(BrowserFailure) {
    var documents: [Source] = []
    for path in options.documents {
      documents.append(try Source(path: path, number: documents.count + 1))
    }
    guard mkdir(options.output, 0o777) == 0 || errno == EEXIST else {
      throw BrowserFailure(
        status: BrowserFailure.noOutput,
        text:
          "cannot make \(Escaping.printable(options.output)): \(String(cString: strerror(errno)))")
    }
    let policies = try library()
    let policy = try load(policies)
    let host = try makeHost()
    let work = Task { await render(documents, host, policy) }
    let interrupts = Interrupts { work.cancel() }
    defer { interrupts.cancel() }
    let tabs = await work.value
    await host.shutDown()
    guard !work.isCancelled else {
      throw BrowserFailure(status: BrowserFailure.interrupted, text: "interrupted")
    }
    var shown: [Tab] = []
    for tab in tabs { shown.append(try tab.get()) }
    try write(shown)
  }

  /// One process for each tab, all at a time.
  private func render(
    _ documents: [Source], _ host: Host, _ policy: Policy
  ) async -> [Result<Tab, BrowserFailure>] {
    let renderer = "\(PackageFiles.executableDirectory)/tab-renderer"
    let (width, pages, output) = (options.width, options.pages, options.output)
    return await withTaskGroup(of: (Int, Result<Tab, BrowserFailure>).self) { group in
      for (index, document) in documents.enumerated() {
        group.addTask {
          let process = TabProcess(
            host: host, executable: renderer, policy: policy, output: output)
          do throws(BrowserFailure) {
            return (index, .success(try await process.render(document, width: width, most: pages)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      var all: [(Int, Result<Tab, BrowserFailure>)] = []
      for await tab in group { all.append(tab) }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  // MARK: Beginning

  private func library() throws(BrowserFailure) -> PolicyLibrary {
    guard let directory = PackageFiles.find("SandboxPolicies") else {
      throw BrowserFailure(
        status: BrowserFailure.noInput, text: "SandboxPolicies is not beside or above this program")
    }
    return PolicyLibrary(directory: directory)
  }

  private func load(_ library: PolicyLibrary) throws(BrowserFailure) -> Policy {
    guard let path = PackageFiles.find("Examples/MiniBrowser/tab.sandbox") else {
      throw BrowserFailure(
        status: BrowserFailure.noInput,
        text: "Examples/MiniBrowser/tab.sandbox is not above this program")
    }
    do throws(PolicyError) {
      return try library.policy(atPath: path)
    } catch {
      throw BrowserFailure(status: BrowserFailure.policy, text: "\(error)")
    }
  }

  private func makeHost() throws(BrowserFailure) -> Host {
    do throws(HostError) {
      // The policy that the interface names is the example's own, so it is compared by its name.
      return try Host()
    } catch {
      throw BrowserFailure(status: BrowserFailure.noWorkers, text: "\(error)")
    }
  }

  // MARK: End

  private func write(_ tabs: [Tab]) throws(BrowserFailure) {
    for tab in tabs { Output.write(tab.line + "\n", to: STDOUT_FILENO) }
    let page = "\(options.output)/index.html"
    do {
      try TextFile.write(TabPage.html(of: tabs), to: page)
    } catch {
      throw BrowserFailure(
        status: BrowserFailure.noOutput, text: "cannot write \(Escaping.printable(page)): \(error)")
    }
  }
}
