import PulseModel

/// Why a copy was not completed. What was copied stays, and a repeated copy goes on behind it.
public enum CopyError: Error, Sendable, CustomStringConvertible {
    case source(StoreError)
    case target(StoreError)
    /// The source had new writes however often they were copied too.
    case sourceMoves
    /// The task was cancelled.
    case cancelled
    /// The copy has other records of a model in a scope than the source: other in number, or in content.
    case different(ModelName, Scope, sourceCount: Int, targetCount: Int)
    /// The copy has all records, and another head.
    case differentHead(source: Version, target: Version)

    public var description: String {
        switch self {
        case .source(let error): "the source cannot be used: \(error)"
        case .target(let error): "the target cannot be used: \(error)"
        case .sourceMoves: "the source is written to all the time: stop its servers, and copy again to go on from here"
        case .cancelled: "interrupted: copy again to go on from here"
        case .different(let model, let scope, let sourceCount, let targetCount) where sourceCount == targetCount:
            "the copy is not equal: model '\(model)' in scope '\(scope.key)' has \(sourceCount) records on both sides, "
                + "and they differ; remove the copy and begin anew"
        case .different(let model, let scope, let sourceCount, let targetCount):
            "the copy is not equal: model '\(model)' in scope '\(scope.key)' has \(sourceCount) records in the source "
                + "and \(targetCount) in the copy; remove the copy and begin anew"
        case .differentHead(let source, let target):
            "the copy is not equal: the source ends at version \(source), the copy at \(target); remove the copy and "
                + "begin anew"
        }
    }
}
