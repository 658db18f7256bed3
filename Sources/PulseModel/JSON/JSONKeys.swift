/// Finds repeated keys, by UTF-8 bytes.
enum JSONKeys {
    /// Up to this many members every pair is compared, which takes no memory.
    private static let smallCount = 16

    /// The index of the first member whose key stood earlier too.
    static func firstRepetition(in members: [JSONObject.Member]) -> Int? {
        members.count <= smallCount ? byPairs(members) : byHash(members)
    }

    private static func byPairs(_ members: [JSONObject.Member]) -> Int? {
        members.withUnsafeBufferPointer { members in
            var index = 1
            while index < members.count {
                var earlier = 0
                while earlier < index {
                    if members[index].key.hasSameUTF8(as: members[earlier].key) { return index }
                    earlier += 1
                }
                index += 1
            }
            return nil
        }
    }

    /// Hashes with the process's random seed, so nobody can prepare keys that collide.
    private static func byHash(_ members: [JSONObject.Member]) -> Int? {
        var seen = Set<ByteKey>(minimumCapacity: members.count)
        for index in members.indices where !seen.insert(ByteKey(key: members[index].key)).inserted {
            return index
        }
        return nil
    }

    private struct ByteKey: Hashable {
        let key: String

        static func == (left: ByteKey, right: ByteKey) -> Bool {
            left.key.hasSameUTF8(as: right.key)
        }

        func hash(into hasher: inout Hasher) {
            let fed: Void? = key.utf8.withContiguousStorageIfAvailable { bytes in
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            }
            if fed == nil {
                for byte in key.utf8 { hasher.combine(byte) }
            }
        }
    }
}

extension String {
    /// Whether both strings are the same bytes. `==` would say yes to canonically equivalent ones too.
    @inline(__always)
    func hasSameUTF8(as other: String) -> Bool {
        utf8.count == other.utf8.count && hasSameUTF8(asEquallyLong: other)
    }

    /// Whether the string is these bytes.
    @inline(__always)
    func hasUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard utf8.count == bytes.count else { return false }
        return utf8.withContiguousStorageIfAvailable { JSONScan.areEqual(UnsafeRawBufferPointer($0), bytes) }
            ?? utf8.elementsEqual(bytes)
    }

    private func hasSameUTF8(asEquallyLong other: String) -> Bool {
        let result: Bool?? = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                JSONScan.areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
        if let result, let result { return result }
        return utf8.elementsEqual(other.utf8)
    }
}
