extension JSONValue {
    /// Parses one JSON text: RFC 8259, UTF-8, nothing beyond it (no byte order mark, comments, trailing commas, NaN).
    ///
    /// Repeated keys, lone surrogates and what is too long do not stop the parser: see ``JSONObject/fault``,
    /// ``JSONValue/invalidString`` and ``JSONValue/oversized``.
    ///
    /// - Throws: the first thing that is wrong, and where.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        guard let base = bytes.baseAddress, bytes.count > 0 else {
            throw JSONError(code: .empty, byteOffset: 0, byte: nil)
        }
        var parser = JSONParser(base, count: bytes.count, limits: limits)
        return try parser.document()
    }

    /// Parses one JSON text held in an array.
    ///
    /// - Throws: the first thing that is wrong, and where.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try parse(UnsafeRawBufferPointer(bytes), limits: limits)
        }
    }

    /// Parses one JSON text held in a part of an array. Offsets in errors count from the start of that part.
    ///
    /// - Throws: the first thing that is wrong, and where.
    public static func parse(_ bytes: ArraySlice<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError)
        -> JSONValue
    {
        try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
            try parse(UnsafeRawBufferPointer(bytes), limits: limits)
        }
    }

    /// Parses one JSON text held in a string.
    ///
    /// - Throws: the first thing that is wrong, and where.
    public static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }
}
