internal import MageSystem
internal import Synchronization

/// The host's end of a template: requests for forks go in here.
final class TemplateControl: Sendable {
  /// Those that its forks must not share.
  let namespaces: [NamespaceKind: String]
  /// The template's, unique within the host.
  let number: UInt64
  private let socket: Mutex<OpenSocket?>

  /// - Parameter pid: the template's, which must have started.
  init(
    _ socket: consuming PacketSocket, of pid: Int32, number: UInt64, leaving kinds: [NamespaceKind]
  ) throws(SystemError) {
    self.number = number
    var namespaces: [NamespaceKind: String] = [:]
    for kind in kinds { namespaces[kind] = try kind.identity(of: "\(pid)") }
    self.namespaces = namespaces
    self.socket = Mutex(OpenSocket(socket))
  }

  /// - Parameter report: where the template and the fork report.
  func submit(_ request: LaunchRequest, report: SharedDescriptor) throws(LaunchError) {
    let descriptors = [report] + request.descriptors
    guard let socket = socket.withLock({ $0 }) else {
      throw .launcherGone("the template has ended")
    }
    do throws(SystemError) {
      try socket.packets.send(request.encoded, descriptors: descriptors.map(\.number))
    } catch {
      if error.isPeerGone { close() }
      throw .failed(step: "reach the template", error, remedy: nil)
    }
  }

  var isClosed: Bool { socket.withLock { $0 == nil } }

  /// The template has ended or is to end. Those who still hold this, as every fork does, hold no descriptor.
  func close() { socket.withLock { $0 = nil } }

  private final class OpenSocket: Sendable {
    let packets: PacketSocket
    init(_ packets: consuming PacketSocket) { self.packets = packets }
  }
}
