/// Equality by bytes: numbers by literal, strings by their UTF-8, objects by their members in order.
///
/// Two values are equal exactly if they are written alike: `1.0` differs from `1`, and a composed `é` from a
/// decomposed one.
extension JSONValue: Equatable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null), (.invalidString, .invalidString), (.oversized, .oversized): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameUTF8(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.faultIndex == right.faultIndex && left.members == right.members
    }
}

extension JSONObject.Member: Equatable {
    public static func == (left: JSONObject.Member, right: JSONObject.Member) -> Bool {
        left.key.hasSameUTF8(as: right.key) && left.value == right.value
    }
}
