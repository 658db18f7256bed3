/// A recursive descent over the bytes of one JSON text, as deep as the limit allows.
struct JSONParser: ~Copyable {
    let bytes: UnsafeRawPointer
    let end: Int
    let limits: JSONLimits
    /// The next byte to read.
    var index = 0
    /// Whether the last string that was none was too long, and not invalid.
    var wasOversized = false
    /// Strings with escapes are put together here.
    var scratch: [UInt8] = []
    /// How many members the last object and elements the last array had: the next one is likely to be as large.
    private var expectedMembers = 0
    private var expectedElements = 0

    /// So many places are reserved ahead at most, so that small containers after a large one take no memory.
    private static var greatestReserve: Int { 16 }

    init(_ bytes: UnsafeRawPointer, count: Int, limits: JSONLimits) {
        self.bytes = bytes
        self.end = count
        self.limits = limits
    }

    /// One value, with nothing but white space around it.
    mutating func document() throws(JSONError) -> JSONValue {
        let first = skipSpace()
        guard index < end else { throw error(.empty) }
        if index == 0, startsWithByteOrderMark(first) { throw error(.byteOrderMark) }
        let value = try value(depth: 0)
        _ = skipSpace()
        guard index == end else { throw error(.trailingData) }
        return value
    }

    private func startsWithByteOrderMark(_ first: UInt8) -> Bool {
        switch first {
        case 0xEF: end >= 3 && byte(at: 1) == 0xBB && byte(at: 2) == 0xBF
        case 0xFE: end >= 2 && byte(at: 1) == 0xFF
        case 0xFF: end >= 2 && byte(at: 1) == 0xFE
        default: false
        }
    }

    /// The value that starts at `index`, inside so many arrays and objects.
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "\""):
            guard let text = try string() else { return wasOversized ? .oversized : .invalidString }
            return .string(text)
        case UInt8(ascii: "{"):
            return try object(depth: depth + 1)
        case UInt8(ascii: "["):
            return try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            throw unexpected()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maximumDepth else { throw error(.tooDeep) }
        index &+= 1
        if skipSpace() == UInt8(ascii: "}") {
            index &+= 1
            return .object(JSONObject())
        }
        var members: [JSONObject.Member] = []
        members.reserveCapacity(max(2, min(expectedMembers, Self.greatestReserve)))
        var fault: (JSONObject.KeyFault, index: Int)?
        while true {
            guard current == UInt8(ascii: "\"") else { throw unexpected() }
            let key = try string()
            let isKeyOversized = wasOversized
            guard skipSpace() == UInt8(ascii: ":") else { throw unexpected() }
            index &+= 1
            _ = skipSpace()
            let value = try value(depth: depth)
            if members.count == limits.maximumKeys {
                fault = fault ?? (.tooMany, index: members.count)
            } else if let key {
                members.append(JSONObject.Member(key: key, value: value))
            } else if fault == nil {
                fault = (isKeyOversized ? .oversized : .invalid, index: members.count)
            }
            let next = skipSpace()
            if next == UInt8(ascii: ",") {
                index &+= 1
                _ = skipSpace()
            } else if next == UInt8(ascii: "}") {
                index &+= 1
                expectedMembers = members.count
                return .object(JSONObject(members, fault: fault))
            } else {
                throw unexpected()
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.maximumDepth else { throw error(.tooDeep) }
        index &+= 1
        if skipSpace() == UInt8(ascii: "]") {
            index &+= 1
            return .array([])
        }
        var elements: [JSONValue] = []
        elements.reserveCapacity(max(2, min(expectedElements, Self.greatestReserve)))
        while true {
            elements.append(try value(depth: depth))
            let next = skipSpace()
            if next == UInt8(ascii: ",") {
                index &+= 1
                _ = skipSpace()
            } else if next == UInt8(ascii: "]") {
                index &+= 1
                expectedElements = elements.count
                return .array(elements)
            } else {
                throw unexpected()
            }
        }
    }
}
