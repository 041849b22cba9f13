internal import BrowserInterface
internal import DemoSupport
internal import MageHost
internal import MageSystem

/// The process behind one tab: started for its document, ended with it.
struct TabProcess {
  let host: Host
  let executable: String
  let policy: Policy
  /// The directory for pictures.
  let output: String

  /// Renders the first pages of a document and writes each as it comes: the browser never holds more than one picture of a tab.
  ///
  /// - Throws: when no process can be started at all, or a picture cannot be written.
  func render(
    _ source: Source, width: UInt32, most: Int
  ) async throws(BrowserFailure) -> Tab {
    let worker: WorkerProcess
    do throws(SpawnError) {
      worker = try await host.spawn(executable, policy: policy, implements: [Renderer.self])
    } catch {
      throw BrowserFailure(status: BrowserFailure.noWorkers, text: "\(error)")
    }
    let state: Result<Tab.State, BrowserFailure>
    do throws(BrowserFailure) {
      state = .success(try await self.state(of: source, worker, width, most))
    } catch {
      state = .failure(error)
    }
    await worker.finish()
    return Tab(source: source, state: try state.get())
  }

  private func state(
    of source: Source, _ worker: WorkerProcess, _ width: UInt32, _ most: Int
  ) async throws(BrowserFailure) -> Tab.State {
    do {
      let renderer = Renderer.Proxy(try worker.remote(Renderer.self))
      let document = try SharedRegion.frozen(source.bytes)
      switch try await renderer.open(kind: source.kind, document: document.attachment) {
      case .failure(let failure): return .failed(failure.reason)
      case .success(let contents):
        var pages: [Tab.Page] = []
        while pages.count < min(Int(contents.pages), most) {
          let picture: Picture
          switch try await renderer.draw(page: UInt32(pages.count), width: width) {
          case .failure(let failure): return .failed(failure.reason)
          case .success(let drawn): picture = drawn
          }
          guard let bitmap = try Self.bitmap(of: picture, width) else {
            return .ended(await worker.reportBadMessage("a picture that is not what was asked for"))
          }
          try write(bitmap, to: source.picture(page: pages.count + 1))
          pages.append(Tab.Page(width: picture.width, height: picture.height))
        }
        return .shown(pages, of: Int(contents.pages))
      }
    } catch CallError.workerEnded(let ending) {
      return .ended(ending)
    } catch let failure as BrowserFailure {
      throw failure
    } catch {
      return .failed("\(error)")
    }
  }

  /// `nil` for what no renderer sends that works.
  private static func bitmap(of picture: Picture, _ width: UInt32) throws -> Bitmap? {
    guard picture.width <= width, let pixels = try picture.pixels() else { return nil }
    return try? Bitmap(width: Int(picture.width), height: Int(picture.height), rgba: pixels)
  }

  private func write(_ picture: Bitmap, to name: String) throws(BrowserFailure) {
    do throws(SheetWriteError) {
      try SheetWriter.write(picture, to: "\(output)/\(name)")
    } catch {
      throw BrowserFailure(status: BrowserFailure.noOutput, text: "\(error)")
    }
  }
}
