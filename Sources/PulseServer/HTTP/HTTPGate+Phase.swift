extension HTTPGate {
    struct Offer {
        var endpoint: WebSocketEndpoint
        var request: UpgradeRequest
        var acceptKey: String
    }

    enum Phase {
        /// Nothing was judged yet.
        case first
        /// A handshake is in order; the rest of its request is awaited.
        case offered(Offer)
        /// The endpoint is asked.
        case deciding(Offer, Task<Void, Never>)
        /// The routes have the connection.
        case http
        /// The answer is out; what still comes is dropped.
        case lingering
        /// A WebSocket has the connection; this handler is on its way out of the pipeline.
        case left
    }
}
