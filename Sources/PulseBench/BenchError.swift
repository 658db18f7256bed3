/// Why a benchmark could not be run, or was given up.
package struct BenchError: Error, CustomStringConvertible {
    package enum Code: String {
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

    package var code: Code
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}
