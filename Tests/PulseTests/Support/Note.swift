import Pulse

/// A small model.
@SyncModel
struct Note: Equatable {
    @Field(maxLength: 40) var title = ""
    var rank = 0
    var isDone = false
    @Field(readOnly: true) var slug = ""
    var due: CalendarDate?
}
