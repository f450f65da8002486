//! Times on the command line.

use crate::domain::time::Timestamp;

/// Reads a time such as 2027-01-31 or 2027-01-31T12:00:00Z.
pub(super) fn time_argument(text: &str) -> Result<Timestamp, String> {
    let time = Timestamp::parse_rfc3339(text).ok().or_else(|| Timestamp::parse_civil(text));
    time.ok_or_else(|| "not a time such as 2027-01-31 or 2027-01-31T12:00:00Z".to_owned())
}
