package import Crypto
package import NIOHTTP1
package import PulseEngine

/// What the backend is asked with: the header fields that are forwarded.
package struct SessionQuestion: Sendable {
    /// What identifies the client, as the backend is to see it.
    package let fields: [Credentials.Header]
    private let remoteAddress: String?

    /// - Parameter names: of the fields to forward, in lower case.
    package init(_ credentials: Credentials, headers names: [String]) {
        fields = names.flatMap { name in
            if name == "authorization", let token = credentials.token {
                [Credentials.Header(name: name, value: "Bearer \(token)")]
            } else {
                credentials.headers.filter { $0.name == name }
            }
        }
        remoteAddress = credentials.remoteAddress
    }

    /// The header of the request.
    package var headers: HTTPHeaders {
        var headers = HTTPHeaders(fields.map { ($0.name, $0.value) })
        headers.add(name: "accept", value: "application/json")
        if let remoteAddress { headers.add(name: "x-forwarded-for", value: remoteAddress) }
        return headers
    }

    /// Whether no value would end its line, or the request, early.
    package var isSendable: Bool {
        headers.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
    }

    /// Equal for equal questions only. In place of the fields, which are secrets.
    package var digest: SHA256Digest {
        var hash = SHA256()
        for (name, value) in headers {
            // Neither holds a line's end, so no two lists of fields run together into the same bytes.
            hash.update(data: Array("\(name):\(value)\n".utf8))
        }
        return hash.finalize()
    }
}
