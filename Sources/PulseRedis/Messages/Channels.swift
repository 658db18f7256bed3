import PulseModel

/// The names of a space's channels.
///
/// Prefix and space have no colon, and a scope's key is unambiguous and stands last: whatever a user is called, no two
/// scopes, spaces or deployments share a channel.
package struct Channels: Sendable {
    package let space: String
    /// Whether the channels are those of sharded pub/sub, of which a cluster's node has those of its slots only.
    let isSharded: Bool
    private let beginning: String
    /// Workers under different schemas have different channels of content, so that a client is shown every record as
    /// its worker's schema has it.
    private let contents: String

    /// - Parameter isSharded: then all channels of a space are in one slot, and so on one node, in one order.
    /// - Returns: nil unless both consist of 1 to 63 ASCII letters, digits, `_`, `-` and `.`.
    package init?(prefix: String, space: String, schema: UInt64 = 0, isSharded: Bool = false) {
        guard Self.isName(prefix), Self.isName(space) else { return nil }
        self.space = space
        self.isSharded = isSharded
        beginning = isSharded ? "{\(prefix):\(space)}:" : "\(prefix):\(space):"
        contents = beginning + String(schema, radix: 16) + ":"
    }

    var publish: String { isSharded ? "SPUBLISH" : "PUBLISH" }
    var subscribe: String { isSharded ? "SSUBSCRIBE" : "SUBSCRIBE" }
    var unsubscribe: String { isSharded ? "SUNSUBSCRIBE" : "UNSUBSCRIBE" }
    /// What a reply begins with that has a message in it.
    var message: String { isSharded ? "smessage" : "message" }

    /// Where every worker hears of every commit.
    package var commits: String { beginning + "c" }

    /// Where the content of a scope goes: `*`, `u:USER` or `g:CLAIM=VALUE` behind the schema.
    package func name(of scope: Scope) -> String { contents + scope.key }

    /// The scope of a channel; nil for every other channel.
    package func scope(of channel: UnsafeRawBufferPointer) -> Scope? {
        guard channel.starts(with: contents.utf8) else { return nil }
        return String(validating: channel.dropFirst(contents.utf8.count), as: UTF8.self).flatMap { Scope(key: $0) }
    }

    private static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "_-.".utf8.contains(byte)
            }
    }
}
