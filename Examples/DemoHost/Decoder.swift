internal import DemoInterface
internal import Mage
internal import MageHost
internal import MagePolicy

/// One worker at a time, replaced when it ends: what one file does to it, the next does not feel.
actor Decoder {
  private let host: Host
  private let executable: String
  private let policy: Policy
  private let side: UInt32
  private var worker: WorkerProcess?
  private var thumbnailer: Thumbnailer.Proxy?

  init(_ host: Host, executable: String, policy: Policy, side: UInt32) {
    self.host = host
    self.executable = executable
    self.policy = policy
    self.side = side
  }

  /// Deals with one file. Throws only when no worker can be started at all.
  func decode(_ file: ImageFile) async throws(SpawnError) -> FileReport {
    let start = ContinuousClock.now
    let image: Attachment
    do throws(ImageFile.Refusal) {
      image = try file.open()
    } catch {
      return FileReport(
        file: file, outcome: .skipped(error.reason), time: start.duration(to: .now),
        usage: ResourceUsage())
    }
    let (worker, thumbnailer) = try await ready()
    let before = await worker.usage()
    let outcome = await outcome(of: image, worker, thumbnailer)
    var usage = await worker.usage()
    if case .ended(let ending) = outcome {
      usage = ending.usage
      self.worker = nil
      self.thumbnailer = nil
    } else {
      await retireIfWorn(worker, usage.cpu)
      usage.cpu -= before.cpu
    }
    return FileReport(
      file: file, outcome: outcome, time: start.duration(to: .now), usage: usage)
  }

  /// A policy's processor time is for a worker's whole life. One that has used half of it for good work makes room for
  /// a fresh one, so that the limit is only ever met by those that misbehave.
  private func retireIfWorn(_ worker: WorkerProcess, _ used: Duration) async {
    guard let limit = policy.limits.cpu, used * 2 > limit else { return }
    self.worker = nil
    thumbnailer = nil
    await worker.finish()
  }

  func finish() async { await worker?.finish() }

  private func ready() async throws(SpawnError) -> (WorkerProcess, Thumbnailer.Proxy) {
    if let worker, let thumbnailer { return (worker, thumbnailer) }
    let worker = try await host.spawn(
      executable, policy: policy, implements: [Thumbnailer.self])
    do throws(CallError) {
      let thumbnailer = Thumbnailer.Proxy(try worker.remote(Thumbnailer.self))
      (self.worker, self.thumbnailer) = (worker, thumbnailer)
      return (worker, thumbnailer)
    } catch {
      throw .launchFailed("\(error)")
    }
  }

  private func outcome(
    of image: Attachment, _ worker: WorkerProcess, _ thumbnailer: Thumbnailer.Proxy
  ) async -> FileReport.Outcome {
    do throws(CallError) {
      switch try await thumbnailer.decode(image: image, maxSide: side) {
      case .failure(let failure): return .corrupt(failure.reason)
      case .success(let thumbnail):
        if let fault = thumbnail.fault(askedFor: side) {
          return .ended(await worker.reportBadMessage(fault))
        }
        return .decoded(thumbnail)
      }
    } catch {
      switch error {
      case .workerEnded(let ending): return .ended(ending)
      default: return .ended(await worker.kill())
      }
    }
  }
}
