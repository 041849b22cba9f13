internal import DemoInterface
internal import DemoSupport
internal import ExampleSupport
internal import MageHost
internal import MagePolicy
internal import MageSystem

/// One run: find, decode, draw.
struct DemoRun: Sendable {
  private let directory: String?
  private let workers: Int
  private let output: String
  private let policyPath: String?
  private let workerPath: String?
  private let side: UInt32
  private let json: Bool
  private let preview: Bool
  private let rounds: Int
  private let observePath: String?
  private let wantsPage: Bool

  init(options: DemoHost) {
    directory = options.directory
    workers = options.workers
    output = options.output
    policyPath = options.policy
    workerPath = options.worker
    side = options.side
    json = options.json
    preview = options.preview
    rounds = options.rounds
    observePath = options.observe
    wantsPage = options.page
  }

  func run() async throws(DemoFailure) {
    let files = try findFiles()
    let policies = try policyLibrary()
    let policy = try loadPolicy(policies)
    let host = try makeHost(policies)
    let console = Console(total: files.count * rounds, quiet: false)
    let watching = try Watching(host, at: observePath, page: wantsPage, console)
    let work = Task { () -> Result<ContactSheet, DemoFailure> in
      await decode(files, policy, host, console)
    }
    let interrupts = Interrupts { work.cancel() }
    defer { interrupts.cancel() }
    let start = ContinuousClock.now
    let result = await work.value
    await watching.end()
    await host.shutDown(within: work.isCancelled ? .zero : .seconds(1))
    console.finish()
    guard !work.isCancelled else {
      throw DemoFailure(status: ExitStatus.interrupted, text: "interrupted; no sheet was written")
    }
    try finish(try result.get(), start.duration(to: .now), console)
  }

  // MARK: Input

  private func findFiles() throws(DemoFailure) -> [ImageFile] {
    guard let directory = directory ?? PackageFiles.find("Examples/Samples") else {
      throw DemoFailure(
        status: ExitStatus.noInput,
        text: "the samples are not beside or above this program; name a directory of images")
    }
    let files: [ImageFile]
    do throws(SystemError) {
      files = try ImageSearch.files(below: directory)
    } catch {
      throw DemoFailure(
        status: ExitStatus.noInput,
        text: "cannot read \(Escaping.printable(directory)): \(error.errnoName)")
    }
    guard !files.isEmpty else {
      throw DemoFailure(
        status: ExitStatus.noInput,
        text: "no .png, .jpg or .jpeg files below \(Escaping.printable(directory))")
    }
    return files
  }

  private func policyLibrary() throws(DemoFailure) -> PolicyLibrary {
    guard let directory = PackageFiles.find("SandboxPolicies") else {
      throw DemoFailure(
        status: ExitStatus.noInput, text: "SandboxPolicies is not beside or above this program")
    }
    return PolicyLibrary(directory: directory)
  }

  private func loadPolicy(_ library: PolicyLibrary) throws(DemoFailure) -> Policy {
    do throws(PolicyError) {
      if let policyPath { return try library.policy(atPath: policyPath) }
      return try library.policy(named: "renderer")
    } catch {
      // Position 0 is a file that could not be read at all.
      let status = error.line == 0 ? ExitStatus.noInput : ExitStatus.policy
      throw DemoFailure(status: status, text: "\(error)")
    }
  }

  private func makeHost(_ policies: PolicyLibrary) throws(DemoFailure) -> Host {
    do throws(HostError) {
      return try Host(policies: policies)
    } catch {
      throw DemoFailure(status: ExitStatus.noWorkers, text: "\(error)")
    }
  }

  // MARK: Work

  private func decode(
    _ files: [ImageFile], _ policy: Policy, _ host: Host, _ console: Console
  ) async -> Result<ContactSheet, DemoFailure> {
    let executable = workerPath ?? "\(PackageFiles.executableDirectory)/demo-worker"
    let queue = FileQueue(files, rounds: rounds)
    let nameWidth = min(files.map(\.name.count).max() ?? 0, 40)
    if !json { console.print(FileReport.heading(nameWidth: nameWidth)) }
    return await withTaskGroup(of: Result<[(Int, SheetTile)], DemoFailure>.self) { group in
      for _ in 0..<min(workers, queue.total) {
        group.addTask {
          let decoder = Decoder(host, executable: executable, policy: policy, side: side)
          let result = await work(decoder, queue) { report in
            console.print(json ? JSONLine(report).text : report.line(nameWidth: nameWidth))
            console.advance(workerEnded: report.isWorkersFault)
          }
          await decoder.finish()
          return result
        }
      }
      return await Self.sheet(from: &group)
    }
  }

  /// One decoder's share of the files: takes the next until there are none.
  private func work(
    _ decoder: Decoder, _ queue: FileQueue, _ report: @Sendable (FileReport) -> Void
  ) async -> Result<[(Int, SheetTile)], DemoFailure> {
    var tiles: [(Int, SheetTile)] = []
    while !Task.isCancelled, let (index, file) = queue.next() {
      do throws(SpawnError) {
        let done = try await decoder.decode(file)
        report(done)
        guard let index else { continue }
        tiles.append(
          (index, index < SheetLayout.maximumTiles ? done.tile : done.tile.withoutPicture))
      } catch {
        queue.stop()
        return .failure(DemoFailure(status: ExitStatus.noWorkers, text: "\(error)"))
      }
    }
    return .success(tiles)
  }

  private static func sheet(
    from group: inout TaskGroup<Result<[(Int, SheetTile)], DemoFailure>>
  ) async -> Result<ContactSheet, DemoFailure> {
    var sheet = ContactSheet(title: "Mage for Swift: strangers' images in sandboxed workers")
    var failure: DemoFailure?
    for await result in group {
      switch result {
      case .success(let tiles): for (index, tile) in tiles { sheet.place(tile, at: index) }
      case .failure(let error): failure = failure ?? error
      }
    }
    return failure.map { .failure($0) } ?? .success(sheet)
  }

  // MARK: Output

  private func finish(
    _ sheet: ContactSheet, _ time: Duration, _ console: Console
  ) throws(DemoFailure) {
    let picture = sheet.render()
    do throws(SheetWriteError) {
      try SheetWriter.write(picture, to: output)
    } catch {
      throw DemoFailure(status: ExitStatus.noOutput, text: "\(error)")
    }
    guard !json else { return }
    let totals = sheet.totals.map { "\($0.count) \($0.word.lowercased())" }.joined(separator: ", ")
    if preview, Console.outputIsTerminal {
      console.print(TerminalPreview.text(for: picture, columns: min(Console.columns, 120)))
    }
    console.print(
      "\(sheet.count) files in \(Text.milliseconds(time)): \(totals). Sheet: \(Escaping.printable(output))"
    )
  }
}
