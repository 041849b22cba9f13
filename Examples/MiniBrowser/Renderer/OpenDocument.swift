internal import BrowserInterface
internal import CDocuments

/// Why a document cannot be opened or drawn, in the library's words.
struct DocumentError: Error {
  let reason: String

  /// - Parameter text: what the C side has left, with its NUL.
  init(_ text: [CChar]) {
    reason = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// A document that the C libraries hold open, with the bytes that they read in place. Closed when the last reference goes.
final class OpenDocument {
  struct Page {
    let width: UInt32
    let height: UInt32
    let rgba: [UInt8]
  }

  /// Where Debian's DejaVu fonts lie, with the NUL that C wants.
  private static let fonts = "/usr/share/fonts/truetype/dejavu\0".utf8.map { CChar(bitPattern: $0) }

  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let directory: UnsafeMutableBufferPointer<CChar>
  private let document: OpaquePointer

  init(_ kind: DocumentKind, _ content: [UInt8]) throws(DocumentError) {
    // MuPDF reads both for as long as the document is open.
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.count)
    _ = bytes.initialize(from: content)
    let directory = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Self.fonts.count)
    _ = directory.initialize(from: Self.fonts)
    var text = [CChar](repeating: 0, count: Int(DOCUMENT_ERROR_SIZE))
    guard
      let document = document_open(
        Self.kind(kind), bytes.baseAddress, bytes.count, directory.baseAddress, &text)
    else {
      bytes.deallocate()
      directory.deallocate()
      throw DocumentError(text)
    }
    (self.bytes, self.directory, self.document) = (bytes, directory, document)
  }

  deinit {
    document_close(document)
    bytes.deallocate()
    directory.deallocate()
  }

  private static func kind(_ kind: DocumentKind) -> document_kind {
    switch kind {
    case .markdown: DOCUMENT_MARKDOWN
    case .svg: DOCUMENT_SVG
    case .pdf: DOCUMENT_PDF
    }
  }

  func pages() throws(DocumentError) -> Int {
    var text = [CChar](repeating: 0, count: Int(DOCUMENT_ERROR_SIZE))
    let count = document_pages(document, &text)
    guard count >= 0 else { throw DocumentError(text) }
    return Int(count)
  }

  func draw(page: UInt32, width: UInt32, maximumHeight: UInt32) throws(DocumentError) -> Page {
    var text = [CChar](repeating: 0, count: Int(DOCUMENT_ERROR_SIZE))
    var picture = document_picture()
    defer { document_free_picture(&picture) }
    guard document_draw(document, Int32(clamping: page), width, maximumHeight, &picture, &text) == 0
    else { throw DocumentError(text) }
    let count = Int(picture.width) * Int(picture.height) * 4
    let rgba = [UInt8](UnsafeBufferPointer(start: picture.rgba, count: count))
    return Page(width: picture.width, height: picture.height, rgba: rgba)
  }
}
