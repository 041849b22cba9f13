internal import MageSystem

/// Why a launch failed: the step, the call, its errno, and what to do about it where that is known.
enum LaunchError: Error, Equatable {
  case failed(step: String, SystemError, remedy: String?)
  /// The launcher or the report broke off.
  case launcherGone(String)
}

extension LaunchError {
  /// - Parameter steps: those of the request that failed.
  init(_ failure: LaunchReport.Failure, steps: [LaunchStep]) {
    let step =
      switch failure.place {
      case .launcher: "prepare the launcher"
      case .request: "read the launch request"
      case .clone: "clone the worker into its namespaces"
      case .identity: "map the worker's user"
      case .release: "release the worker"
      case .threads: "fork the template, which has started a thread"
      case .step(let index):
        steps.indices.contains(index) ? steps[index].purpose : "step \(index)"
      }
    self = .failed(
      step: step, failure.error, remedy: Self.remedy(failure.error, failure.place, steps))
  }

  private static func remedy(
    _ error: SystemError, _ place: LaunchReport.Place, _ steps: [LaunchStep]
  ) -> String? {
    switch (place, error.errnoName) {
    case (.launcher, "EPERM"), (.clone, "EPERM"), (.launcher, "EACCES"):
      """
      user namespaces are refused here; allow them (sysctl kernel.unprivileged_userns_clone=1, or \
      kernel.apparmor_restrict_unprivileged_userns=0, or a container that permits them)
      """
    case (.launcher, "ENOSPC"), (.clone, "ENOSPC"), (.launcher, "EUSERS"), (.clone, "EUSERS"):
      "the limit on namespaces is reached; raise sysctl user.max_user_namespaces"
    case (.launcher, "EINVAL"), (.clone, "EINVAL"), (.clone, "ENOSYS"):
      "this kernel lacks what the launch needs; Linux 5.14 or later is needed"
    case (.step(let index), "EACCES") where steps.indices.contains(index):
      steps[index].accessRemedy
    case (.threads, _):
      "locks of its other threads would stay held in a fork; let 'prepare' start none, or spawn cold"
    case (.step, "EMFILE"):
      "the start itself holds some descriptors at a time: raise 'open-files' in the policy's limits"
    case (.step, "ESTALE"): "the file was replaced while it was being bound; try again"
    default: nil
    }
  }
}

extension LaunchReport.Failure {
  /// Whether the machine gives this process no namespaces, now and later: forbidden, switched off, or not there. A limit that others have used up
  /// is no refusal: whoever can use it up must not be able to weaken a sandbox.
  var refusesNamespaces: Bool {
    guard place == .launcher || place == .clone else { return false }
    switch error.errnoName {
    case "EPERM", "EACCES", "EINVAL", "ENOSYS": return true
    case "ENOSPC", "EUSERS": return Self.mostNamespaces == "0"
    default: return false
    }
  }

  private static var mostNamespaces: String? {
    let bytes = try? FileReading.read("/proc/sys/user/max_user_namespaces", limit: 64)
    return bytes.map { String(decoding: $0, as: UTF8.self).filter(\.isNumber) }
  }
}

extension LaunchError: CustomStringConvertible {
  var description: String {
    switch self {
    case .failed(let step, let error, let remedy):
      "cannot \(step): \(error)" + (remedy.map { " (\($0))" } ?? "")
    case .launcherGone(let reason): "the launcher broke off: \(reason)"
    }
  }
}

extension LaunchStep {
  /// What the step is for, after "cannot".
  var purpose: String {
    switch self {
    case .privateMounts: "make the worker's mounts its own"
    case .openTree(let path, _, _): "bind \(path)"
    case .become(let uid, let gid): "become user \(uid), group \(gid)"
    case .root(let directory, _, _): "make the empty root on \(directory)"
    case .directory(let path, _), .file(let path), .link(let path, _):
      "make /\(path) in the worker's root"
    case .attach(_, let path, _): "attach /\(path) in the worker's root"
    case .temporary(let path, _, _): "mount a temporary directory at /\(path)"
    case .pivot: "enter the worker's root"
    case .sealRoot: "make the worker's root read-only"
    case .hostname: "set the host name"
    case .parentDeath: "tie the worker's life to the host's"
    case .descriptors: "place the worker's descriptors"
    case .limit(let resource, _, _): "set the limit '\(resource)'"
    default: confinementPurpose
    }
  }

  private var confinementPurpose: String {
    switch self {
    case .session: "start a session"
    case .capabilities: "drop all capabilities"
    case .noNewPrivileges: "set no_new_privs"
    case .landlock, .landlockAllow, .landlockAllowDescriptor, .landlockEnforce:
      "confine files with Landlock"
    case .filter: "install the start-up filter"
    case .reportAt: "move the report"
    case .initProcess: "fork the program"
    case .seal: "seal the fork"
    default: "execute the worker"
    }
  }

  fileprivate var accessRemedy: String? {
    switch self {
    case .execute:
      "the worker runs as an unprivileged user: its executable must be readable and executable for others"
    case .openTree(let path, _, _): "\(path) must be readable by the user who runs the host"
    default: nil
    }
  }
}
