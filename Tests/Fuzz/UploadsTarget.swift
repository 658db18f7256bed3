import PulseEngine
import PulseModel
import PulseWire

/// A conversation: one line a message, in front of it a character that says who speaks, and when.
struct UploadsTarget: FuzzTarget {
    private let schema: Schema

    init() throws {
        schema = try .forFuzzing()
    }

    static func seeds(from conversations: [[UInt8]]) -> [[UInt8]] {
        let id = #""sync_id":"00000000-0000-4000-8000-00000000000a""#
        let models = ["plain", "note", "item", "log"].map { model in
            """
            0{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":0,"i":1,"s":"a","t":"é","f":1.5e3}}
            1{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":1,"i":2,"d":"1.50","y":"2026-02-28"}}
            2{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":1,"i":3,"j":{"a":[1]},"is_deleted":1}}
            0{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":1,"m":"2026-02-28T12:00:00.5+01:00"}}
            1{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":2,"s":"é"}}
            8{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id)}}
            1{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":9,"s":""}}
            0{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":2,"is_deleted":false,"r":7,"k":1}}

            """
        }
        let merging = ["note", "item", "log"].map { model in
            """
            0{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"n":1,"c":"1","x":1,"set":[1],"team":"red"}}
            2{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":1,"n":5,"c":"9.99","hi":3,"lo":"1"}}
            0{"type":"SYNC_UPLOAD","table":"\(model)","payload":{\(id),"version":1,"n":3,"c":"2","x":0.1,"set":[2]}}
            P{"type":"SYNC_BATCH_UPLOAD","table":"\(model)","payloads":[{\(id),"version":1,"hi":2,"lo":"-1","u":null}]}
            4{"type":"SYNC_BATCH_UPLOAD","table":"\(model)","payloads":[{\(id),"version":2,"at":null},{\(id)}]}

            """
        }
        return conversations + (models + merging).map { Array($0.utf8) }
    }

    func run(_ input: UnsafeRawBufferPointer) {
        var log = CheckedLog(schema: schema)
        for line in input.split(separator: UInt8(ascii: "\n")).prefix(32) {
            guard let choice = line.first else { continue }
            let message = UnsafeRawBufferPointer(rebasing: line.dropFirst())
            log.receive(message, from: Speaker(choice), isAtomic: choice & 4 != 0, erases: choice & 8 != 0)
            if choice & 0x40 != 0 { log.passDays(20) }
        }
    }
}

/// Who speaks: one of two users who share a group, on one of two devices.
struct Speaker {
    let identity: Identity

    init(_ choice: UInt8) {
        let user = UserID(choice & 1 == 0 ? "alice" : "bob")!
        let teams = choice & 1 == 0 ? ["red"] : ["red", "blue"]
        let groups = teams.map { GroupID(claim: Schema.claim, value: GroupName($0)!) }
        identity = Identity(user: user, groups: groups).on(ClientID(choice & 2 == 0 ? "phone" : "tablet"))
    }
}
