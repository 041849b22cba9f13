/// What a hostile worker of `mage torture` does; the same for the same seed, so that the host knows which ending is right.
package enum Behaviour: String, CaseIterable, Sendable {
  /// Good packets, spoiled; then one of ``Finale``.
  case mutants
  /// As many good messages as it can send.
  case flood
  /// It does not answer.
  case silence
  /// The beginning of a message, and then nothing.
  case half
  /// Descriptors that nobody asked for, or that are not what they are said to be.
  case descriptors
  /// Packets and frames that cost nothing and mean nothing.
  case noise
  /// A ``Trick`` with ends of pipes, with interfaces that share one, with streams, with shared buffers.
  case ends, interfaces, streams, buffers
  /// It is given a pipe to another worker, and sends that what it does not know, or dies in the middle of a call to it.
  case neighbour
  /// It binds streams and lets them lie, and the host kills it.
  case dawdler
  case crash, exit
  /// A call that the policy does not allow.
  case forbidden
  /// The beginning of a message, and then its own death.
  case deathInMessage
  /// It waits; the host kills it.
  case victim
  /// A friendly one, which the host kills while it answers many calls.
  case interrupted
  /// It ends before it says hello.
  case stillbirth
  /// It talks before it is asked.
  case babble

  /// Half of all are mutants: of those there are most.
  package init(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let others = Self.allCases.dropFirst()
    let choice = Int.random(in: 0..<(others.count * 2), using: &random)
    self = choice < others.count ? others[others.startIndex + choice] : .mutants
  }

  /// Those that it does one of.
  package var tricks: [Trick] {
    switch self {
    case .ends: Trick.ofEnds
    case .interfaces: Trick.ofInterfaces
    case .streams: Trick.ofStreams
    case .buffers: Trick.ofBuffers
    default: []
    }
  }

  /// It is hostile before it is sealed, so that its launch fails.
  package var isEarly: Bool { self == .stillbirth || self == .babble }

  /// What the worker is started with. Few, because a host keeps a plan for each.
  package func arguments(seed: UInt64) -> [String] {
    switch self {
    case .silence, .half, .stillbirth, .babble: [rawValue, "\(seed % 2)"]
    case .interrupted: ["drill"]
    default: ["hostile"]
    }
  }

  /// The words of the endings that are right (`Ending.Cause.name`).
  package var endings: Set<String> {
    switch self {
    // A spoiled packet can be a good one, and then the finale ends it.
    case .mutants: ["malformed", "crashed", "exited", "forbidden-call", "limit"]
    case .flood: ["malformed", "limit"]
    case .silence, .half: ["limit"]
    case .descriptors, .noise, .ends, .interfaces, .streams, .buffers: ["malformed"]
    case .neighbour: ["malformed", "crashed"]
    case .crash: ["crashed"]
    case .exit, .deathInMessage: ["exited"]
    case .forbidden: ["forbidden-call"]
    case .victim, .interrupted, .dawdler: ["killed"]
    case .stillbirth, .babble: []
    }
  }
}

/// Numbers that look like chance and are the same for the same seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
