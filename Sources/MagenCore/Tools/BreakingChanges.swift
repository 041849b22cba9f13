/// Tells what a change of an interface does to peers that were built before it.
package struct BreakingChanges {
  package enum Effect: String, Sendable {
    /// Messages of one side are malformed to the other.
    case breaks
    /// Old peers go on as before.
    case compatible
  }

  package struct Change: Equatable, Sendable {
    package var effect: Effect
    /// `demo.Thumbnailer.Decode.max_side`
    package var place: String
    package var text: String
  }

  private let old: Program
  private let new: Program
  private var changes: [Change] = []

  package static func compare(_ old: Program, _ new: Program) -> [Change] {
    var comparison = BreakingChanges(old: old, new: new)
    comparison.run()
    return comparison.changes
  }

  private init(old: Program, new: Program) {
    self.old = old
    self.new = new
  }

  private mutating func add(_ effect: Effect, _ place: String, _ text: String) {
    changes.append(Change(effect: effect, place: place, text: text))
  }

  /// Calls `both` for each pair of one name, and says what came and what went.
  private mutating func match<Item>(
    _ old: [Item], _ new: [Item], _ name: (Item) -> String, in place: String, what: String,
    goneBreaks: Bool, _ both: (inout BreakingChanges, Item, Item) -> Void
  ) {
    let known = Dictionary(new.map { (name($0), $0) }) { first, _ in first }
    let before = Set(old.map(name))
    for item in old {
      let itemName = name(item)
      if let other = known[itemName] {
        both(&self, item, other)
      } else {
        add(goneBreaks ? .breaks : .compatible, place + itemName, "the \(what) is gone")
      }
    }
    for item in new where !before.contains(name(item)) {
      add(.compatible, place + name(item), "the \(what) is new")
    }
  }

  private mutating func run() {
    match(
      old.interfaces, new.interfaces, \.declared.fullName, in: "", what: "interface",
      goneBreaks: true
    ) { $0.compare($1, $2) }
    match(
      old.structures, new.structures, \.declared.fullName, in: "", what: "struct",
      goneBreaks: false
    ) { comparison, old, new in
      comparison.compare(old.fields, new.fields, old.declared.fullName, versioned: true)
    }
    match(old.unions, new.unions, \.declared.fullName, in: "", what: "union", goneBreaks: false) {
      $0.compare($1, $2)
    }
    match(
      old.enumerations, new.enumerations, \.declared.fullName, in: "", what: "enum",
      goneBreaks: false
    ) { $0.compare($1, $2) }
  }

  // MARK: Interfaces

  private mutating func compare(_ before: InterfaceModel, _ after: InterfaceModel) {
    let place = before.declared.fullName + "."
    match(
      before.methods, after.methods, \.name, in: place, what: "method", goneBreaks: true
    ) { comparison, old, new in comparison.compare(old, new, place + old.name) }
    if before.sandbox != after.sandbox {
      add(.compatible, before.declared.fullName, "the sandbox is another: look who implements it")
    }
  }

  private mutating func compare(_ before: MethodModel, _ after: MethodModel, _ place: String) {
    if before.ordinal != after.ordinal {
      add(.breaks, place, "the ordinal was \(before.ordinal) and is \(after.ordinal)")
    }
    if let from = after.from, before.from != from {
      add(.breaks, place, "only the \(from.rawValue) may call it now")
    }
    if let rate = after.rate, before.rate.map({ $0 > rate }) ?? true {
      add(.breaks, place, "it may be called less often: \(rate) times a second")
    }
    if before.isIdempotent, !after.isIdempotent {
      add(.compatible, place, "it is not called again any more when a worker ends over it")
    }
    compare(before.parameters, after.parameters, place, versioned: true)
    switch (before.reply, after.reply) {
    case (nil, nil): break
    case (.parameters(let old), .parameters(let new)):
      compare(old, new, place + "=>", versioned: true)
    case (.result(let oldValue, let oldError), .result(let value, let error)):
      compare([oldValue, oldError], [value, error], place + "=>", versioned: false)
    case (nil, _): add(.breaks, place, "it has a reply now")
    case (_, nil): add(.breaks, place, "it has no reply any more")
    default: add(.breaks, place, "the reply was a list and is a result, or the other way round")
    }
  }

  // MARK: Fields

  private mutating func compare(
    _ before: [FieldModel], _ after: [FieldModel], _ place: String, versioned: Bool
  ) {
    let newest = before.map(\.minVersion).max() ?? 0
    for (old, new) in zip(before, after) {
      let name = "\(place).\(old.name)"
      if old.name != new.name { add(.compatible, name, "it is called '\(new.name)' now") }
      if old.minVersion != new.minVersion {
        add(.breaks, name, "its version was \(old.minVersion) and is \(new.minVersion)")
      }
      compare(old.type, new.type, name)
    }
    for gone in before.dropFirst(after.count) {
      add(.breaks, "\(place).\(gone.name)", "the field is gone: keep it, and stop reading it")
    }
    for field in after.dropFirst(before.count) {
      let isLater = versioned && field.minVersion > newest
      add(
        isLater ? .compatible : .breaks, "\(place).\(field.name)",
        isLater ? "the field is new" : "the field is new: give it [MinVersion=\(newest + 1)]")
    }
  }

  private mutating func compare(_ before: TypeModel, _ after: TypeModel, _ place: String) {
    guard shape(before, old) == shape(after, new) else {
      return add(
        .breaks, place, "the type was \(old.describe(before)) and is \(new.describe(after))")
    }
    if before.isNullable, !after.isNullable { add(.breaks, place, "it cannot be null any more") }
    if !before.isNullable, after.isNullable {
      add(.breaks, place, "it can be null: old receivers refuse that")
    }
    let (long, short) = (before.maxLength ?? .max, after.maxLength ?? .max)
    if short < long { add(.breaks, place, "it may be no longer than \(short)") }
    if short > long { add(.breaks, place, "it may be longer than old receivers take: \(long)") }
    if before.range != after.range { add(.breaks, place, "its range is another") }
    switch (before.kind, after.kind) {
    case (.array(let old, _), .array(let new, _)): compare(old, new, place)
    case (.map(let oldKey, let oldValue), .map(let key, let value)):
      compare(oldKey, key, place)
      compare(oldValue, value, place)
    default: break
    }
  }

  /// A type without its limits and nulls, which are compared by themselves.
  private func shape(_ type: TypeModel, _ program: Program) -> String {
    switch type.kind {
    case .array(let element, let count): "array<\(shape(element, program)), \(count ?? 0)>"
    case .map(let key, let value): "map<\(shape(key, program)), \(shape(value, program))>"
    default: program.describe(TypeModel(kind: type.kind, isFrozen: type.isFrozen))
    }
  }

  // MARK: Unions and enums

  private mutating func compare(_ before: UnionModel, _ after: UnionModel) {
    let place = before.declared.fullName
    for (old, new) in zip(before.fields, after.fields) {
      compare(old.type, new.type, "\(place).\(old.name)")
    }
    for gone in before.fields.dropFirst(after.fields.count) {
      add(.breaks, "\(place).\(gone.name)", "the member is gone: old senders still send it")
    }
    for member in after.fields.dropFirst(before.fields.count) {
      add(
        before.isExtensible ? .compatible : .breaks, "\(place).\(member.name)",
        before.isExtensible
          ? "the member is new"
          : "the member is new: old receivers refuse it, the union was not extensible")
    }
  }

  private mutating func compare(_ before: EnumerationModel, _ after: EnumerationModel) {
    let place = before.declared.fullName
    let (old, new) = (Set(before.members.map(\.value)), Set(after.members.map(\.value)))
    for value in old.subtracting(new).sorted() where !after.isExtensible {
      add(.breaks, place, "the value \(value) is gone: old senders still send it")
    }
    for value in new.subtracting(old).sorted() {
      add(
        before.isExtensible ? .compatible : .breaks, place,
        before.isExtensible
          ? "the value \(value) is new"
          : "the value \(value) is new: old receivers refuse it, the enum was not extensible")
    }
    for member in before.members {
      let same = after.members.first { $0.name == member.name }
      if let same, same.value != member.value {
        add(
          .breaks, "\(place).\(member.name)", "the value was \(member.value) and is \(same.value)")
      }
    }
  }
}
