public import PulseModel

/// Schemas as YAML files.
public enum SchemaFile {
    /// The most bytes a schema file may have.
    public static let maximumByteCount = 1 << 20

    /// Reads a schema from text.
    ///
    /// - Parameter name: what the file is called in problems.
    /// - Throws: ``SchemaFileError`` with every problem that could be found, in the order of the file.
    public static func read(yaml text: String, name: String = "schema.yaml") throws(SchemaFileError) -> Schema {
        try read(bytes: Array(text.utf8), name: name)
    }

    /// Reads a schema from bytes, which should be UTF-8.
    ///
    /// - Parameter name: what the file is called in problems.
    /// - Throws: ``SchemaFileError`` with every problem that could be found, in the order of the file.
    public static func read(bytes: [UInt8], name: String) throws(SchemaFileError) -> Schema {
        let document = try YAMLDocument(bytes: bytes, name: name, maximumByteCount: maximumByteCount)
        var reader = SchemaReader(problems: document.problems)
        let schema = reader.schema(of: document.root)
        guard reader.problems.isEmpty, let schema else {
            throw SchemaFileError(name: name, problems: reader.problems)
        }
        return schema
    }

    /// Reads a schema from a file.
    ///
    /// - Throws: ``SchemaFileError`` with every problem that could be found, in the order of the file, or with the one
    ///   that it cannot be read.
    public static func read(path: String) throws(SchemaFileError) -> Schema {
        try read(bytes: FileBytes.read(path: path, atMost: maximumByteCount + 1), name: path)
    }
}
