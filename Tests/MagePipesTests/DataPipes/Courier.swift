import Mage
import MageWire
import Testing

@testable import MagePipes

/// Passes ends of streams, as the compiler would make it.
enum Courier: Interface {
  static let name = "test.Courier"
  static let carry = OneWay<Courier, Carrying>(0, "Carry")
  static let ask = Method<Courier, Note, Note>(1, "Ask")
  static let rules = [MethodRule(carry), MethodRule(ask)]
}

struct Carrying: WireStruct {
  static let wireSize = 16
  var consumer: DataPipeConsumer?
  var producer: DataPipeProducer?

  init(consumer: DataPipeConsumer? = nil, producer: DataPipeProducer? = nil) {
    self.consumer = consumer
    self.producer = producer
  }

  init(decoding message: inout MessageDecoder, at fields: StructView) throws(Malformed) {
    consumer = try message.optionalDataPipeConsumer(fields, 8, "consumer")
    producer = try message.optionalDataPipeProducer(fields, 12, "producer")
  }

  func encode(into message: inout MessageEncoder, at fields: StructView) {
    message.dataPipeConsumer(fields, 8, consumer)
    message.dataPipeProducer(fields, 12, producer)
  }
}

extension Peer {
  /// Both sides of the first pipe may be either.
  func courier() throws -> Remote<Courier> {
    try PendingRemote<Courier>(Endpoint(connection.bootstrap)).bind()
  }

  /// What comes to the first pipe.
  func parcels() throws -> Inbox<Carrying> {
    let inbox = Inbox<Carrying>()
    var handlers = Handlers<Courier>()
    handlers.on(Courier.carry) { inbox.put($0) }
    handlers.on(Courier.ask) { Note($0.number + 1) }
    try PendingReceiver<Courier>(Endpoint(connection.bootstrap)).bind(handlers)
    return inbox
  }
}

/// Bytes that tell where they belong.
func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
}
