internal import Glibc
internal import MagePolicy

/// One executable for all targets: they share the code that takes long to build with sanitizers. `MAGE_FUZZ` names the target.
///
/// A target reads bytes and must neither trap nor read outside its memory. It returns whether what it saw is consistent; when it is not, the
/// process stops, and libFuzzer keeps the bytes.
enum FuzzTarget: String, CaseIterable {
  case frames, message, channel, ring, policy, oci, minijail, interface, elf, proc

  func run(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .frames: FrameTarget.run(bytes)
    case .message: MessageTarget.run(bytes)
    case .channel: ChannelTarget.run(bytes)
    case .ring: RingTarget.run(bytes)
    case .policy: PolicyTarget.run(bytes)
    case .oci: ImportTarget.run(bytes, .oci)
    case .minijail: ImportTarget.run(bytes, .minijail)
    case .interface: InterfaceTarget.run(bytes)
    case .elf: ElfTarget.run(bytes)
    case .proc: ProcTarget.run(bytes)
    }
  }

  static let chosen: FuzzTarget = {
    let name = getenv("MAGE_FUZZ").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      fatalError("MAGE_FUZZ is '\(name)', must be one of \(names)")
    }
    return target
  }()
}

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard FuzzTarget.chosen.run(bytes) else {
    fatalError("\(FuzzTarget.chosen.rawValue): the result contradicts itself")
  }
  return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer,
  _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager makes this the executable's main function, under which the library's own would have been called.
@_cdecl("mage_fuzz_main")
func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
  var (count, arguments) = (count, arguments)
  return withUnsafeMutablePointer(to: &arguments) { runDriver(&count, $0, testOneInput) }
}
