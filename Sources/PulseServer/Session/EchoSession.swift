import NIOCore

/// Sends back what it gets: the way to test the codec and its limits from outside.
final class EchoSession: WebSocketSession {
    private var connection: WebSocketConnection?

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
    }

    func received(text: ByteBuffer) {
        connection?.write(frames: WebSocketFrames.text(text))
    }

    func received(binary: ByteBuffer) {
        connection?.write(frames: WebSocketFrames.binary(binary))
    }

    func readComplete() {
        connection?.flush()
    }

    func writabilityChanged(_ isWritable: Bool) {
        if isWritable { connection?.resumeReading() } else { connection?.pauseReading() }
    }

    func closed() {
        connection = nil
    }
}

extension WebSocketEndpoint {
    /// Everything that comes to `/` goes back, binary too, with room for the largest messages of the protocol tests.
    static let echo = WebSocketEndpoint(
        path: "/", acceptsBinary: true, maximumMessageBytes: 1 << 24, maximumFragments: 1 << 20
    ) { _ in .accept { _ in EchoSession() } }
}
