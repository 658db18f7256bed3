/// How patient a connection to Redis is.
package struct LinkTiming: Sendable {
    /// How long connecting and logging in may take.
    package var connecting = Duration.seconds(3)
    /// After so much silence Redis is asked for a sign of life.
    package var pingAfter = Duration.seconds(1)
    /// After so much silence the connection is given up.
    package var silenceLimit = Duration.seconds(3)

    package init() {}
}
