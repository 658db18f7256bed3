import Logging
import NIOCore

/// What the log is told of one WebSocket.
struct ConnectionAccount {
    private let number: Int
    private let logger: Logger
    private var begin: NIODeadline?
    /// What it is closed with; nil while nobody has said goodbye.
    var code: WebSocketCloseCode?

    init(number: Int, logger: Logger) {
        self.number = number
        self.logger = logger
    }

    mutating func opened() {
        begin = .now()
        logger.debug("a WebSocket was opened", metadata: ["connection": "\(number)"])
    }

    /// May be called again, and without having been opened.
    mutating func closed() {
        guard let begin else { return }
        self.begin = nil
        logger.debug(
            "a WebSocket was closed",
            metadata: [
                "connection": "\(number)", "code": "\(code?.description ?? "none")",
                "seconds": "\(Double((NIODeadline.now() - begin).nanoseconds / 1_000_000) / 1_000)",
            ])
    }
}
