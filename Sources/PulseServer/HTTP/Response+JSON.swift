import HTTPTypes
import Hummingbird
import NIOCore
import PulseModel

extension Response {
    /// A JSON object on a line of its own.
    ///
    /// - Parameter members: Their texts are Unicode.
    package static func json(
        _ status: HTTPResponse.Status, _ members: [(String, JSONValue)], _ headers: HTTPFields = [:]
    ) -> Response {
        var writer = JSONWriter()
        // Cannot fail: the texts are Unicode.
        try? writer.value(.object(JSONObject(members.map { .init(key: $0.0, value: $0.1) })))
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes + [0x0a])))
    }
}
