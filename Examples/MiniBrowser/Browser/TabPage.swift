internal import BrowserInterface
internal import DemoSupport
internal import MageHost

/// The window, as a web page without a script: tabs are radio buttons.
enum TabPage {
  static func html(of tabs: [Tab]) -> String {
    var (buttons, strip, panes, rules) = ("", "", "", "")
    for (index, tab) in tabs.enumerated() {
      let number = index + 1
      let isFine = if case .shown = tab.state { true } else { false }
      buttons += "<input type=radio name=tab id=t\(number)\(index == 0 ? " checked" : "")>\n"
      strip +=
        "<label for=t\(number)\(isFine ? "" : " class=gone")>\(escape(tab.source.name))</label>\n"
      panes += "<section id=p\(number)>\(pane(of: tab))</section>\n"
      rules +=
        "#t\(number):checked~main #p\(number){display:block} #t\(number):checked~nav [for=t\(number)]{background:#fff;color:#111}\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
      <title>MiniBrowser</title>
      <style>
      body{margin:0;background:#cfd8dc;font:15px/1.5 system-ui,"DejaVu Sans",sans-serif}
      input{position:absolute;opacity:0}
      nav{display:flex;flex-wrap:wrap;gap:4px;padding:8px 8px 0;background:#37474f}
      label{padding:6px 14px;border-radius:8px 8px 0 0;background:#78909c;color:#fff;cursor:pointer;max-width:14em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
      label.gone::before{content:"\\2620  "}
      input:focus-visible~nav{outline:2px solid #fff}
      section{display:none;padding:24px;text-align:center}
      img{max-width:100%;background:#fff;box-shadow:0 1px 6px #0006;margin-bottom:16px}
      .sad{max-width:38rem;margin:4rem auto;padding:24px;background:#fff;border-radius:8px;text-align:left;overflow-wrap:anywhere}
      .sad h2{margin-top:0}
      \(rules)</style>
      \(buttons)<nav>
      \(strip)</nav>
      <main>
      \(panes)</main>
      </html>

      """
  }

  private static func pane(of tab: Tab) -> String {
    switch tab.state {
    case .shown(let pages, let count):
      let images = pages.indices.map { page in
        let size = "width=\(pages[page].width) height=\(pages[page].height)"
        return
          "<img src=\"\(tab.source.picture(page: page + 1))\" \(size) alt=\"page \(page + 1) of \(escape(tab.source.name))\">"
      }.joined(separator: "<br>")
      let more = count > pages.count ? "<p>\(count - pages.count) more pages</p>" : ""
      return images + more
    case .failed(let reason):
      return sad("This document cannot be shown", escape(reason))
    case .ended(let ending):
      return sad(
        "This tab was ended",
        "Its process did what it may not: \(escape("\(ending)")). It had nothing but its document, and the other tabs have not noticed."
      )
    }
  }

  private static func sad(_ title: String, _ text: String) -> String {
    "<div class=sad><h2>\(title)</h2><p>\(text)</p></div>"
  }

  /// Names and reasons may be a stranger's words.
  private static func escape(_ text: String) -> String {
    var result = ""
    for character in Escaping.printable(text, limit: 400) {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
