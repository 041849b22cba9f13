internal import Glibc
internal import MagePipes
internal import MagePolicy
internal import MageSystem

/// Looks up the host names that a policy grants, off the loop and with an end.
enum NameResolver {
  /// For all names of a policy together.
  private static let patience = Duration.seconds(5)

  /// What the policy's names mean now, or why one of them means nothing.
  static func addresses(
    of policy: Policy, on loop: Loop
  ) async -> Result<PinnedAddresses, SpawnError> {
    let names = Set(policy.connections.map(\.host)).filter(PinnedAddresses.isAsked)
    guard !names.isEmpty else { return .success(PinnedAddresses()) }
    let answers = await Lookup.run(names, on: loop, within: patience)
    var pinned = PinnedAddresses()
    for name in names.sorted() {
      switch answers[name] {
      case .found(let hosts): pinned.pin(name, to: hosts)
      case .failed(let reason): return .failure(unknown(name, policy, reason))
      case nil: return .failure(unknown(name, policy, "no answer within \(patience)"))
      }
    }
    return .success(pinned)
  }

  private static func unknown(_ name: String, _ policy: Policy, _ reason: String) -> SpawnError {
    .notPossible("policy \(policy.name): the host '\(name)' that it grants: \(reason)")
  }
}

/// Several names looked up at once.
// @unchecked because the threads only carry it back to the loop, where alone it is touched.
private final class Lookup: @unchecked Sendable {
  enum Answer {
    case found([PinnedAddresses.Host])
    case failed(String)
  }

  private var left: Int
  private var answers: [String: Answer] = [:]
  private var waiting: CheckedContinuation<[String: Answer], Never>?

  private init(_ count: Int, _ waiting: CheckedContinuation<[String: Answer], Never>) {
    left = count
    self.waiting = waiting
  }

  static func run(
    _ names: Set<String>, on loop: Loop, within patience: Duration
  ) async -> [String: Answer] {
    await withCheckedContinuation { continuation in
      let lookup = Lookup(names.count, continuation)
      let timer = loop.schedule(at: MonotonicTime.now.advanced(by: patience)) { lookup.finish() }
      for name in names {
        do throws(SystemError) {
          // Its own thread for each: one name server that does not answer holds up nobody else. It ends by itself.
          try Thread.start(name: "mage-names") {
            let answer = look(up: name)
            Task(executorPreference: loop) {
              lookup.take(name, answer)
              if lookup.waiting == nil { loop.cancel(timer) }
            }
          }
        } catch {
          lookup.take(name, .failed("\(error)"))
        }
      }
    }
  }

  private func take(_ name: String, _ answer: Answer) {
    answers[name] = answer
    left -= 1
    if left == 0 { finish() }
  }

  private func finish() {
    waiting?.resume(returning: answers)
    waiting = nil
  }

  /// Blocks for as long as the resolver likes (getaddrinfo(3)).
  private static func look(up name: String) -> Answer {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(name, nil, &hints, &list)
    guard status == 0 else { return .failed(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var hosts: [PinnedAddresses.Host] = []
    var next = list
    while let entry = next?.pointee {
      if let host = host(entry), !hosts.contains(host) { hosts.append(host) }
      next = entry.ai_next
    }
    return hosts.isEmpty ? .failed("no address") : .found(hosts)
  }

  private static func host(_ entry: addrinfo) -> PinnedAddresses.Host? {
    let bytes = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
    return SocketAddress(Array(bytes)).map {
      PinnedAddresses.Host(family: Int32($0.family), bytes: $0.host)
    }
  }
}
