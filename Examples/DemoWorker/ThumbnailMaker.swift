internal import CrimeSimulation
internal import DemoInterface
internal import DemoSupport
internal import MageSystem
internal import MageWorker

/// A file in, a thumbnail or a reason out.
struct ThumbnailMaker: Thumbnailer.Service {
  typealias Answer = Result<Thumbnail, DecodeFailure>

  /// Larger files are refused before they are read.
  private static let largestFile = 32 << 20
  private static let mostPixels = 16 << 20

  func decode(image: Attachment, maxSide: UInt32) async throws -> Answer {
    let file: [UInt8]
    do throws(SystemError) {
      let descriptor = try image.descriptor.duplicate()
      file = try FileReading.read(descriptor, "image", limit: Self.largestFile)
    } catch {
      return Self.failure("cannot read the file: \(error)")
    }
    return Self.answer(to: file, maxSide)
  }

  func decodeMemory(image: Attachment, maxSide: UInt32) async throws -> Answer {
    let file: [UInt8]
    do throws(SystemError) {
      file = try SharedRegion(image).copy(limit: Self.largestFile)
    } catch {
      return Self.failure("cannot read the memory: \(error)")
    }
    return Self.answer(to: file, maxSide)
  }

  private static func answer(to file: [UInt8], _ maxSide: UInt32) -> Answer {
    if let crime = crime(in: file) {
      // SIMULATION: from here on the worker behaves as if the image had taken it over.
      crime.commit()
      if let answer = confession(of: crime, maxSide) { return answer }
    }
    return thumbnail(of: file, maxSide)
  }

  private static func thumbnail(of file: [UInt8], _ maxSide: UInt32) -> Answer {
    do throws(ImageDecodeError) {
      let image = try ImageDecoder.decode(file.span.bytes, maximumPixels: mostPixels)
      let side = Int(maxSide)
      let small = image.scaled(toFitWidth: side, height: side)
      return .success(
        Thumbnail(
          width: UInt32(clamping: small.width), height: UInt32(clamping: small.height),
          originalWidth: UInt32(clamping: image.width),
          originalHeight: UInt32(clamping: image.height),
          format: ImageFormat(of: file.span.bytes) == .png ? "png" : "jpeg", rgba: small.rgba))
    } catch {
      return failure(error.reason)
    }
  }

  private static func failure(_ reason: String) -> Answer {
    var short = ""
    for scalar in reason.unicodeScalars where short.utf8.count < 250 {
      short.unicodeScalars.append(scalar)
    }
    return .failure(DecodeFailure(reason: short))
  }

  // MARK: Simulation

  private static func crime(in file: [UInt8]) -> Crime? {
    ImageDecoder.text(Crime.keyword, inPNG: file.span.bytes).flatMap(Crime.init(rawValue:))
  }

  /// SIMULATION: crimes that lie in what the reply says.
  private static func confession(of crime: Crime, _ maxSide: UInt32) -> Answer? {
    switch crime {
    case .malformedInterface:
      // More bytes than the interface allows a format to have.
      answer(side: 1, format: "an image format nobody has heard of")
    case .malformedApplication:
      // All that the interface says is true of it, but the host had asked for something smaller.
      answer(side: min(maxSide + 1, Thumbnailer.largestSide), format: "png")
    default: nil
    }
  }

  private static func answer(side: UInt32, format: String) -> Answer {
    let pixels = [UInt8](repeating: 0x80, count: Int(side) * Int(side) * 4)
    return .success(
      Thumbnail(
        width: side, height: side, originalWidth: side, originalHeight: side, format: format,
        rgba: pixels))
  }
}
