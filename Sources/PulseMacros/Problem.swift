import SwiftDiagnostics
import SwiftSyntax

/// Something in a declaration that cannot be synced.
struct Problem {
    /// Where it is.
    let node: Syntax
    let message: String
    var fix: Fix?

    init(_ node: some SyntaxProtocol, _ message: String, fix: Fix? = nil) {
        self.node = Syntax(node)
        self.message = message
        self.fix = fix
    }

    var diagnostic: Diagnostic {
        Diagnostic(node: node, message: Message(message: message), fixIts: fix.map { [$0.fixIt] } ?? [])
    }
}

/// A change that makes the declaration right.
struct Fix {
    let message: String
    let node: Syntax
    let range: Range<AbsolutePosition>
    let text: String

    static func replace(_ node: some SyntaxProtocol, with text: String) -> Fix {
        Fix(
            message: "replace '\(node.trimmedDescription)' with '\(text)'", node: Syntax(node),
            range: node.trimmedRange, text: text)
    }

    static func insert(_ text: String, before node: some SyntaxProtocol) -> Fix {
        let position = node.positionAfterSkippingLeadingTrivia
        return Fix(
            message: "insert '\(text.trimmingSpace)'", node: Syntax(node), range: position..<position, text: text)
    }

    /// Takes an argument out of its list, or the whole attribute when it is the only one.
    static func remove(_ argument: LabeledExprSyntax, from attribute: AttributeSyntax) -> Fix {
        let message = "remove '\(argument.label?.text ?? "")'"
        guard let list = argument.parent?.as(LabeledExprListSyntax.self), list.count > 1 else {
            let start = attribute.positionAfterSkippingLeadingTrivia
            return Fix(message: message, node: Syntax(attribute), range: start..<attribute.endPosition, text: "")
        }
        let rest = list.filter { $0.id != argument.id }.map {
            "\($0.label.map { "\($0.text): " } ?? "")\($0.expression)"
        }
        return Fix(
            message: message, node: Syntax(list), range: list.range, text: rest.joined(separator: ", "))
    }

    fileprivate var fixIt: FixIt {
        FixIt(message: Message(message: message), changes: [.replaceText(range: range, with: text, in: node)])
    }
}

private struct Message: DiagnosticMessage, FixItMessage {
    let message: String
    var severity: DiagnosticSeverity { .error }
    var diagnosticID: MessageID { MessageID(domain: "PulseMacros", id: message) }
    var fixItID: MessageID { diagnosticID }
}

extension String {
    fileprivate var trimmingSpace: String { hasSuffix(" ") ? String(dropLast()) : self }
}
