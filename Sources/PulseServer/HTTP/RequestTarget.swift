/// A request target in origin form, split: the path as it was sent, the query decoded.
package struct RequestTarget: Equatable, Sendable {
    package let path: String
    package let query: QueryParameters

    /// Nil for what is no origin form (it must begin with a slash), or whose query is not percent-encoded UTF-8.
    package init?(_ uri: String) {
        guard uri.utf8.first == UInt8(ascii: "/"), !uri.utf8.contains(UInt8(ascii: "#")) else { return nil }
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let query = QueryParameters(parts.count > 1 ? String(parts[1]) : "") else { return nil }
        self.path = String(parts[0])
        self.query = query
    }
}

/// The parameters of a request's query, percent-decoded, in the order in which they were sent.
public struct QueryParameters: Equatable, Sendable {
    private struct Parameter: Equatable, Sendable {
        var name: String
        var value: String
    }

    private let parameters: [Parameter]

    package init?(_ query: String) {
        var parameters: [Parameter] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else {
                return nil
            }
            parameters.append(Parameter(name: name, value: value))
        }
        self.parameters = parameters
    }

    /// Every value that `name` was given.
    public func values(of name: String) -> [String] {
        self.parameters.filter { $0.name == name }.map(\.value)
    }

    /// The value of `name`; nil when it is absent, or given more than once.
    public subscript(name: String) -> String? {
        let values = self.values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(Self.hexDigit),
                    let low = rest.popFirst().flatMap(Self.hexDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
