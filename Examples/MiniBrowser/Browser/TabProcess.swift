internal import BrowserInterface
internal import DemoSupport
internal import MageHost
internal import MageSystem

/// The process behind one tab: started for its document, ended with it.
struct TabProcess {
  let host: Host
  let executable: String
  let policy: Policy

  /// Throws only when no process can be started at all.
  func render(
    _ source: Source, width: UInt32, most: Int
  ) async throws(BrowserFailure) -> Tab {
    let worker: WorkerProcess
    do throws(SpawnError) {
      worker = try await host.spawn(executable, policy: policy, implements: [Renderer.self])
    } catch {
      throw BrowserFailure(status: BrowserFailure.noWorkers, text: "\(error)")
    }
    let state = await state(of: source, worker, width, most)
    await worker.finish()
    return Tab(source: source, state: state)
  }

  private func state(
    of source: Source, _ worker: WorkerProcess, _ width: UInt32, _ most: Int
  ) async -> Tab.State {
    do {
      let renderer = Renderer.Proxy(try worker.remote(Renderer.self))
      let document = try SharedRegion.frozen(source.bytes)
      switch try await renderer.open(kind: source.kind, document: document.attachment) {
      case .failure(let failure): return .failed(failure.reason)
      case .success(let contents):
        return try await pages(
          of: renderer, worker, count: min(Int(contents.pages), most), of: Int(contents.pages),
          width)
      }
    } catch CallError.workerEnded(let ending) {
      return .ended(ending)
    } catch let error as CallError {
      return .failed("\(error)")
    } catch {
      return .failed("\(error)")
    }
  }

  private func pages(
    of renderer: Renderer.Proxy, _ worker: WorkerProcess, count: Int, of all: Int, _ width: UInt32
  ) async throws -> Tab.State {
    var pages: [Bitmap] = []
    for page in 0..<count {
      switch try await renderer.draw(page: UInt32(page), width: width) {
      case .failure(let failure): return .failed(failure.reason)
      case .success(let picture):
        guard picture.width <= width, let pixels = try picture.pixels(),
          let bitmap = try? Bitmap(
            width: Int(picture.width), height: Int(picture.height), rgba: pixels)
        else {
          return .ended(await worker.reportBadMessage("a picture that is not what was asked for"))
        }
        pages.append(bitmap)
      }
    }
    return .shown(pages, of: all)
  }
}
