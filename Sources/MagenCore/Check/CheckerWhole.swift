extension Checker {
  // MARK: Values within values of their own type

  /// Finds structs and unions that can hold themselves by fields alone. What passes through an array or map can end there.
  mutating func checkRecursion() {
    let graph = ContainmentGraph(program)
    for index in program.structures.indices {
      program.structures[index].isRecursive = graph.isInCycle(index)
    }
    for index in program.unions.indices {
      program.unions[index].isRecursive = graph.isInCycle(program.structures.count + index)
    }
    let required = RequiredFields(program)
    for (index, structure) in program.structures.enumerated() where !required.ends[index] {
      report(
        "a value of '\(structure.declared.name)' would hold another without end",
        at: structure.declared.span, hint: "make a field on the way nullable, or an array")
    }
  }

  // MARK: Calls that may be made again

  /// Refuses `[Idempotent]` where there can be no second call.
  mutating func checkRetries() {
    for interface in program.interfaces {
      for method in interface.methods where method.isIdempotent {
        if method.reply == nil {
          report(
            "a method without a reply is never called again", at: method.span,
            hint: "take [Idempotent] off, or give it a reply, '=> ()'")
        } else if method.from == .worker {
          report(
            "only a host calls again, on another worker", at: method.span,
            hint: "take [Idempotent] off what workers call")
        } else if let field = method.parameters.first(where: { carriesEnd($0.type) }) {
          report(
            "'\(field.name)' carries an end of a pipe, which can be sent once", at: method.span,
            hint: "take [Idempotent] off: there is no second call without the end")
        }
      }
    }
  }

  private func carriesEnd(_ type: TypeModel) -> Bool {
    var seen: Set<Symbol> = []
    return carriesEnd(type, &seen)
  }

  private func carriesEnd(_ type: TypeModel, _ seen: inout Set<Symbol>) -> Bool {
    switch type.kind {
    case .pending, .handle(.messagePipe), .handle(.any): return true
    case .array(let element, _): return carriesEnd(element, &seen)
    case .map(let key, let value): return carriesEnd(key, &seen) || carriesEnd(value, &seen)
    case .structure(let index):
      guard seen.insert(.structure(index)).inserted else { return false }
      return program.structures[index].fields.contains { carriesEnd($0.type, &seen) }
    case .union(let index):
      guard seen.insert(.union(index)).inserted else { return false }
      return program.unions[index].fields.contains { carriesEnd($0.type, &seen) }
    default: return false
    }
  }

  // MARK: Names that become one

  mutating func checkSwiftNames() {
    for symbols in program.topLevel {
      check(symbols.map { (declared($0).swiftLeaf, declared($0).span) }, [])
    }
    for interface in program.interfaces {
      var names = interface.methods.map { ($0.swiftName, $0.span) }
      names += interface.declared.nested.map { (declared($0).swiftLeaf, declared($0).span) }
      names += interface.methods.map { (SwiftNames.type($0.name) + "Parameters", $0.span) }
      names += interface.methods.filter { $0.reply != nil }.map {
        (SwiftNames.type($0.name) + "Reply", $0.span)
      }
      check(names, ["name", "handlers", "sandbox", "from", "version"])
      for method in interface.methods {
        check(method.parameters.map { ($0.swiftName, $0.span) }, [])
        if case .parameters(let reply) = method.reply {
          check(reply.map { ($0.swiftName, $0.span) }, [])
        }
      }
    }
    for structure in program.structures {
      let nested = structure.declared.nested.map { (declared($0).swiftLeaf, declared($0).span) }
      check(
        structure.fields.map { ($0.swiftName, $0.span) } + nested, ["wireSize", "wireVersions"])
    }
    for union in program.unions { check(union.fields.map { ($0.swiftName, $0.span) }, []) }
    for enumeration in program.enumerations {
      check(
        enumeration.members.map { ($0.swiftName, $0.span) },
        enumeration.keepsUnknown ? ["rawValue", "unknown"] : ["rawValue"])
    }
  }

  /// - Parameter taken: what the generated code itself declares there.
  private mutating func check(_ names: [(String, Span)], _ taken: Set<String>) {
    var seen = taken
    for (name, span) in names where !seen.insert(name).inserted {
      report(
        taken.contains(name)
          ? "the name becomes '\(name)' in Swift, which the generated code needs"
          : "two names here become '\(name)' in Swift", at: span, hint: "choose another name")
    }
  }
}

/// Which structs and unions hold which directly.
private struct ContainmentGraph {
  private let edges: [[Int]]
  private let component: [Int]
  private let componentSize: [Int: Int]

  init(_ program: Program) {
    let offset = program.structures.count
    func nodes(_ fields: [FieldModel]) -> [Int] {
      fields.compactMap {
        switch $0.type.kind {
        case .structure(let index): index
        case .union(let index): offset + index
        default: nil
        }
      }
    }
    edges = program.structures.map { nodes($0.fields) } + program.unions.map { nodes($0.fields) }
    component = Self.components(edges)
    componentSize = component.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  func isInCycle(_ node: Int) -> Bool {
    componentSize[component[node], default: 0] > 1 || edges[node].contains(node)
  }

  /// Strongly connected components (Kosaraju), without recursion: a chain may be as long as a file.
  private static func components(_ edges: [[Int]]) -> [Int] {
    var reverse = edges.map { _ in [Int]() }
    for (from, list) in edges.enumerated() { for to in list { reverse[to].append(from) } }
    var component = edges.map { _ in -1 }
    for root in finishOrder(edges).reversed() where component[root] < 0 {
      var stack = [root]
      component[root] = root
      while let node = stack.popLast() {
        for next in reverse[node] where component[next] < 0 {
          component[next] = root
          stack.append(next)
        }
      }
    }
    return component
  }

  private static func finishOrder(_ edges: [[Int]]) -> [Int] {
    var order: [Int] = []
    var seen = edges.map { _ in false }
    for root in edges.indices where !seen[root] {
      var stack = [(node: root, next: 0)]
      seen[root] = true
      while let top = stack.last {
        guard top.next < edges[top.node].count else {
          order.append(top.node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let next = edges[top.node][top.next]
        if !seen[next] {
          seen[next] = true
          stack.append((next, 0))
        }
      }
    }
    return order
  }
}

/// Which structs have a value at all: one whose required fields all have one.
private struct RequiredFields {
  /// Structs first, then unions.
  private(set) var ends: [Bool]

  init(_ program: Program) {
    let offset = program.structures.count
    let count = offset + program.unions.count
    func required(_ field: FieldModel) -> Int? {
      if field.type.isNullable { return nil }
      switch field.type.kind {
      case .structure(let index): return index
      case .union(let index): return offset + index
      default: return nil
      }
    }
    ends = [Bool](repeating: false, count: count)
    // For a struct all, for a union one of its members must end: counted down as they are found to.
    var waiting = program.structures.map { $0.fields.compactMap(required).count }
    waiting += program.unions.map { $0.fields.allSatisfy { required($0) != nil } ? 1 : 0 }
    var users = [[Int]](repeating: [], count: count)
    for (index, structure) in program.structures.enumerated() {
      for field in structure.fields.compactMap(required) { users[field].append(index) }
    }
    for (index, union) in program.unions.enumerated() {
      for field in union.fields.compactMap(required) { users[field].append(offset + index) }
    }
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    while let node = ready.popLast() {
      guard !ends[node] else { continue }
      ends[node] = true
      for user in users[node] {
        waiting[user] -= 1
        if waiting[user] <= 0 { ready.append(user) }
      }
    }
  }
}
