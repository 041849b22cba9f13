/// How programs' memory is limited on this machine, for this user.
public enum MemoryLimit {
  public static var mechanism: Mechanisms.Memory {
    switch ControlGroup.available {
    case .v2: .cgroupV2
    case .v1: .cgroupV1
    case nil: .watch
    }
  }
}
