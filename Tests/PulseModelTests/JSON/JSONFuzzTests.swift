import Foundation
import PulseModel
import Testing

@Suite struct JSONFuzzTests {
    /// A small generator with a seed, so that every run sees the same inputs.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let seeds = [
        #"{"type":"upload","payloads":[{"id":"3f2a","version":0,"title":"Caf\u00e9","done":false}]}"#,
        #"[1,-2.5e3,"\ud83d\ude00",null,true,{"a":{"b":[]}}]"#,
        "{\"\u{E9}\":\"\u{1F600}\\n\",\"n\":9223372036854775808}", #" { "a" : [ 0 , 1e5 ] , "b" : "\\\"\/" } "#,
    ]
    private static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "0", "-", "1e", ".", "null", "true",
        "\u{0}", "\n", " ", "\u{E9}", "\u{FEFF}", "\"a\":1,", "[[[[", "NaN", "/**/", "\u{1F}",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], using random: inout Seeded) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<4, using: &random)))
        case 3: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
        case 4:
            let from = Int.random(in: 0...place, using: &random)
            bytes.insert(contentsOf: Array(bytes[from..<min(place, from + 12)]), at: place)
        default: if Int.random(in: 0..<8, using: &random) == 0 { bytes.removeLast(bytes.count - place) }
        }
    }

    @Test(arguments: 0..<4)
    func `Damaged documents never crash, and what is taken Foundation takes and comes back alike`(part: Int) throws {
        var random = Seeded(state: 0x5EED + UInt64(part))
        let guarded = GuardedBytes(capacity: 4096)
        var taken = 0
        for round in 0..<25_000 {
            var bytes = Array(Self.seeds[(round + part) % Self.seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, using: &random) }
            guard let value = try? JSONValue.parse(guarded.holding(bytes)) else { continue }
            taken += 1
            try check(value, sentAs: bytes)
        }
        #expect(taken > 2_000)
    }

    private func check(_ value: JSONValue, sentAs bytes: [UInt8]) throws {
        var writer = JSONWriter()
        if let fault = value.firstFault {
            #expect(throws: fault) { try writer.value(value) }
            // Foundation refuses lone surrogates altogether and repeated keys not at all.
            return
        }
        try writer.value(value)
        let again = try JSONValue.parse(writer.bytes)
        #expect(again == value)
        // Foundation refuses numbers that a Double cannot hold; here they keep their literals.
        if Self.holdsNumberBeyondDouble(value) { return }
        #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
            try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        }
    }

    private static func holdsNumberBeyondDouble(_ value: JSONValue) -> Bool {
        switch value {
        case .number(let number): !number.double.isFinite
        case .array(let elements): elements.contains(where: holdsNumberBeyondDouble)
        case .object(let object): object.members.contains { holdsNumberBeyondDouble($0.value) }
        default: false
        }
    }
}
