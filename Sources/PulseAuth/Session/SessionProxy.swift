import AsyncHTTPClient
import NIOCore
public import PulseEngine
public import PulseMetrics
public import PulseModel

/// Asks the application's own backend who a client is: it forwards the cookies and chosen header fields of the handshake
/// and takes the answer (``SessionAnswer``) for a few seconds.
///
/// The backend is protected: equal questions that come together are asked once, only so many are asked at a time, only so
/// many wait for their turn, and none takes longer than the time limit, its turn and the whole answer included. Whatever
/// the backend does not answer clearly is temporary, never a refusal.
public final class SessionProxy: Authenticator {
    private let configuration: Configuration
    private let client: HTTPClient
    private let answers: SharedAnswers
    private let metrics: SessionMetrics

    private static let maximumAnswerBytes = 64 * 1024

    public init(_ configuration: Configuration, metrics: MetricRegistry = MetricRegistry()) {
        self.configuration = configuration
        self.metrics = SessionMetrics(metrics, backend: configuration.number)
        answers = SharedAnswers(
            maximumQuestions: configuration.maximumRequests + configuration.maximumWaiting,
            lifetime: configuration.answerLifetime)
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(configuration.timeLimit)))
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.maximumRequests
        // A backend that is away is temporary at once. The client comes back.
        settings.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep idle connections: one that they close just when it is used again is a failure.
        settings.connectionPool.idleTimeout = .seconds(1)
        client = HTTPClient(configuration: settings)
    }

    /// Whether there is anything to forward.
    public func recognises(_ credentials: Credentials) -> Bool {
        !SessionQuestion(credentials, headers: configuration.headers).fields.isEmpty
    }

    public func authenticate(_ credentials: Credentials) async throws(AuthenticationError) -> Identity {
        let question = SessionQuestion(credentials, headers: configuration.headers)
        guard !question.fields.isEmpty else { throw AuthenticationError("nothing to forward to the backend") }
        guard question.isSendable else { throw AuthenticationError("a token or header field has control characters") }
        guard let answer = await answers.answer(to: question.digest, by: { await self.ask(question) }) else {
            metrics.overflow.add()
            throw AuthenticationError("too many questions wait for the backend", isTemporary: true)
        }
        switch answer {
        case .accepted(let identity, _): return identity
        case .refused(let reason): throw AuthenticationError(reason)
        case .unavailable(let reason): throw AuthenticationError(reason, isTemporary: true)
        }
    }

    /// Ends the connections to the backend.
    public func close() async {
        try? await client.shutdown()
    }

    private func ask(_ question: SessionQuestion) async -> SessionAnswer {
        let answer: SessionAnswer
        // What the backend says is true at the earliest now: a revocation may come while it looks.
        let begin = Timestamp.now()
        do {
            let request = try HTTPClient.Request(url: configuration.backend, headers: question.headers)
            let response = try await client.execute(
                request: request,
                delegate: ResponseAccumulator(request: request, maxBodySize: Self.maximumAnswerBytes),
                deadline: .now() + TimeAmount(configuration.timeLimit)
            ).get()
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            answer = SessionAnswer(status: Int(response.status.code), body: body, now: begin)
        } catch {
            // In full, the client's own errors may repeat what was sent.
            let reason = (error as? HTTPClientError)?.shortDescription ?? "\(error)"
            answer = .unavailable("the backend did not answer: \(reason)")
        }
        metrics.count(answer)
        return answer
    }
}
