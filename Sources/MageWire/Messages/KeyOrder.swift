/// The order of a map's keys on the wire. A map has none, but there must be one byte string for each value: numbers and strings
/// ascend, `false` comes before `true`, enums ascend by their numbers.
///
/// Keys of other types (structs) ascend by their bytes.
@usableFromInline
struct KeyOrder<Key> {
  let precedes: (Key, Key) -> Bool

  /// `nil` where keys of the type have no order but that of their bytes.
  @usableFromInline init?(_ type: Key.Type) {
    if type is Bool.Type {
      precedes = { $0 as? Bool == false && $1 as? Bool == true }
    } else if let comparable = type as? any Comparable.Type {
      precedes = Self.comparing(comparable)
    } else if type is any RawRepresentable<Int32>.Type {
      precedes = { Self.number($0) < Self.number($1) }
    } else {
      return nil
    }
  }

  private static func comparing<Value: Comparable>(
    _ type: Value.Type
  ) -> (Key, Key) -> Bool {
    { left, right in
      guard let left = left as? Value, let right = right as? Value else { return false }
      return left < right
    }
  }

  private static func number(_ key: Key) -> Int32 {
    (key as? any RawRepresentable<Int32>)?.rawValue ?? 0
  }
}
