internal import CMageSystem

/// One step between clone and exec, carried out in C in a process of its own (see `steps.c`).
///
/// Paths are as the new process sees them when the step runs. `descriptor` is a position in ``LaunchRequest/descriptors``.
package enum LaunchStep: Equatable, Sendable {
  case privateMounts
  /// Takes a copy of the mount at `path` into `slot`; it must still be the file behind `descriptor`.
  case openTree(path: String, descriptor: Int, slot: Int)
  case become(uid: UInt32, gid: UInt32)
  case root(directory: String, bytes: UInt64, inodes: UInt64)
  case directory(String, mode: UInt32)
  case file(String)
  /// A symbolic link at `path`, whose target need not exist.
  case link(path: String, target: String)
  case attach(slot: Int, path: String, MountAttributes)
  case temporary(String, bytes: UInt64, noExec: Bool)
  /// The process's own part of procfs (proc(5): subset=pid), read-only.
  case processes(String)
  case pivot
  case sealRoot
  case hostname(String)
  case parentDeath
  case descriptors([Placement])
  case limit(ResourceLimit, soft: UInt64, hard: UInt64)
  case session
  /// All sets are emptied and locked. The process of an ordinary user, who has none, may keep what bounds them.
  case capabilities(isPrivileged: Bool)
  case noNewPrivileges
  case landlock(LandlockRights)
  case landlockAllow(files: UInt64, path: String)
  case landlockAllowDescriptor(files: UInt64, descriptor: Int)
  case landlockEnforce
  case filter([UInt8])
  /// The report moves out of the way of the program's own descriptors.
  case reportAt(UInt32)
  /// From here on a child of process 1 goes on, and process 1 reports its end.
  case initProcess
  case execute(descriptor: Int, arguments: [String], environment: [String])
  /// The last filter of a template's fork; `packet` goes with its listener to the descriptor `channel`.
  case seal(program: [UInt8], packet: [UInt8], channel: UInt32)
  /// A template's fork goes on where the template waits.
  case resume

  package struct Placement: Equatable, Sendable {
    package let descriptor: Int
    package let number: UInt32

    package init(descriptor: Int, number: UInt32) {
      self.descriptor = descriptor
      self.number = number
    }
  }
}

/// MOUNT_ATTR_* bits (mount_setattr(2)).
package struct MountAttributes: OptionSet, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let readOnly = MountAttributes(rawValue: 1)
  package static let noSetUID = MountAttributes(rawValue: 2)
  package static let noDevices = MountAttributes(rawValue: 4)
  package static let noExecute = MountAttributes(rawValue: 8)
}

/// RLIMIT_* numbers (getrlimit(2)) that a policy's limits become.
package enum ResourceLimit: UInt64, Sendable {
  case cpu = 0
  case fileSize = 1
  case data = 2
  case stack = 3
  case core = 4
  case processes = 6
  case openFiles = 7
  case lockedMemory = 8
  case pendingSignals = 11
  case messageQueues = 12

  /// RLIM_INFINITY.
  package static let unlimited = UInt64.max
}

/// What a ruleset handles, and so refuses where no rule allows it (landlock(7)).
package struct LandlockRights: Equatable, Sendable {
  package var files: UInt64
  package var network: UInt64
  package var scopes: UInt64

  package static let execute: UInt64 = 1
  package static let writeFile: UInt64 = 1 << 1
  package static let readFile: UInt64 = 1 << 2
  package static let readDirectory: UInt64 = 1 << 3
  /// What there is to do with a file that is no directory; more is refused by the kernel.
  package static let ofFiles: UInt64 = execute | writeFile | readFile | 1 << 14 | 1 << 15

  /// Everything that version `abi` can handle.
  package init(everythingOf abi: Int32) {
    files = (1 << 13) - 1
    if abi >= 2 { files |= 1 << 13 }  // REFER
    if abi >= 3 { files |= 1 << 14 }  // TRUNCATE
    if abi >= 5 { files |= 1 << 15 }  // IOCTL_DEV
    network = abi >= 4 ? 3 : 0  // BIND_TCP, CONNECT_TCP
    scopes = abi >= 6 ? 3 : 0  // ABSTRACT_UNIX_SOCKET, SIGNAL
  }

  /// What may be done with files that hold data: everything but making devices and sockets, and executing.
  package var data: UInt64 {
    files & ~(Self.execute | 1 << 6 | 1 << 11 | 1 << 9 | 1 << 10 | 1 << 15)
  }
}

/// The version of Landlock that the kernel has, or `nil` when it has none or it is off.
package enum Landlock {
  package static var version: Int32? {
    let version = mage_landlock_version()
    return version > 0 ? version : nil
  }
}

// MARK: - Encoding

