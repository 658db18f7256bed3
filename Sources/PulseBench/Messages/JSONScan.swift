/// Reads single values out of JSON text without parsing the rest.
package enum JSONScan {
    /// Where the value begins whose key (with its quotes) ended right before `offset`.
    @inline(__always)
    package static func value(in text: UnsafeRawBufferPointer, after offset: Int) -> Int? {
        var index = offset
        var sawColon = false
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
            case UInt8(ascii: ":") where !sawColon: sawColon = true
            default: return sawColon ? index : nil
            }
            index += 1
        }
        return nil
    }

    /// The digits that begin at `offset`, as a number; nil when there is none or it is too large.
    @inline(__always)
    package static func digits(in text: UnsafeRawBufferPointer, at offset: Int) -> Int64? {
        var index = offset
        var number: Int64 = 0
        while index < text.count, text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") {
            guard index - offset < 18 else { return nil }
            number = number * 10 + Int64(text[index] - UInt8(ascii: "0"))
            index += 1
        }
        return index > offset ? number : nil
    }
}

/// The version of a SYNC_UPDATE; its outer and its inner one are the same.
package struct VersionFinder {
    package init() {}

    private var finder = Finder(#""version""#)

    @inline(__always)
    package mutating func version(in text: UnsafeRawBufferPointer) -> Int64? {
        guard let after = finder.find(in: text), let value = JSONScan.value(in: text, after: after) else { return nil }
        return JSONScan.digits(in: text, at: value)
    }
}
