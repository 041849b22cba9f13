internal import CMageSystem

/// What kind of file system a file lies on (statfs(2), `f_type`).
package struct FileSystemKind: Hashable, Sendable {
  private let magic: UInt32

  private init(magic: UInt32) { self.magic = magic }

  /// Asks the kernel (fstatfs(2)).
  package init(of descriptor: Int32) throws(SystemError) {
    magic = UInt32(
      truncatingIfNeeded: try check("fstatfs", mage_file_system_kind(descriptor)))
  }

  /// tmpfs, where memfd_create(2) makes its files. Those that are made of huge pages lie on another, whose pages can run out under a mapping.
  package static let memory = FileSystemKind(magic: 0x0102_1994)

  /// Whether it is one of the kernel's own, whose files are doors into the kernel or into other processes and no data: what reading one
  /// means depends on who reads, and may wait for others.
  package var isKernels: Bool { Self.kernels.contains(magic) }

  /// proc, sysfs, cgroup and cgroup2, debugfs, tracefs, securityfs, configfs, nsfs, pidfs, bpf, pstore, efivarfs, binfmt_misc, mqueue, devpts, fusectl,
  /// selinuxfs, smackfs, rpc_pipefs, resctrl, secretmem, hugetlbfs, anonymous inodes, sockets, pipes (linux/magic.h).
  private static let kernels: Set<UInt32> = [
    0x9FA0, 0x6265_6572, 0x0027_E0EB, 0x6367_7270, 0x6462_6720, 0x7472_6163, 0x7363_6673,
    0x6265_6570, 0x6E73_6673, 0x5049_4446, 0xCAFE_4A11, 0x6165_676C, 0xDE5E_81E4, 0x4249_4E4D,
    0x1980_0202, 0x1CD1, 0x6573_5543, 0xF97C_FF8C, 0x4341_5D53, 0x6759_6969, 0x0765_5821,
    0x5345_434D, 0x9584_58F6, 0x0904_1934, 0x534F_434B, 0x5049_5045,
  ]

  /// ext, xfs, btrfs, tmpfs, ramfs, overlayfs, f2fs, squashfs, erofs, bcachefs, zfs: this machine's own, where what is in the cache is
  /// opened without waiting.
  package var isLocal: Bool { Self.local.contains(magic) }

  private static let local: Set<UInt32> = [
    0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x8584_58F6, 0x794C_7630, 0xF2F5_2010,
    0x7371_7368, 0xE0F5_E1E2, 0xCA45_1A4E, 0x2FC1_2FC1,
  ]
}
