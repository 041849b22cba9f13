/// One thing to measure and what to hold it against.
///
/// A row is one file in `Rows` that makes one of these, and one line in ``all``.
struct Benchmark: Sendable {
  /// `group.row`; rows run by the beginning of their names, results are kept by group.
  let name: String
  let what: String
  /// What `floor` is of.
  let peer: String
  let unit: Unit
  let goal: Goal
  /// The values of one round, the own and the floor's, measured one after the other. The harness repeats it.
  let round: @Sendable (Setting) async throws -> Round

  /// What both values of a row are in.
  enum Unit: String, Codable, Sendable {
    case microseconds = "us"
    case millionsPerSecond = "M/s"
    case gigabytesPerSecond = "GB/s"
    case mebibytes = "MiB"
    case percent = "%"
  }

  /// What the median of the rounds' ratios, own by floor, is to be.
  enum Goal: Sendable {
    case atMost(Double)
    case atLeast(Double)
    /// Not the ratio but the median of the own values, in the row's unit.
    case ownAtMost(Double)
    /// Nothing was promised; the figure is told.
    case report
  }

  struct Round: Sendable {
    let own: Double
    let floor: Double

    /// Both in the row's unit.
    init(own: Double, floor: Double) {
      self.own = own
      self.floor = floor
    }

    /// Both in nanoseconds, for a row in microseconds.
    init(own: UInt64, floor: UInt64) {
      self.init(own: Double(own) / 1000, floor: Double(floor) / 1000)
    }
  }

  /// Every row, in the order of the table.
  static let all =
    roundTrips + oneWays + payloads + messages + [passedPipes] + spawns
    + [warmMemory, killMalformed] + scales + neighbours + policies + [generator] + peers
}

/// A program that a row is compared with is not here.
struct MissingPeer: Error {
  /// The Debian package, or the program.
  let name: String
}
