import PulseModel
import PulseServer

/// The query of a pull or a full resync.
package struct SyncQuery {
    private let parameters: QueryParameters
    package private(set) var faults: [RequestFault] = []

    static let limits = 1...1_000

    package init(_ parameters: QueryParameters) {
        self.parameters = parameters
    }

    /// The last value that a name is given.
    package func text(_ name: String) -> String? {
        parameters.values(of: name).last
    }

    package mutating func required(_ name: String) -> String? {
        let text = text(name)
        if text == nil { faults.append(.missing(["query", .name(name)])) }
        return text
    }

    package mutating func stamp(_ name: String) -> HybridTime? {
        guard let text = required(name) else { return nil }
        let stamp = HybridTime(text)
        if stamp == nil { faults.append(.wrongStamp(["query", .name(name)], text)) }
        return stamp
    }

    package mutating func limit(default number: Int) -> Int {
        guard let text = text("limit") else { return number }
        let location: [RequestFault.Step] = ["query", "limit"]
        guard let limit = Int(text) else {
            faults.append(
                RequestFault(
                    location: location,
                    message: "Input should be a valid integer, unable to parse string as an integer",
                    type: "int_parsing"))
            return number
        }
        if limit < Self.limits.lowerBound {
            faults.append(
                RequestFault(
                    location: location, message: "Input should be greater than or equal to 1",
                    type: "greater_than_equal"))
        } else if limit > Self.limits.upperBound {
            faults.append(
                RequestFault(
                    location: location, message: "Input should be less than or equal to 1000",
                    type: "less_than_equal"))
        }
        return limit
    }

    /// Names with commas between them.
    package static func names(in text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// - Throws: ``SyncError`` with all faults, if there are any.
    package func check() throws(SyncError) {
        guard faults.isEmpty else { throw .invalid(faults) }
    }
}
