import PulseModel

/// `SYNC_REQUEST_DELTA`: send me all of a table that changed behind a version (protocol section "Delta").
public struct RequestDelta: Sendable {
    public let table: String
    public let lastVersion: Version

    init(_ object: JSONObject) throws(WireError) {
        let table = try object.table()
        switch object["last_version"] {
        case nil: lastVersion = .zero
        case .int(let number) where number >= 0: lastVersion = Version(number)
        case .int: throw WireError(.badField, "\"last_version\" must not be negative.", table: table)
        case .number: throw WireError(.badField, "\"last_version\" must be a whole number.", table: table)
        case .some(let value):
            throw WireError(.badField, "\"last_version\" must be a whole number, is \(value.kindName).", table: table)
        }
        self.table = table
    }
}
