internal import Glibc
internal import MageSystem

@testable internal import MageHost

/// Executables that are damaged.
enum ElfTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty, let file = try? SharedMemory.create(name: "elf", size: bytes.count) else {
      return true
    }
    guard pwrite(file.number, bytes, bytes.count, 0) == bytes.count else { return true }
    do throws(ElfImage.Defect) {
      let image = try ElfImage(file)
      return image.needed.count <= bytes.count && (image.interpreter?.utf8.count ?? 0) <= 3 * 4096
    } catch {
      return true
    }
  }
}

/// What /proc says, where a worker chose part of it: names of mapped files, its own name.
enum ProcTarget {
  static func run(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    let status = ProcessStatus(text: text)
    let defect = SealProof(namespaces: [], filters: 2, own: [:]).statusDefect(status)
    guard defect == nil || bytes.count < 1 << 20 else { return false }
    for address: UInt64 in [0, 0x1000, 0x7F00_0000_0000, .max] {
      guard let place = MemoryMap(text: text).place(of: address) else { continue }
      guard place.module.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }),
        place.module.utf8.count <= 128
      else { return false }
    }
    return true
  }
}
