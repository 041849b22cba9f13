internal import MageSystem

/// Reads policy files that nobody but root and the caller can have written: whoever writes a policy decides what its workers may do.
struct PolicyFile {
  /// As messages name it.
  private let name: String

  /// Bytes of one file. A policy is a page; what is longer is not one.
  private static let sizeLimit = 256 << 10

  // open(2). A FIFO must not be waited for; a directory is looked at and not read.
  private static let reading: Int32 = 0o4000  // O_NONBLOCK
  private static let looking: Int32 = 0o1020_0000  // O_PATH, O_DIRECTORY

  /// The text of a file anywhere. Links are followed, and the directory where the file then lies is looked at as well.
  static func text(atPath path: String) throws(IncludeFailure) -> String {
    let reader = PolicyFile(name: path)
    let file = try reader.trying { () throws(SystemError) in
      try OwnedDescriptor.open(path, flags: reading)
    }
    let text = try reader.text(file)
    let folder = try reader.trying { () throws(SystemError) in
      try FileReading.link("/proc/self/fd/\(file.number)")
    }.split(separator: "/").dropLast().joined(separator: "/")
    try reader.checkDirectory("/" + folder) { () throws(SystemError) in
      try OwnedDescriptor.open("/" + folder, flags: looking)
    }
    return text
  }

  /// The text of a file beneath a library's directory. No link leads there and no mount: what is in the library is what a reviewer
  /// of the directory sees.
  static func text(of name: String, in directory: String) throws(IncludeFailure) -> String {
    let reader = PolicyFile(name: name)
    let root: SharedDescriptor
    do throws(SystemError) {
      root = SharedDescriptor(try OwnedDescriptor.open(directory, flags: looking))
    } catch {
      throw IncludeFailure("there is no library of policies '\(directory)': \(error.errnoName)")
    }
    func open(_ path: String, _ flags: Int32) throws(SystemError) -> OwnedDescriptor {
      try BeneathDirectory.open(root, Array(path.utf8), flags: UInt64(UInt32(bitPattern: flags)))
    }
    let file = try reader.trying { () throws(SystemError) in try open(name, reading) }
    let text = try reader.text(file)
    try reader.checkDirectory(directory) { () throws(SystemError) in try root.duplicate() }
    let parts = name.split(separator: "/").dropLast()
    for end in parts.indices {
      let path = parts[...end].joined(separator: "/")
      try reader.checkDirectory("\(directory)/\(path)") { () throws(SystemError) in
        try open(path, looking)
      }
    }
    return text
  }

  private func text(_ file: borrowing OwnedDescriptor) throws(IncludeFailure) -> String {
    let facts: DescriptorFacts
    let bytes: [UInt8]
    do throws(SystemError) {
      facts = try DescriptorFacts(of: file.number)
      guard facts.kind == .regularFile else {
        throw SystemError("read", errno: facts.kind == .directory ? 21 : Errno.invalid)
      }
      bytes = try FileReading.read(file, name, limit: Self.sizeLimit)
    } catch {
      throw failure(error)
    }
    if let reason = distrust(facts, "'\(name)'", isDirectory: false) {
      throw IncludeFailure(reason)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw IncludeFailure("'\(name)' is not UTF-8")
    }
    return text
  }

  private func checkDirectory(
    _ path: String, _ open: () throws(SystemError) -> OwnedDescriptor
  ) throws(IncludeFailure) {
    let facts = try trying { () throws(SystemError) in
      // Held until its facts are known.
      let directory = try open()
      return try DescriptorFacts(of: directory.number)
    }
    let what = "'\(path)', the directory of '\(name)',"
    if let reason = distrust(facts, what, isDirectory: true) { throw IncludeFailure(reason) }
  }

  /// Why somebody else may have written it, and what to do; `nil` when nobody can.
  private func distrust(_ facts: DescriptorFacts, _ what: String, isDirectory: Bool) -> String? {
    let caller = ProcessIdentity.effectiveUser
    guard facts.owner == 0 || facts.owner == caller else {
      return
        "\(what) belongs to user \(facts.owner), who could change it: make it root's or your own"
    }
    // In a sticky directory others may make files, but not touch this one.
    let isSticky = isDirectory && facts.permissions & 0o1000 != 0
    guard facts.permissions & 0o022 == 0 || isSticky else {
      return "\(what) can be written by other users: run 'chmod go-w' on it"
    }
    return nil
  }

  private func trying<Value: ~Copyable>(
    _ body: () throws(SystemError) -> Value
  ) throws(IncludeFailure) -> Value {
    do throws(SystemError) { return try body() } catch { throw failure(error) }
  }

  private func failure(_ error: SystemError) -> IncludeFailure {
    switch error.errno {
    case Errno.tooManyLinks: IncludeFailure("'\(name)' leads through a symbolic link")
    case Errno.crossesDevice: IncludeFailure("'\(name)' leads out of the library")
    case Errno.fileTooLarge:
      IncludeFailure("'\(name)' is larger than \(Self.sizeLimit >> 10) KiB; a policy is a page")
    case Errno.invalid, 21: IncludeFailure("'\(name)' is no regular file")
    default: IncludeFailure("cannot read '\(name)': \(error.errnoName)")
    }
  }
}
