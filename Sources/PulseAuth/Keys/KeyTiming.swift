/// When keys are read again.
package struct KeyTiming: Sendable {
    /// From one look at a file to the next.
    package var fileInterval = Duration.seconds(10)
    /// How long a key set by URL is good: what its `Cache-Control: max-age` says, within these bounds.
    package var freshness = Duration.seconds(60)...Duration.seconds(3_600)
    /// The same where it does not say.
    package var ownFreshness = Duration.seconds(300)
    /// From a fetch that failed to the next.
    package var retryInterval = Duration.seconds(10)
    /// The least time between two fetches that tokens with unknown keys cause.
    package var tokenInterval = Duration.seconds(10)
    /// How long one fetch may take.
    package var timeLimit = Duration.seconds(5)

    package init() {}

    /// How long an answer with these directives is good.
    package func freshness(cacheControl directives: [String]) -> Duration {
        let directives = directives.map { $0.lowercased().filter { $0 != " " } }
        if directives.contains("no-store") || directives.contains("no-cache") { return freshness.lowerBound }
        for directive in directives where directive.hasPrefix("max-age=") {
            guard let seconds = UInt32(directive.dropFirst("max-age=".count)) else { continue }
            return min(max(.seconds(seconds), freshness.lowerBound), freshness.upperBound)
        }
        return ownFreshness
    }
}
