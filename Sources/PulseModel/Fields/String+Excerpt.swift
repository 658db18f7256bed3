extension String {
    /// The start of a text that somebody sent, to quote it in an error: whole scalars, so many bytes at most.
    ///
    /// Not a prefix by characters: a single one can be a megabyte of combining marks.
    package func excerpt(maximumByteCount: Int) -> String {
        guard utf8.count > maximumByteCount else { return self }
        var byteCount = 0
        return String(
            String.UnicodeScalarView(
                unicodeScalars.prefix {
                    byteCount += UTF8.width($0)
                    return byteCount <= maximumByteCount
                }))
    }
}
