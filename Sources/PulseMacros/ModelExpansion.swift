import SwiftSyntax
import SwiftSyntaxBuilder

/// The code that makes a struct a model.
struct ModelExpansion {
    private let model: ModelDeclaration

    init(_ model: ModelDeclaration) {
        self.model = model
    }

    /// The property for what the sync knows, and a public initialiser where Swift's own would not be public.
    var members: [DeclSyntax] {
        let sync: DeclSyntax = "\(raw: access)var sync = Pulse.SyncState()"
        let hasInitializer = model.syntax.memberBlock.members.contains { $0.decl.is(InitializerDeclSyntax.self) }
        guard model.syntax.modifiers.outerAccess != nil, !hasInitializer, model.problems.isEmpty else { return [sync] }
        return [sync, initializer]
    }

    private var initializer: DeclSyntax {
        let fields = model.fields.filter(isPartOfInitializer)
        let parameters = fields.map { field in
            let isOptional = field.type?.isOptional == true
            let value = field.initialValue?.trimmedDescription ?? (isOptional ? "nil" : nil)
            return "\(field.property): \(field.type?.text ?? "")\(value.map { " = \($0)" } ?? "")"
        }
        let body = fields.map { "    self.\($0.property) = \($0.property)" }
        return """
            \(raw: access)init(\(raw: parameters.joined(separator: ", "))) {
            \(raw: body.joined(separator: "\n"))
            }
            """
    }

    /// Others cannot name a property that they do not see, nor can they do without one that has no initial value.
    private func isPartOfInitializer(_ field: FieldDeclaration) -> Bool {
        field.modifiers.has(.public) || field.modifiers.outerAccess == model.syntax.modifiers.outerAccess
            || (field.initialValue == nil && field.type?.isOptional == false)
    }

    /// - Parameter isDeclared: whether the struct says itself that it conforms.
    func conformance(of type: some TypeSyntaxProtocol, isDeclared: Bool) throws -> ExtensionDeclSyntax {
        let body = model.problems.isEmpty ? implementation : placeholder
        let text = body.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        return try ExtensionDeclSyntax(
            """
            extension \(raw: type.trimmedDescription)\(raw: isDeclared ? "" : ": Pulse.SyncModel") {
            \(raw: text)
            }
            """)
    }

    private var implementation: [String] {
        var lines = [
            "\(access)static let modelName = Pulse.ModelName(declared: \"\(model.table)\")", "",
            "\(access)static let definition = Pulse.ModelDefinition<Self>(",
        ]
        lines += model.options.map { "    \($0.label?.text ?? ""): \($0.expression.trimmedDescription)," }
        lines += ["    fields: ["] + model.fields.map { "        \(definition(of: $0))," }
        lines += ["    ])", "", "\(access)init(reading fields: Pulse.FieldReader) throws(Pulse.FieldError) {"]
        lines += model.fields.enumerated().map { "    self.\($1.property) = try fields.value(\($0))" }
        return lines + ["}"]
    }

    private func definition(of field: FieldDeclaration) -> String {
        var arguments = ["\"\(field.name)\"", "\\.\(field.property)"]
        arguments += field.options.map { "\($0.label?.text ?? ""): \($0.expression.trimmedDescription)" }
        if let value = field.defaultValue { arguments.append("default: \(value.trimmedDescription)") }
        return ".init(\(arguments.joined(separator: ", ")))"
    }

    /// Where something is wrong with the declaration, it is told once, and not again for every use of the type.
    private var placeholder: [String] {
        [
            "\(access)static var modelName: Pulse.ModelName { fatalError() }",
            "\(access)static var definition: Pulse.ModelDefinition<Self> { fatalError() }",
            "\(access)init(reading fields: Pulse.FieldReader) throws(Pulse.FieldError) { fatalError() }",
        ]
    }

    /// The modifier of what the struct shows to others, with a space.
    private var access: String {
        switch model.syntax.modifiers.outerAccess {
        case .public: "public "
        case .package: "package "
        default: ""
        }
    }
}
