import Foundation
import PulseTesting
import Testing

/// The compiler with the macros' plugin, over one file that is taken for a part of the module `Pulse`.
enum Compiler {
    struct Verdict {
        let isAccepted: Bool
        let output: String
    }

    static let samples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Samples")

    private static let package = samples.appending(path: "../../..").standardizedFileURL

    /// - Parameter options: of the compiler's frontend.
    static func check(_ file: URL, _ options: String...) throws -> Verdict {
        let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let directory = FileManager.default.temporaryDirectory.appending(path: "pulse-macros-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let output = directory.appending(path: "output")
        try Data().write(to: output)
        let process = try ChildProcess(
            [
                "swiftc", "-frontend", "-typecheck", "-module-name", "Pulse", "-package-name", "swift_pulse",
                "-swift-version", "6", "-diagnostic-style=llvm", "-I", products.appending(path: "Modules").path,
                "-load-plugin-executable", products.appending(path: "PulseMacros-tool").path + "#PulseMacros",
                "-module-cache-path", products.appending(path: "ModuleCache").path, "-primary-file", file.path,
            ] + options + sources().map(\.path), output: FileHandle(forWritingTo: output))
        let status = process.wait()
        return Verdict(isAccepted: status == 0, output: try String(contentsOf: output, encoding: .utf8))
    }

    /// What the expansions refer to. The whole module would need the modules of everything that it is made of.
    private static func sources() -> [URL] {
        let model = package.appending(path: "Sources/Pulse/Model")
        let files = FileManager.default.enumerator(at: model, includingPropertiesForKeys: nil)?.allObjects as? [URL]
        return [samples.appending(path: "Module.swift")] + (files ?? []).filter { $0.pathExtension == "swift" }
    }
}

/// A source file among the samples.
struct Sample: Sendable, CustomTestStringConvertible {
    let file: URL

    var testDescription: String { file.lastPathComponent }

    var text: String { get throws { try String(contentsOf: file, encoding: .utf8) } }

    static func all(_ folder: String) throws -> [Sample] {
        let folder = Compiler.samples.appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return files.filter { $0.pathExtension == "swift" }.map(Sample.init)
    }
}
