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
    /// A member whose key holds a lone surrogate is left out, since no `String` can be its key, and so is what is beyond
    /// the limits; ``fault`` tells.
    public let members: [Member]

    /// Why a key was left out.
    enum KeyFault: Int32 {
        case invalid = -1
        case oversized = -2
        case tooMany = -3
    }

    /// Where the fault is: 0 for none, below that a ``KeyFault``, else 1 + the index of the member that repeats a key.
    /// Narrow, so that `JSONValue` stays as small as a `String`.
    let faultIndex: Int32

    /// Makes an object of members, whose keys are checked for repetition.
    public init(_ members: [Member] = []) {
        self.init(members, fault: nil)
    }

    /// Makes an object of members of which some were left out, the first of them, which would have stood at the given
    /// index, for this fault.
    init(_ members: [Member], fault: (KeyFault, index: Int)?) {
        self.members = members
        if let repeated = JSONKeys.firstRepetition(in: members), repeated < fault?.index ?? .max {
            faultIndex = Int32(clamping: repeated + 1)
        } else {
            faultIndex = fault?.0.rawValue ?? 0
        }
    }

    /// The first fault among the keys, in the order sent: one that is repeated, invalid, too long or one too many.
    public var fault: JSONFault? {
        switch KeyFault(rawValue: faultIndex) {
        case .invalid: .invalidKey
        case .oversized: .oversizedKey
        case .tooMany: .tooManyKeys
        case nil: faultIndex == 0 ? nil : .duplicateKey(members[Int(faultIndex) - 1].key)
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
