import CMageSystem
import MageSystem
import Testing

/// What a launcher or a template says is checked before it is believed.
@Suite struct LaunchReportTests {
  private func receive(_ bytes: [UInt8], _ descriptors: [Int32] = []) throws -> String {
    let pair = try PacketSocket.pair()
    let far = pair.peer
    let near = pair.takeSocket()
    let sent = mage_send_packet(far.number, bytes, bytes.count, descriptors, descriptors.count)
    #expect(sent == Int64(bytes.count))
    do throws(SystemError) {
      return "\(try near.receiveLaunchReport())"
    } catch {
      return error.errnoName
    }
  }

  private func report(_ kind: UInt32) -> [UInt8] {
    var report = mage_launch_report()
    report.kind = kind
    return withUnsafeBytes(of: report) { Array($0) }
  }

  @Test("A report of another size, of no known kind or without its descriptor is none")
  func malformed() throws {
    let ready = report(MAGE_REPORT_READY.rawValue)
    #expect(try receive(ready) == "ready")
    #expect(try receive(Array(ready.dropLast())) == "EPROTO")
    #expect(try receive(ready + [0]) == "EPROTO")
    for kind in [0, 77, UInt32.max, MAGE_REPORT_LAUNCHED.rawValue, MAGE_REPORT_LISTENER.rawValue] {
      #expect(try receive(report(kind)) == "EPROTO", "kind \(kind)")
    }
  }
}
