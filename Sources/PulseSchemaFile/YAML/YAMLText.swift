/// A text that a YAML parser may be given: UTF-8 without characters that YAML forbids, and its lines.
struct YAMLText {
    private(set) var scalars: [Unicode.Scalar]

    /// - Throws: the first place that is no such text.
    init(_ bytes: [UInt8]) throws(YAMLFault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = Self.validPrefix(of: bytes)
            throw YAMLFault(Self.end(of: valid), "is not UTF-8")
        }
        scalars = Array(text.unicodeScalars)
        // A byte order mark is no character of the text.
        if scalars.first == "\u{feff}" { scalars.removeFirst() }
        if let index = scalars.firstIndex(where: { !Self.isAllowed($0) }) {
            let code = String(scalars[index].value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
            throw YAMLFault(Self.end(of: scalars[..<index]), "the character U+\(padded) is not allowed in YAML")
        }
    }

    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The place of a position among ``scalars``.
    func index(of position: YAMLNode.Position) -> Int? {
        var here = (line: 1, column: 1)
        for index in scalars.indices {
            if here == (position.line, position.column) { return index }
            guard here.line <= position.line else { return nil }
            here = Self.step(
                from: here, over: scalars[index], before: index + 1 < scalars.count ? scalars[index + 1] : nil)
        }
        return nil
    }

    /// Puts another scalar in the place of one, so that everything else stays where it is.
    mutating func replace(at index: Int, with scalar: Unicode.Scalar) {
        scalars[index] = scalar
    }

    /// The position of the first thing that may be an alias, if there are more than a harmless few.
    ///
    /// Aliases are refused, but only after parsing can it be told for sure what is one, and parsing takes time in
    /// proportion to what they stand for. So few cannot multiply to much; comments do not count.
    func firstOfManyAliases(beyond limit: Int) -> YAMLNode.Position? {
        var first: YAMLNode.Position?
        var count = 0
        var here = (line: 1, column: 1)
        var isInComment = false
        var isAtLineStart = true
        for index in scalars.indices {
            let scalar = scalars[index]
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            if isAtLineStart, scalar == "#" { isInComment = true }
            if !isInComment, scalar == "*", let next, Self.isNameScalar(next) {
                count += 1
                if first == nil { first = .init(line: here.line, column: here.column) }
                if count > limit { return first }
            }
            let after = Self.step(from: here, over: scalar, before: next)
            if after.line > here.line {
                isInComment = false
                isAtLineStart = true
            } else if scalar != " ", scalar != "\t" {
                isAtLineStart = false
            }
            here = after
        }
        return nil
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-")
    }

    /// What YAML calls printable.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xa, 0xd, 0x20...0x7e, 0x85, 0xa0...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x10000...: true
        default: false
        }
    }

    private static func step(
        from here: (line: Int, column: Int), over scalar: Unicode.Scalar, before next: Unicode.Scalar?
    ) -> (line: Int, column: Int) {
        switch scalar {
        case "\r" where next == "\n": (here.line, here.column + 1)
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": (here.line + 1, 1)
        default: (here.line, here.column + 1)
        }
    }

    private static func end(of scalars: some Collection<Unicode.Scalar>) -> YAMLNode.Position {
        var here = (line: 1, column: 1)
        var rest = scalars.makeIterator()
        var current = rest.next()
        while let scalar = current {
            current = rest.next()
            here = step(from: here, over: scalar, before: current)
        }
        return .init(line: here.line, column: here.column)
    }

    /// The scalars before the first byte that is wrong.
    private static func validPrefix(of bytes: [UInt8]) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { scalars.append(scalar) }
        return scalars
    }
}

/// Why a text cannot be parsed as YAML, and where.
struct YAMLFault: Error {
    let position: YAMLNode.Position
    let message: String

    init(_ position: YAMLNode.Position, _ message: String) {
        self.position = position
        self.message = message
    }
}
