// Made by magen from colours.magen.
// Changes belong there: here they are lost.

/// Colours that every version knows, or takes for green.
public enum Colour: RawRepresentable, Hashable, Sendable {
  case red
  case greenBlue

  public init(rawValue: Int32) {
    switch rawValue {
    case 0: self = .red
    case 1: self = .greenBlue
    default: self = .greenBlue
    }
  }

  public var rawValue: Int32 {
    switch self {
    case .red: 0
    case .greenBlue: 1
    }
  }
}

public enum Hue: RawRepresentable, Hashable, Sendable {
  case warm
  case cold
  /// A value that a later version of the interface has.
  case unknown(Int32)

  public init(rawValue: Int32) {
    switch rawValue {
    case 0: self = .warm
    case 7: self = .cold
    default: self = .unknown(rawValue)
    }
  }

  public var rawValue: Int32 {
    switch self {
    case .warm: 0
    case .cold: 7
    case .unknown(let value): value
    }
  }
}