extension LaunchStep {
  /// The record that `steps.c` reads.
  var encoded: [UInt8] {
    let record = record
    var bytes: [UInt8] = []
    let size = MemoryLayout<mage_launch_step>.size + record.data.count
    let padded = (size + 7) / 8 * 8
    bytes.reserveCapacity(padded)
    for value in [
      record.op.rawValue, UInt32(clamping: padded), UInt32(clamping: record.data.count), 0,
    ] {
      bytes.append(contentsOf: littleEndian(value))
    }
    for value in [record.a, record.b, record.c] { bytes.append(contentsOf: littleEndian(value)) }
    bytes.append(contentsOf: record.data)
    bytes.append(contentsOf: repeatElement(0, count: padded - size))
    return bytes
  }

  private struct Record {
    let op: mage_launch_op
    var a: UInt64 = 0
    var b: UInt64 = 0
    var c: UInt64 = 0
    var data: [UInt8] = []
  }

  private var record: Record {
    switch self {
    case .privateMounts: Record(op: MAGE_STEP_PRIVATE_MOUNTS)
    case .openTree(let path, let descriptor, let slot):
      Record(
        op: MAGE_STEP_OPEN_TREE, a: UInt64(clamping: descriptor), b: UInt64(clamping: slot),
        data: text(path))
    case .become(let uid, let gid): Record(op: MAGE_STEP_BECOME, a: UInt64(uid), b: UInt64(gid))
    case .root(let directory, let bytes, let inodes):
      Record(op: MAGE_STEP_ROOT, a: bytes, b: inodes, data: text(directory))
    case .directory(let path, let mode):
      Record(op: MAGE_STEP_DIRECTORY, a: UInt64(mode), data: text(path))
    case .file(let path): Record(op: MAGE_STEP_FILE, data: text(path))
    case .link(let path, let target):
      Record(op: MAGE_STEP_LINK, data: text(path) + text(target))
    case .attach(let slot, let path, let attributes):
      Record(
        op: MAGE_STEP_ATTACH, a: UInt64(clamping: slot), b: attributes.rawValue, data: text(path))
    case .temporary(let path, let bytes, let noExec):
      // MS_NOSUID | MS_NODEV, and MS_NOEXEC.
      Record(op: MAGE_STEP_TMPFS, a: bytes, b: noExec ? 14 : 6, data: text(path))
    case .processes(let path): Record(op: MAGE_STEP_PROC, data: text(path))
    case .pivot: Record(op: MAGE_STEP_PIVOT)
    case .sealRoot:
      Record(
        op: MAGE_STEP_SEAL_ROOT,
        a: MountAttributes([.readOnly, .noSetUID, .noDevices, .noExecute]).rawValue)
    case .hostname(let name): Record(op: MAGE_STEP_HOSTNAME, data: text(name))
    case .parentDeath: Record(op: MAGE_STEP_PARENT_DEATH)
    case .descriptors(let placements):
      Record(
        op: MAGE_STEP_DESCRIPTORS,
        data: placements.flatMap {
          littleEndian(UInt32(clamping: $0.descriptor)) + littleEndian($0.number)
        })
    case .limit(let resource, let soft, let hard):
      Record(op: MAGE_STEP_LIMIT, a: resource.rawValue, b: soft, c: hard)
    case .session: Record(op: MAGE_STEP_SESSION)
    case .capabilities(let isPrivileged):
      Record(op: MAGE_STEP_CAPABILITIES, a: isPrivileged ? 0 : 1)
    case .noNewPrivileges: Record(op: MAGE_STEP_NO_NEW_PRIVILEGES)
    default: confinementRecord
    }
  }

  private var confinementRecord: Record {
    switch self {
    case .landlock(let rights):
      Record(op: MAGE_STEP_LANDLOCK, a: rights.files, b: rights.network, c: rights.scopes)
    case .landlockAllow(let files, let path):
      Record(op: MAGE_STEP_LANDLOCK_ALLOW, a: files, data: text(path))
    case .landlockAllowDescriptor(let files, let descriptor):
      Record(op: MAGE_STEP_LANDLOCK_ALLOW, a: files, b: UInt64(clamping: descriptor))
    case .filter(let program): Record(op: MAGE_STEP_FILTER, data: program)
    case .reportAt(let number): Record(op: MAGE_STEP_REPORT_AT, a: UInt64(number))
    case .initProcess: Record(op: MAGE_STEP_INIT)
    case .execute(let descriptor, let arguments, let environment):
      Record(
        op: MAGE_STEP_EXECUTE, a: UInt64(clamping: descriptor), b: UInt64(arguments.count),
        c: UInt64(environment.count), data: (arguments + environment).flatMap(text))
    case .seal(let program, let packet, let channel):
      Record(
        op: MAGE_STEP_SEAL, a: UInt64(channel), b: UInt64(clamping: program.count),
        data: program + packet)
    case .resume: Record(op: MAGE_STEP_RESUME)
    default: Record(op: MAGE_STEP_LANDLOCK_ENFORCE)
    }
  }

  private func text(_ string: String) -> [UInt8] { Array(string.utf8) + [0] }

  private func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<MemoryLayout<Value>.size).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
  }
}
