internal import MagePolicy
internal import MageSystem

/// A worker's program, opened once, and the files that its view of the file system must hold.
struct Executable: Sendable {
  let path: String
  let descriptor: SharedDescriptor
  /// What is bound into the view.
  var binds: [Bind]
  let isDynamic: Bool
  /// Bytes of its own writable data, touched or not.
  let staticBytes: UInt64

  struct Bind: Sendable {
    enum Kind: Equatable, Sendable { case file, directory, device }

    let source: String
    /// Absolute, in the view.
    let target: String
    let kind: Kind
    /// The source as the host has opened it: the launch binds this object or fails.
    let descriptor: SharedDescriptor
    var isWritable = false
  }

  /// Whether its path, and those of its view, still lead to the files that were opened.
  var isCurrent: Bool {
    Self.leads(path, to: descriptor)
      && binds.allSatisfy { Self.leads($0.source, to: $0.descriptor) }
  }

  private static func leads(_ path: String, to opened: SharedDescriptor) -> Bool {
    guard let now = try? OwnedDescriptor.open(path, flags: 0),
      let facts = try? DescriptorFacts(of: now.number)
    else { return false }
    return facts == (try? DescriptorFacts(of: opened.number))
  }

  /// Opens the program and everything that it needs to start under `policy`.
  ///
  /// - Parameters:
  ///   - extra: read-only binds beside the policy's.
  ///   - implied: shared objects that the program may load without naming them; those that are not there are left out.
  static func open(
    _ path: String, for policy: Policy, extra: [(source: String, target: String)] = [],
    implied: [String] = []
  ) throws(SpawnError) -> Executable {
    let file = try open(path, "executable")
    try checkRunnable(file, path)
    let image = try image(of: file, path)
    var binds: [Bind] = []
    if let interpreter = image.interpreter {
      binds.append(try bind(interpreter, at: interpreter))
    }
    do throws(SharedObjects.Failure) {
      for object in try SharedObjects.needed(by: image, at: path, implied: implied) {
        try binds.append(bindObject(object))
      }
    } catch {
      throw .notPossible(describe(error))
    }
    for device in policy.fileSystem.devices {
      binds.append(try bind("/dev/\(device)", at: "/dev/\(device)"))
    }
    for path in policy.fileSystem.readOnly { binds.append(try bind(path, at: path)) }
    for path in policy.fileSystem.readWrite {
      var bind = try bind(path, at: path)
      bind.isWritable = true
      binds.append(bind)
    }
    for (source, target) in extra { binds.append(try bind(source, at: target)) }
    return Executable(
      path: path, descriptor: SharedDescriptor(file), binds: BindOrder.sorted(binds),
      isDynamic: image.isDynamic, staticBytes: image.staticBytes)
  }

  private static func bindObject(
    _ object: SharedObjects.Object
  ) throws(SharedObjects.Failure) -> Bind {
    do throws(SpawnError) {
      return try bind(object.path, at: "/lib/\(object.name)")
    } catch {
      throw .missing(name: object.name, neededBy: object.path)
    }
  }

  private static func open(
    _ path: String, _ what: String
  ) throws(SpawnError) -> OwnedDescriptor {
    do throws(SystemError) {
      return try OwnedDescriptor.open(path, flags: 0)
    } catch {
      let meaning = meanings[error.errno].map { ": \($0)" } ?? ""
      throw .notPossible("\(what) \(path): \(error.errnoName)\(meaning)")
    }
  }

  private static let meanings: [Int32: String] = [
    Errno.noEntry: "there is no such file", Errno.accessDenied: "this user may not read it",
  ]

  private static func bind(_ source: String, at target: String) throws(SpawnError) -> Bind {
    let opened = SharedDescriptor(try open(source, "file of the worker's view"))
    let kind: Bind.Kind =
      switch try facts(of: opened.number, source).kind {
      case .directory: .directory
      case .characterDevice: .device
      default: .file
      }
    return Bind(source: source, target: target, kind: kind, descriptor: opened)
  }

  private static func checkRunnable(
    _ file: borrowing OwnedDescriptor, _ path: String
  ) throws(SpawnError) {
    let facts = try facts(of: file.number, path)
    guard facts.kind == .regularFile else {
      throw .notPossible("executable \(path): not a regular file")
    }
    guard facts.permissions & 0o111 != 0 else {
      throw .notPossible("executable \(path): not executable (chmod +x \(path))")
    }
  }

  private static func facts(
    of descriptor: Int32, _ path: String
  ) throws(SpawnError) -> DescriptorFacts {
    do throws(SystemError) {
      return try DescriptorFacts(of: descriptor)
    } catch {
      throw .notPossible("\(path): \(error)")
    }
  }

  private static func image(
    of file: borrowing OwnedDescriptor, _ path: String
  ) throws(SpawnError) -> ElfImage {
    do throws(ElfImage.Defect) {
      return try ElfImage(file)
    } catch {
      throw .notPossible("executable \(path): \(describe(error))")
    }
  }

  private static func describe(_ failure: SharedObjects.Failure) -> String {
    switch failure {
    case .missing(let name, let user): "shared object \(name), which \(user) needs, was not found"
    case .defect(let path, let defect): "shared object \(path): \(describe(defect))"
    }
  }

  private static func describe(_ defect: ElfImage.Defect) -> String {
    switch defect {
    case .notElf: "not an ELF executable"
    case .unsupported(let what): "unsupported: \(what)"
    case .damaged(let what): "damaged: \(what)"
    case .unreadable(let error): "\(error)"
    }
  }
}
