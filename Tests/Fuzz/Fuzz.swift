import Foundation

/// `PulseFuzz TARGET [ARGUMENTS OF LIBFUZZER]`, and `PulseFuzz TARGET seeds VECTORS DIRECTORY`.
@main
enum Fuzz {
    private static let targets: [String: any FuzzTarget.Type] = [
        "bus": BusTarget.self, "frames": FramesTarget.self, "http": HTTPTarget.self, "json": JSONTarget.self,
        "tokens": TokensTarget.self, "uploads": UploadsTarget.self,
    ]

    private static let type: any FuzzTarget.Type = {
        guard let type = targets[CommandLine.arguments.dropFirst().first ?? ""] else {
            fatalError("The first argument is one of \(targets.keys.sorted().joined(separator: ", ")).")
        }
        return type
    }()

    private static let target: any FuzzTarget = {
        do {
            return try type.init()
        } catch {
            fatalError("\(error)")
        }
    }()

    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 5, arguments[2] == "seeds" {
            return try writeSeeds(of: type, from: URL(filePath: arguments[3]), to: URL(filePath: arguments[4]))
        }
        _ = target
        // Without the target's name, which libFuzzer would take for a corpus.
        let values = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
        var count = CInt(values.count - 1)
        values.withUnsafeBufferPointer { values in
            var list = UnsafeMutablePointer(mutating: values.baseAddress)
            exit(
                runLibFuzzer(&count, &list) { start, count in
                    Fuzz.target.run(UnsafeRawBufferPointer(start: start, count: count))
                    return 0
                })
        }
    }

    private static func writeSeeds(of type: any FuzzTarget.Type, from vectors: URL, to directory: URL) throws {
        let conversations = try FileManager.default
            .contentsOfDirectory(at: vectors, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .map { try Conversation(vector: Array(Data(contentsOf: $0))).bytes }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (index, seed) in try type.seeds(from: conversations).enumerated() {
            try Data(seed).write(to: directory.appending(path: "seed-\(index)"))
        }
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runLibFuzzer(
    _ count: inout CInt, _ values: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
