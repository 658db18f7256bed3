@SyncModel
struct Task {
    @Field(maxLength: 200) var title: String
    var description = ""
    var completed = false
}

let task = Task(title: "A")
