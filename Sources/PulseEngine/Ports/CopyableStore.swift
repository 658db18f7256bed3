import PulseModel

/// A store whose log can be copied into another's place as it is: versions, ids, scopes, origins, tombstones.
///
/// While a store is copied into, nothing else may write to it.
public protocol CopyableStore: ChangeStore {
    /// Every model and field that the store's records may have, declared today or not.
    ///
    /// - Throws: ``StoreError``: `unusable` when the store is an unfinished copy, from which nothing can be copied.
    func history() async throws(StoreError) -> SchemaHistory

    /// Makes an empty store ready to take another one's log, or goes on with the copy that was begun from the same
    /// source. Of models that both know, `history` counts.
    ///
    /// From here until ``endCopy(at:)`` the store cannot be opened for serving: that fails with `unusable`, saying that
    /// it is an unfinished copy, and of what.
    ///
    /// - Parameter source: names the source, the same whenever it is copied from, without a password.
    /// - Returns: the version up to which the log is there already.
    /// - Throws: ``StoreError``: `unusable` when the store has records of its own, or is an unfinished copy of another
    ///   source.
    func beginCopy(of history: SchemaHistory, from source: String) async throws(StoreError) -> Version

    /// Takes a page of the source's log, in one transaction, each record in the place of its older writes. It is
    /// durable when the call returns, and the head is then the version that the page reaches, or that of its last
    /// record.
    ///
    /// Pages come in version order. One that may or may not have been taken is taken again.
    ///
    /// - Throws: ``StoreError``; unless its code is `outcomeUnknown`, nothing was written.
    func take(_ page: LogPage) async throws(StoreError)

    /// Says that the copy is complete: from now on the store can be served.
    ///
    /// - Parameter floors: of the source.
    /// - Throws: ``StoreError``.
    func endCopy(at floors: [ModelName: LogHead]) async throws(StoreError)
}
