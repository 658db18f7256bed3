import PulseModel

extension MergeCase {
    /// Every policy, in every story.
    package static let all: [MergeCase] = rows.flatMap { row in
        columns.enumerated().map { index, column in
            MergeCase(
                policy: row.policy, rules: ConflictRules(merge: row.merge, deletion: column.deletion),
                story: column.story, ending: row.endings.split(separator: " ").map(String.init)[index])
        }
    }

    private static let columns: [(story: Story, deletion: ConflictRules.Deletion)] = [
        (.bothChanged, .rejectUpdate), (.oneChanged, .rejectUpdate),
        (.deletedMeanwhile, .rejectUpdate), (.deletedMeanwhile, .resurrect), (.deletedMeanwhile, .deleteWins),
        (.deletesUpdated, .rejectUpdate), (.deletesUpdated, .resurrect), (.deletesUpdated, .deleteWins),
        (.repeated, .rejectUpdate), (.repeatedLater, .rejectUpdate),
    ]

    // swift-format-ignore
    private static let rows: [(policy: ConflictPolicy, merge: ConflictRules.Merge, endings: String)] = [
        //                                     changed   deleted meanwhile  deletes updated   repeated
        //                                     both one  reject back gone   reject back gone  later
        (.reject, .record,                    "!t   !b   !b-    +p   =b-    !t     =t   +t-   =p   !t"),
        (.reject, .fields,                    "!t   +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.serverWins, .record,                "=t   =b   !b-    +b   =b-    =t     =t   +t-   =p   =t"),
        (.serverWins, .fields,                "=t   +p   !b-    +p   +p-    =t     =t   +t-   =p   =t"),
        (.clientWins, .record,                "+p   +p   !b-    +p   +p-    +t-    =t   +t-   =p   =t"),
        (.clientWins, .fields,                "+p   +p   !b-    +p   +p-    +t-    =t   +t-   =p   =t"),
        (.lastWriter(by: "moment"), .record,  "+p   +p   !b-    +p   +p-    +t-    +t   +t-   =p   =t"),
        (.lastWriter(by: "moment"), .fields,  "+p   +p   !b-    +p   +p-    +t-    +t   +t-   =p   =t"),
        (.max, .record,                       "+p   +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.max, .fields,                       "+p   +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.min, .record,                       "=t   =b   !b-    +b   =b-    !t     =t   +t-   =p   =t"),
        (.min, .fields,                       "=t   +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.counter, .record,                   "+tp  +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.counter, .fields,                   "+tp  +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.union, .record,                     "+tp  +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.union, .fields,                     "+tp  +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
        (.function, .record,                  "+tp  +bp  !b-    +bp  +bp-   !t     =t   +t-   =p   =t"),
        (.function, .fields,                  "+tp  +p   !b-    +p   +p-    !t     =t   +t-   =p   =t"),
    ]
}
