import Foundation
import PulseModel

extension Timestamp {
    /// What the wall clock says.
    public static func now() -> Timestamp {
        Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()))
    }
}
