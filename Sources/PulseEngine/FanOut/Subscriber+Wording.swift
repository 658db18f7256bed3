import NIOCore
import PulseModel

extension Subscriber {
    /// A connection of the pulse protocol, whose client says for each model from where on it is to be sent it.
    package convenience init(
        identity: Identity, schema: Schema, shard: Shard, pages: any PageSource, outlet: any Outlet, hold: TimeAmount
    ) {
        let catchUp = CatchUp(schema: schema, identity: identity, position: shard.position, isHeld: true)
        self.init(identity, schema, on: shard, from: catchUp, pages, outlet, hold: hold)
    }

    /// A connection that is sent entries of the HTTP API, from a version on.
    package convenience init(
        identity: Identity, schema: Schema, shard: Shard, pages: any PageSource, outlet: any Outlet,
        entriesAfter start: Version
    ) {
        let catchUp = CatchUp(schema: schema, identity: identity, position: start, wording: .entries)
        self.init(identity, schema, on: shard, from: catchUp, pages, outlet, hold: nil)
    }
}
