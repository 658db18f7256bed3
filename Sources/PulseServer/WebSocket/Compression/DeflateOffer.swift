/// An offer of permessage-deflate that is accepted: RFC 7692, section 7.1. A pure value.
///
/// Every message is compressed on its own, in both directions: a connection then needs no state between messages, and
/// one compressed message serves all its receivers.
package struct DeflateOffer: Equatable, Sendable {
    /// The window that messages are compressed with, as a power of two of bytes. One size for all, so that they can be
    /// shared. A larger one gains next to nothing on records, and many clients ask for no more than this.
    package static let windowBits = 12

    private let boundsServerWindow: Bool

    /// The first offer that can be accepted; nil where there is none, or where anything of the fields is malformed.
    ///
    /// - Parameter fields: The values of the request's `Sec-WebSocket-Extensions` fields.
    package init?(firstAcceptableIn fields: [String]) {
        guard let accepted = ExtensionOffer.offers(in: fields)?.lazy.compactMap(DeflateOffer.init).first else {
            return nil
        }
        self = accepted
    }

    private init?(_ offer: ExtensionOffer) {
        guard offer.name == "permessage-deflate" else { return nil }
        var names: Set<String> = []
        for parameter in offer.parameters {
            guard names.insert(parameter.name).inserted else { return nil }
            switch (parameter.name, parameter.value) {
            case ("server_no_context_takeover", nil), ("client_no_context_takeover", nil):
                break
            case ("client_max_window_bits", let value):
                // Messages of any window can be inflated, so it is not answered.
                guard value == nil || Self.bits(value) != nil else { return nil }
            case ("server_max_window_bits", let value):
                guard let bits = Self.bits(value), bits >= Self.windowBits else { return nil }
            default:
                return nil
            }
        }
        self.boundsServerWindow = names.contains("server_max_window_bits")
    }

    /// The value of the response's `Sec-WebSocket-Extensions`.
    package var answer: String {
        let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        return self.boundsServerWindow ? "\(answer); server_max_window_bits=\(Self.windowBits)" : answer
    }

    private static func bits(_ text: String?) -> Int? {
        (8...15).first { String($0) == text }
    }
}
