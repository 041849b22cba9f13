internal import DemoSupport
internal import ExampleSupport
internal import Glibc
internal import MageHost
internal import MageSystem
internal import PluginInterface

/// One plug-in on one document.
struct Session {
  let plugin: InstalledPlugin
  let output: String?

  func run(on path: String) async throws(Failed) {
    guard plugin.isAllowed else {
      throw Failed(
        status: Failed.notAllowed,
        text: "\(plugin.manifest.name) asks for more than you allow:\n    "
          + plugin.excess.joined(separator: "\n    "))
    }
    let document = try open(path)
    let host: Host
    do throws(HostError) { host = try Host() } catch {
      throw Failed(status: Failed.noWorkers, text: "\(error)")
    }
    let result: Result<Void, Failed>
    do throws(Failed) { result = .success(try await call(host, document)) } catch {
      result = .failure(error)
    }
    await host.shutDown()
    try result.get()
  }

  private func open(_ path: String) throws(Failed) -> Document {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    do throws(SystemError) {
      return try Document(
        name: String(decoding: name.utf8.prefix(255), as: UTF8.self).count > 85 ? "document" : name,
        try FileReading.read(path, limit: Document.largest))
    } catch {
      throw Failed(
        status: Failed.noInput, text: "cannot read \(Escaping.printable(path)): \(error.errnoName)")
    }
  }

  private func call(_ host: Host, _ document: Document) async throws(Failed) {
    let worker: WorkerProcess
    do throws(SpawnError) {
      worker = try await host.spawn(plugin.executable, policy: plugin.policy)
    } catch {
      throw Failed(status: Failed.noWorkers, text: "\(plugin.manifest.name): \(error)")
    }
    let answer: Result<Product, PluginFailure>
    do throws(CallError) {
      let proxy = Plugin.Proxy(try worker.remote(Plugin.self))
      answer = try await proxy.run(document: document)
    } catch .workerEnded(let ending) {
      throw ended(ending)
    } catch {
      throw failed("\(error)")
    }
    switch answer {
    case .success(let product): try await show(product, document, worker)
    case .failure(let failure): throw failed(Escaping.printable(failure.reason))
    }
  }

  private func failed(_ reason: String) -> Failed {
    Failed(status: Failed.plugin, text: "\(plugin.manifest.name): \(reason)")
  }

  private func ended(_ ending: Ending) -> Failed {
    Failed(status: Failed.plugin, text: "\(plugin.manifest.name) was ended: \(ending)")
  }

  // MARK: Products

  private func show(
    _ product: Product, _ document: Document, _ worker: WorkerProcess
  ) async throws(Failed) {
    switch product {
    case .text(let text):
      // A stranger's text does not get to move the cursor.
      for line in text.split(separator: "\n") {
        Output.write(Escaping.printable(String(line)) + "\n", to: STDOUT_FILENO)
      }
    case .picture(let picture):
      guard
        let bitmap = try? Bitmap(
          width: Int(picture.width), height: Int(picture.height), rgba: picture.rgba)
      else {
        throw ended(await worker.reportBadMessage("not four bytes for each pixel"))
      }
      let path = output ?? "\(document.name).\(plugin.manifest.name).png"
      do throws(SheetWriteError) {
        try SheetWriter.write(bitmap, to: path)
      } catch {
        throw Failed(status: Failed.noOutput, text: "\(error)")
      }
      Output.write(
        "\(picture.width) x \(picture.height) pixels: \(Escaping.printable(path))\n",
        to: STDOUT_FILENO)
    }
  }
}
