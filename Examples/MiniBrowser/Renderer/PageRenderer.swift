internal import BrowserInterface
internal import CrimeSimulation
internal import MageSystem
internal import MageWorker

/// One document, drawn by MuPDF and cmark.
actor PageRenderer: Renderer.Service {
  private static let largestDocument = 32 << 20

  private var document: OpenDocument?
  /// SIMULATION: pictures come with more pixels than their sides say, which no interface can forbid.
  private var paintsTooMuch = false

  func open(kind: DocumentKind, document: Attachment) async throws -> Result<
    Contents, RenderFailure
  > {
    guard self.document == nil else { return Self.failed("the tab has a document") }
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try SharedRegion(document).copy(limit: Self.largestDocument)
    } catch {
      return Self.failed("cannot read the document: \(error)")
    }
    if let crime = Self.crime(in: bytes) {
      // SIMULATION: from here on the process behaves as if the document had taken it over.
      crime.commit()
      paintsTooMuch = crime == .malformedApplication
    }
    do throws(DocumentError) {
      let opened = try OpenDocument(kind, bytes)
      let pages = try opened.pages()
      guard pages > 0 else { return Self.failed("it has no pages") }
      self.document = opened
      return .success(Contents(pages: UInt32(clamping: pages)))
    } catch {
      return Self.failed(error.reason)
    }
  }

  func draw(page: UInt32, width: UInt32) async throws -> Result<Picture, RenderFailure> {
    guard let document else { return Self.failed("the tab has no document") }
    do {
      let drawn = try document.draw(page: page, width: width, maximumHeight: Renderer.largestSide)
      let memory = try SharedRegion.frozen(drawn.rgba + (paintsTooMuch ? [0, 0, 0, 0] : []))
      return .success(Picture(width: drawn.width, height: drawn.height, rgba: memory.attachment))
    } catch let error as DocumentError {
      return Self.failed(error.reason)
    } catch {
      return Self.failed("\(error)")
    }
  }

  private static func failed<Success>(_ reason: String) -> Result<Success, RenderFailure> {
    var short = ""
    for scalar in reason.unicodeScalars where short.utf8.count < 250 {
      short.unicodeScalars.append(scalar)
    }
    return .failure(RenderFailure(reason: short))
  }

  /// `mage-simulation: NAME` in any of the languages' comments.
  private static func crime(in bytes: [UInt8]) -> Crime? {
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
    guard let mark = text.firstRange(of: "\(Crime.keyword): ") else { return nil }
    return Crime(rawValue: String(text[mark.upperBound...].prefix { $0.isLetter || $0 == "-" }))
  }
}
