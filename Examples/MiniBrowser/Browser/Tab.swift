internal import DemoSupport
internal import MageHost

/// A tab, when its process has done what it can.
struct Tab: Sendable {
  enum State: Sendable {
    /// Its pages are written. `of` is how many the document has.
    case shown([Page], of: Int)
    /// The library could not make anything of it.
    case failed(String)
    case ended(Ending)
  }

  /// Pixels.
  struct Page: Sendable {
    let width: UInt32
    let height: UInt32
  }

  let source: Source
  let state: State

  /// One line for people.
  var line: String {
    let name = Escaping.printable(source.name, limit: 60)
    let padded = name + String(repeating: " ", count: max(1, 20 - name.count))
    return padded
      + {
        switch state {
        case .shown(let pages, let count):
          let size = pages.first.map { ", \($0.width) x \($0.height)" } ?? ""
          return "shown    \(pages.count) of \(count) \(count == 1 ? "page" : "pages")\(size)"
        case .failed(let reason): return "no page  \(Escaping.printable(reason, limit: 120))"
        case .ended(let ending): return "ended    \(ending)"
        }
      }()
  }
}
