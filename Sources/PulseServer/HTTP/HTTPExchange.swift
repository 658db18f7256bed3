/// Which requests of an HTTP connection are being received, answered, or the last. A pure value.
package struct HTTPExchange: Sendable {
    /// Requests handed to the routes whose responses are not complete.
    package private(set) var inFlight = 0
    /// A request's head came and its end did not.
    package private(set) var isReceiving = false
    /// What follows the current request is dropped, and the connection closed behind the last response.
    package var isLastRequest = false
    /// The answer to what followed the requests in flight, to be sent behind theirs.
    package var refusal: Refusal?
    private var isAnswering = false
    private var bodyBytes = 0

    package init() {}

    /// True when the request that is being received is the only one in flight and has no response yet.
    package var mayAnswerCurrent: Bool { self.isReceiving && self.inFlight == 1 && !self.isAnswering }

    package mutating func receivedHead(isLast: Bool) {
        self.inFlight += 1
        self.isReceiving = true
        self.isLastRequest = isLast
        self.bodyBytes = 0
    }

    /// - Returns: The bytes of this request's body so far.
    package mutating func receivedBody(_ bytes: Int) -> Int {
        self.bodyBytes += bytes
        return self.bodyBytes
    }

    package mutating func receivedEnd() {
        self.isReceiving = false
    }

    package mutating func sentHead(isFinal: Bool) {
        self.isAnswering = isFinal
    }

    package mutating func sentEnd() {
        self.isAnswering = false
        self.inFlight -= 1
    }
}
