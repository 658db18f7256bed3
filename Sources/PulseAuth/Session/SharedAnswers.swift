internal import Crypto

/// The answers to equal questions, each asked for once at a time.
actor SharedAnswers {
    private let maximumQuestions: Int
    private var cache: AnswerCache
    private var questions: [SHA256Digest: Task<SessionAnswer, Never>] = [:]

    init(maximumQuestions: Int, lifetime: Duration) {
        self.maximumQuestions = maximumQuestions
        cache = AnswerCache(lifetime: lifetime)
    }

    /// - Parameter ask: gets the answer where none is known. Must end by itself: clients that share it come and go.
    /// - Returns: nil when too many questions are open.
    func answer(
        to digest: SHA256Digest, by ask: @escaping @Sendable () async -> SessionAnswer
    ) async -> SessionAnswer? {
        if let known = cache.answer(to: digest, at: .now) { return known }
        if let question = questions[digest] { return await question.value }
        guard questions.count < maximumQuestions else { return nil }
        let question = Task { await ask() }
        questions[digest] = question
        let answer = await question.value
        questions[digest] = nil
        cache.keep(answer, to: digest, at: .now)
        return answer
    }
}
