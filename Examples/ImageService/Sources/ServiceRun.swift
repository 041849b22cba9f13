internal import ExampleSupport
internal import FlyingFox
internal import Glibc
internal import MageHost

/// One run of the service: workers first, then the socket; at the end the other way round.
struct ServiceRun {
  private let options: ImageService

  init(options: ImageService) { self.options = options }

  func run() async throws(ServiceFailure) {
    // A client that goes is an error of its own connection, and no signal for the process.
    signal(SIGPIPE, SIG_IGN)
    let host = try makeHost()
    let thumbnails = try await makePool(host)
    let counts = Counts()
    let router = Router(
      thumbnails: thumbnails, counts: counts, gate: Gate(limit: options.uploads),
      limits: UploadLimits(bytes: options.maxBody, time: .seconds(options.timeout)))
    let listener = Listener(
      address: options.address, port: options.port, silence: .seconds(options.timeout),
      grace: .seconds(options.grace))
    let served: Result<Void, ServiceFailure>
    do throws(ServiceFailure) {
      served = .success(try await listener.serve(router))
    } catch {
      served = .failure(error)
    }
    await thumbnails.close()
    await host.shutDown(within: .seconds(1))
    try served.get()
    Log.write("shut down; \(counts.summary)")
  }

  private func makeHost() throws(ServiceFailure) -> Host {
    guard let directory = PackageFiles.find("SandboxPolicies") else {
      throw ServiceFailure(
        status: ServiceFailure.noInput, text: "SandboxPolicies is not beside or above this program")
    }
    do throws(HostError) {
      return try Host(policies: PolicyLibrary(directory: directory))
    } catch {
      throw ServiceFailure(status: ServiceFailure.noWorkers, text: "\(error)")
    }
  }

  private func makePool(_ host: Host) async throws(ServiceFailure) -> Thumbnails {
    let policy = try loadPolicy()
    let executable = "\(PackageFiles.executableDirectory)/demo-worker"
    do throws(SpawnError) {
      let template = try await host.prepare(executable, policy: policy, ready: options.workers)
      let limits = PoolLimits(
        minimum: options.workers, maximum: options.workers,
        waitDeadline: .milliseconds(options.patience), usesPerWorker: options.usesPerWorker)
      return await Thumbnails(template, limits)
    } catch {
      throw ServiceFailure(status: ServiceFailure.noWorkers, text: "\(error)")
    }
  }

  private func loadPolicy() throws(ServiceFailure) -> Policy {
    guard let policies = PackageFiles.find("SandboxPolicies"),
      let path = options.policy ?? PackageFiles.find("Examples/ImageService/thumbnailer.sandbox")
    else {
      throw ServiceFailure(
        status: ServiceFailure.noInput,
        text:
          "Examples/ImageService/thumbnailer.sandbox is not above this program; name a policy with --policy"
      )
    }
    do throws(PolicyError) {
      return try PolicyLibrary(directory: policies).policy(atPath: path)
    } catch {
      // Position 0 is a file that could not be read at all.
      throw ServiceFailure(
        status: error.line == 0 ? ServiceFailure.noInput : ServiceFailure.policy, text: "\(error)")
    }
  }
}
