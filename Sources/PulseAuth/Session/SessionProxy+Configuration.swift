public import Foundation

extension SessionProxy {
    /// Whom to ask, what to forward, and how much of the backend to take.
    public struct Configuration: Sendable {
        /// The http or https URL that answers; asked with GET.
        public var backend: URL
        /// Names of header fields to forward, in lower case. `authorization` stands for the client's token, wherever it
        /// showed it.
        public var headers = ["cookie", "authorization"]
        /// From a question until its answer is complete.
        public var timeLimit: Duration = .seconds(2)
        /// For how long an answer that lets somebody in is taken again; one that refuses, for a second at most.
        public var answerLifetime: Duration = .seconds(5)
        /// Requests to the backend at a time.
        public var maximumRequests = 32
        /// Questions that wait for their turn; further clients are told to come back.
        public var maximumWaiting = 256

        /// Tells several backends apart in metrics.
        public var number = 1

        public init(backend: URL) {
            self.backend = backend
        }
    }
}
