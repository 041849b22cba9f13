internal import CMageSystem

/// What the launcher or the process that it made says about a launch.
package enum LaunchReport: Sendable {
  /// The launcher can work.
  case ready
  /// The process exists, stopped before its first step. `reporter` comes with a template's fork, for the request that maps its ids.
  case launched(pid: Int32, pidfd: SharedDescriptor, reporter: SharedDescriptor?)
  /// The start-up filter is in force.
  case listener(SharedDescriptor)
  /// A step failed; the process is gone or never was.
  case failed(Failure)
  /// Process 1 reports that the program, its child, has ended (``LaunchStep/initProcess``).
  case programEnded(ExitStatus.Cause)
  /// The report's last descriptor was closed: by exec, unless a failure came before.
  case executed

  package struct Failure: Equatable, Sendable {
    package let error: SystemError
    package let place: Place

    package init(place: Place, error: SystemError) {
      self.place = place
      self.error = error
    }
  }

  /// Where in a launch something failed.
  package enum Place: Equatable, Sendable {
    case launcher
    case request
    case clone
    case identity
    case release
    /// A template has more than one thread.
    case threads
    case step(Int)
  }
}

extension PacketSocket {
  /// The next report, or throws `EAGAIN` when there is none yet, and `EPROTO` when it is not one.
  package borrowing func receiveLaunchReport() throws(SystemError) -> LaunchReport {
    var raw = mage_launch_report()
    let size = MemoryLayout<mage_launch_report>.size
    let result = unsafe withUnsafeMutableBytes(of: &raw) { buffer in
      Result { () throws(SystemError) in try unsafe receive(into: buffer) }
    }
    let received = try result.get()
    guard received.count > 0 else { return .executed }
    guard received.count == size, !received.bytesTruncated, !received.descriptorsTruncated else {
      throw Self.protocolError
    }
    return try LaunchReport(raw, received.descriptors)
  }

  fileprivate static var protocolError: SystemError {
    SystemError("recvmsg(report)", errno: Errno.protocolError)
  }
}

extension LaunchReport {
  fileprivate init(
    _ raw: mage_launch_report, _ descriptors: [SharedDescriptor]
  ) throws(SystemError) {
    switch (raw.kind, descriptors.first) {
    case (MAGE_REPORT_READY.rawValue, _) where raw.error == 0: self = .ready
    case (MAGE_REPORT_READY.rawValue, _): self = .failed(Failure(raw, .launcher))
    case (MAGE_REPORT_LAUNCHED.rawValue, let pidfd?):
      self = .launched(pid: raw.pid, pidfd: pidfd, reporter: descriptors.dropFirst().first)
    case (MAGE_REPORT_LISTENER.rawValue, let listener?): self = .listener(listener)
    case (MAGE_REPORT_ENDED.rawValue, _):
      // CLD_EXITED is 1; the rest are kinds of dying by a signal (sigaction(2)).
      self = .programEnded(raw.step == 1 ? .exited(raw.error) : .signaled(raw.error))
    case (MAGE_REPORT_FAILED.rawValue, _): self = .failed(Failure(raw, Place(raw.step)))
    default: throw PacketSocket.protocolError
    }
  }
}

extension LaunchReport.Failure {
  fileprivate init(_ raw: mage_launch_report, _ place: LaunchReport.Place) {
    let call = unsafe withUnsafeBytes(of: raw.call) { raw in
      unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(place: place, error: SystemError(call, errno: raw.error))
  }
}

extension LaunchReport.Place {
  fileprivate init(_ step: UInt32) {
    switch step {
    case MAGE_STEP_INDEX_REQUEST: self = .request
    case MAGE_STEP_INDEX_CLONE: self = .clone
    case MAGE_STEP_INDEX_IDENTITY: self = .identity
    case MAGE_STEP_INDEX_RELEASE: self = .release
    case MAGE_STEP_INDEX_THREADS: self = .threads
    default: self = .step(Int(step))
    }
  }
}

/// Starting the launcher.
package enum LauncherStart {
  /// Starts `path` as a guardian: when this process has ended, it removes the directories below `root` that start with `prefix`.
  package static func spawnGuardian(
    _ path: String, root: String, prefix: String
  ) throws(SystemError) {
    _ = try check(
      "posix_spawn(\(path))", unsafe mage_spawn_guardian(path, root, prefix))
  }

  /// Starts `path` with `socket` as its channel. Call it on the thread whose end shall end every worker.
  ///
  /// - Parameter makesNamespaces: else its workers have none.
  package static func spawn(
    _ path: String, socket: SharedDescriptor, makesNamespaces: Bool
  ) throws(SystemError) -> ProcessHandle {
    var pid: Int32 = -1
    let pidfd = unsafe mage_spawn_launcher(path, socket.number, makesNamespaces, &pid)
    return ProcessHandle(
      pid: pid,
      pidfd: SharedDescriptor(OwnedDescriptor(owning: try check("posix_spawn(\(path))", pidfd))))
  }
}
