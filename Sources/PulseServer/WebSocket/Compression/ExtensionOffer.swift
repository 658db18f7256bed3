/// One element of a client's `Sec-WebSocket-Extensions` (RFC 6455, section 9.1). A pure value.
struct ExtensionOffer {
    let name: String
    /// In the order in which they came, the same name as often as it came.
    let parameters: [(name: String, value: String?)]

    /// All offers, best first, or nil where the fields break the grammar anywhere.
    ///
    /// - Parameter fields: The values of all fields of that name; together they are one list.
    static func offers(in fields: [String]) -> [ExtensionOffer]? {
        guard !fields.isEmpty else { return [] }
        var scanner = Scanner(rest: Array(fields.joined(separator: ",").utf8)[...])
        var offers: [ExtensionOffer] = []
        repeat {
            guard let offer = scanner.offer() else { return nil }
            offers.append(offer)
        } while scanner.take(",")
        return scanner.rest.isEmpty ? offers : nil
    }
}

/// Takes one thing after the other from the front of a field; nil, or false, where it is not there.
private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func offer() -> ExtensionOffer? {
        guard let name = self.token() else { return nil }
        var parameters: [(name: String, value: String?)] = []
        while self.take(";") {
            guard let name = self.token() else { return nil }
            var value: String?
            if self.take("=") {
                value = self.take("\"") ? self.quotedToken() : self.token()
                guard value != nil else { return nil }
            }
            parameters.append((name, value))
        }
        return ExtensionOffer(name: name, parameters: parameters)
    }

    /// With the blanks around it.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        self.skipBlanks()
        guard self.rest.first == UInt8(ascii: character) else { return false }
        self.rest.removeFirst()
        return true
    }

    private mutating func token() -> String? {
        self.skipBlanks()
        let token = self.rest.prefix(while: Self.isTokenByte)
        self.rest = self.rest.dropFirst(token.count)
        self.skipBlanks()
        return token.isEmpty ? nil : String(decoding: token, as: UTF8.self)
    }

    /// What stands between quotation marks must be a token, too; its first mark has been taken.
    private mutating func quotedToken() -> String? {
        var token: [UInt8] = []
        while let byte = self.rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return token.isEmpty ? nil : String(decoding: token, as: UTF8.self) }
            guard let plain = byte == UInt8(ascii: "\\") ? self.rest.popFirst() : byte, Self.isTokenByte(plain) else {
                return nil
            }
            token.append(plain)
        }
        return nil
    }

    private mutating func skipBlanks() {
        self.rest = self.rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
    }
}
