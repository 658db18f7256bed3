/// Finds the name that was meant by one that does not exist.
package enum Suggestion {
    /// The name among `names` that `text` most likely is a slip of; nil if none is close.
    package static func closest(to text: String, among names: [String]) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let wanted = folded(text)
        var best: (name: String, distance: Int)?
        for name in names {
            let candidate = folded(name)
            let distance = distance(from: wanted, to: candidate)
            guard distance <= max(1, candidate.count / 3), distance < candidate.count else { continue }
            if distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// `; did you mean 'name'?`, or else what there is to choose from.
    package static func hint(for text: String, among names: [String], otherwise: String) -> String {
        if let name = closest(to: text, among: names) { return "; did you mean '\(name)'?" }
        return names.isEmpty ? "" : "; \(otherwise) \(names.joined(separator: ", "))"
    }

    /// Capitals and the kind of hyphen make no difference.
    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: " "): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    /// How many letters have to be added, taken away, changed or swapped with their neighbour.
    private static func distance(from left: [UInt8], to right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
