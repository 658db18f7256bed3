import AsyncHTTPClient
import Foundation
import NIOCore
internal import NIOHTTP1
import NIOPosix

/// Reads what a ``KeyReference`` refers to.
struct KeyReader: Sendable {
    /// Follows no redirects.
    let client: HTTPClient
    let timing: KeyTiming

    static let maximumByteCount = 256 << 10

    struct Answer: Sendable {
        let bytes: [UInt8]
        /// How long it is good, where it is not just looked at again.
        let freshness: Duration
    }

    func read(_ place: KeyReference.Place) async throws(KeyError) -> Answer {
        switch place {
        case .file(let path): Answer(bytes: try await Self.file(path), freshness: timing.fileInterval)
        case .environment(let name): Answer(bytes: try Self.variable(name), freshness: timing.fileInterval)
        case .url(let url): try await fetch(url)
        }
    }

    static func variable(_ name: String) throws(KeyError) -> [UInt8] {
        guard let text = ProcessInfo.processInfo.environment[name] else {
            // The text that names none may be the secret by mistake.
            throw KeyError("there is no such environment variable as it names", hidesPlace: true)
        }
        return Array(text.utf8)
    }

    static func file(_ path: String) async throws(KeyError) -> [UInt8] {
        let data: Data?
        do {
            data = try await NIOThreadPool.singleton.runIfActive {
                let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                defer { try? file.close() }
                return try file.read(upToCount: maximumByteCount + 1)
            }
        } catch {
            throw KeyError("the file cannot be read: \(error.localizedDescription)")
        }
        guard let data, !data.isEmpty else { throw KeyError("the file is empty") }
        guard data.count <= maximumByteCount else { throw KeyError("the file has more than \(maximumByteCount) bytes") }
        return Array(data)
    }

    private func fetch(_ url: String) async throws(KeyError) -> Answer {
        do {
            // The client's own deadline ends with the head of the answer.
            return try await withThrowingTaskGroup { group in
                group.addTask { try await answer(of: url) }
                group.addTask {
                    try await Task.sleep(for: timing.timeLimit)
                    throw KeyError("no answer within \(timing.timeLimit)")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch let error as KeyError {
            throw error
        } catch {
            throw KeyError("cannot be fetched: \(error)")
        }
    }

    private func answer(of url: String) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "accept", value: "application/jwk-set+json, application/json")
        let response = try await client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else { throw KeyError("answered with status \(response.status.code)") }
        do {
            let freshness = timing.freshness(
                cacheControl: response.headers[canonicalForm: "cache-control"].map(String.init))
            let body = try await response.body.collect(upTo: Self.maximumByteCount)
            return Answer(bytes: Array(body.readableBytesView), freshness: freshness)
        } catch is NIOTooManyBytesError {
            throw KeyError("answered with more than \(Self.maximumByteCount) bytes")
        }
    }
}
