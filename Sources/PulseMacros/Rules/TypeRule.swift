import SwiftSyntax

/// Which types no field can have, as far as their spelling tells. Of others, the compiler asks for ``FieldValue``.
enum TypeRule {
    /// The type to take instead.
    private static let substitutes = [
        "Float": "Double", "Float16": "Double", "Float32": "Double", "Float80": "Double", "CGFloat": "Double",
        "Int8": "Int", "Int16": "Int", "Int32": "Int", "Int64": "Int", "Int128": "Int",
        "UInt": "Int", "UInt8": "Int", "UInt16": "Int", "UInt32": "Int", "UInt64": "Int", "UInt128": "Int",
        "Array": "JSONValue", "Dictionary": "JSONValue", "Set": "JSONValue",
        "Character": "String", "Substring": "String", "URL": "String",
    ]

    static func problem(with type: TypeSyntax) -> Problem? {
        if let implicit = type.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
            let mark = implicit.exclamationMark
            return Problem(mark, "a field that may be null is written with '?'", fix: .replace(mark, with: "?"))
        }
        guard let wrapped = type.wrapped else { return problem(withWrapped: type) }
        guard wrapped.wrapped == nil else {
            return Problem(
                type, "null is one value: a field has one '?'", fix: .replace(type, with: "\(wrapped.trimmed)"))
        }
        return problem(withWrapped: wrapped)
    }

    private static func problem(withWrapped type: TypeSyntax) -> Problem? {
        switch type.kind {
        case .arrayType, .dictionaryType, .inlineArrayType:
            return substitution(of: type, by: "JSONValue")
        case .identifierType, .memberType:
            if let substitute = substitutes[type.plainName] { return substitution(of: type, by: substitute) }
            switch type.plainName {
            case "Data":
                return Problem(type, "a field cannot hold Data: keep its Base64 text, or its address, in a String")
            case "Any", "AnyObject", "AnyHashable", "Void": return unsupported(type)
            default: return nil
            }
        case .tupleType where type.cast(TupleTypeSyntax.self).elements.count == 1:
            return problem(with: type.cast(TupleTypeSyntax.self).elements.first!.type)
        default:
            return unsupported(type)
        }
    }

    private static func substitution(of type: TypeSyntax, by substitute: String) -> Problem {
        Problem(
            type, "a field cannot be of type '\(type.trimmedDescription)'; '\(substitute)' holds its values",
            fix: .replace(type, with: substitute))
    }

    private static func unsupported(_ type: TypeSyntax) -> Problem {
        Problem(type, "a field cannot be of type '\(type.trimmedDescription)'")
    }
}
