/// A JSON object: its members as sent, in order.
public struct JSONObject: Sendable {
    /// One member of an object.
    public struct Member: Sendable {
        /// The key, escapes resolved, not normalised.
        public let key: String
        /// The value.
        public let value: JSONValue

        /// Pairs a key with a value.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members, in order, repeated keys included.
    ///
    /// A member whose key holds a lone surrogate is left out, since no `String` can be its key; ``fault`` tells.
    public let members: [Member]

    /// Where the fault is: 0 for none, −1 for an invalid key, else 1 + the index of the member that repeats a key.
    /// Narrow, so that `JSONValue` stays as small as a `String`.
    let faultIndex: Int32

    /// Makes an object of members, whose keys are checked for repetition.
    public init(_ members: [Member] = []) {
        self.init(members, firstInvalidKey: nil)
    }

    /// Makes an object of members of which the one that would have stood at the given index had an invalid key.
    init(_ members: [Member], firstInvalidKey: Int?) {
        self.members = members
        if let repeated = JSONKeys.firstRepetition(in: members), repeated < firstInvalidKey ?? .max {
            faultIndex = Int32(clamping: repeated + 1)
        } else {
            faultIndex = firstInvalidKey == nil ? 0 : -1
        }
    }

    /// The first fault among the keys, in the order sent: a repeated or an invalid key.
    public var fault: JSONFault? {
        switch faultIndex {
        case 0: nil
        case -1: .invalidKey
        default: .duplicateKey(members[Int(faultIndex) - 1].key)
        }
    }

    /// The value of the first member with this key, compared by UTF-8 bytes. A linear search.
    public subscript(key: String) -> JSONValue? {
        for member in members where member.key.hasSameUTF8(as: key) {
            return member.value
        }
        return nil
    }
}
