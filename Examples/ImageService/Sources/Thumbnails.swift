internal import CImageCodecs
internal import DemoInterface
internal import DemoSupport
internal import Glibc
internal import MageHost
internal import MageSystem

/// The pool of workers, and what one upload comes to.
final class Thumbnails: Sendable {
  enum Outcome: Sendable {
    /// A PNG of this process's own making, and what the worker says the image was.
    case made(png: [UInt8], Thumbnail)
    /// The decoder's words.
    case corrupt(String)
    case ended(Ending)
    case busy(PoolError)
  }

  private let pool: WorkerPool<Thumbnailer.Proxy>
  // Its forks are the pool's workers; the last reference that goes ends it.
  private let template: WorkerTemplate

  init(_ template: WorkerTemplate, _ limits: PoolLimits) async {
    self.template = template
    pool = WorkerPool(template, limits) { (worker) throws(CallError) in
      Thumbnailer.Proxy(try worker.remote(Thumbnailer.self))
    }
    await pool.warm()
  }

  var workers: Int { get async { await pool.count } }
  var waiting: Int { get async { await pool.waiting } }

  func close() async {
    await pool.close()
    await template.close()
  }

  /// Decodes an upload and makes a thumbnail of it.
  ///
  /// - Throws: what the kernel says when there is no memory to hand the upload over.
  func make(from upload: [UInt8], side: UInt32) async throws -> Outcome {
    let memory = try SharedRegion.frozen(upload)
    let image = memory.attachment
    do {
      return try await pool.withWorker { thumbnailer, worker in
        do throws(CallError) {
          return await Self.outcome(
            try await thumbnailer.decodeMemory(image: image, maxSide: side), side, worker)
        } catch {
          return .ended(await Self.ending(of: worker, after: error))
        }
      }
    } catch let error as PoolError {
      return .busy(error)
    }
  }

  private static func outcome(
    _ answer: Result<Thumbnail, DecodeFailure>, _ side: UInt32, _ worker: WorkerProcess
  ) async -> Outcome {
    switch answer {
    case .failure(let failure): return .corrupt(failure.reason)
    case .success(let thumbnail):
      // The interface bounds each field; what they are to each other only we know.
      if let fault = thumbnail.fault(askedFor: side) {
        return .ended(await worker.reportBadMessage(fault))
      }
      guard let png = encode(thumbnail) else { return .ended(await worker.kill()) }
      return .made(png: png, thumbnail)
    }
  }

  private static func ending(of worker: WorkerProcess, after error: CallError) async -> Ending {
    if case .workerEnded(let ending) = error { return ending }
    return await worker.kill()
  }

  /// The worker hands over pixels, and not a file: a file from a worker that was taken over would be an attack on the client's decoder.
  private static func encode(_ thumbnail: Thumbnail) -> [UInt8]? {
    // Rows that do not shrink grow by less than this.
    let most = thumbnail.rgba.count + thumbnail.rgba.count / 64 + (64 << 10)
    guard let memory = try? SharedMemory.create(name: "thumbnail", size: most),
      codec_encode_png(memory.number, thumbnail.width, thumbnail.height, thumbnail.rgba) == 0
    else { return nil }
    let count = lseek(memory.number, 0, SEEK_CUR)
    return try? FileReading.read(memory, at: 0, count: count)
  }
}
