/// Everything that is wrong with a file.
public struct SchemaFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One mistake.
    public struct Problem: Sendable, Hashable {
        /// Counted from 1; 0 where the problem is the file itself.
        public let line: Int
        /// Counted from 1 in Unicode scalars; 0 where the problem is the file itself.
        public let column: Int
        /// One sentence, without a full stop.
        public let message: String

        public init(line: Int, column: Int, message: String) {
            self.line = line
            self.column = column
            self.message = message
        }
    }

    /// What the file is called.
    public let name: String
    /// At least one, in the order of the file.
    public let problems: [Problem]
    /// Whether the file could not be read at all.
    public let isUnreadable: Bool

    public init(name: String, problems: [Problem], isUnreadable: Bool = false) {
        self.name = name
        self.isUnreadable = isUnreadable
        // What is found in passes over the file is told in its order, and what is found twice (an alias leads to the
        // same place again) once.
        var seen: Set<Problem> = []
        self.problems = problems.filter { seen.insert($0).inserted }.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }.map(\.element)
    }

    /// One line for each problem: `schema.yaml:12:9: message`.
    public var lines: [String] {
        problems.map { $0.line == 0 ? "\(name): \($0.message)" : "\(name):\($0.line):\($0.column): \($0.message)" }
    }

    public var description: String { lines.joined(separator: "\n") }
}
