/// Why a benchmark could not be run, or was given up.
struct BenchError: Error, CustomStringConvertible {
    enum Code: String {
        case badURL
        case badOption
        case connectFailed
        case refused
        case protocolViolation
        case closed
        case timeout
        case process
        case incomplete
    }

    var code: Code
    var message: String
    var cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}
