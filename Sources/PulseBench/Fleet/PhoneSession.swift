import NIOCore

/// One connection of a phone.
final class PhoneSession: MessageReceiver {
    let worker: Int
    var channel: (any Channel)?
    /// Nanoseconds since the fleet began.
    private(set) var openedAt: Int64 = 0
    private(set) var link: Link?
    /// Nil when the phone has hung up.
    private var phone: Phone?

    init(_ phone: Phone, worker: Int) {
        self.phone = phone
        self.worker = worker
    }

    func opened(_ link: Link) {
        self.link = link
        openedAt = phone?.opened(self) ?? 0
    }

    func received(_ text: UnsafeRawBufferPointer, at now: NIODeadline) {
        phone?.received(ServerMessage(text), on: self)
    }

    func lost(_ error: BenchError) {
        phone?.ended(self)
    }

    func failed() {
        phone?.failed()
        phone = nil
    }

    /// Ends the connection as a lost network does.
    func hangUp() {
        phone = nil
        channel?.close(promise: nil)
    }

    func read(_ isReading: Bool) {
        _ = channel?.setOption(.autoRead, value: isReading)
    }
}
