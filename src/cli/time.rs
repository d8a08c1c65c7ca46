//! The clock. No other module reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use changecast_core::model::Timestamp;

/// The time of the system clock, to the second.
pub fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |duration| duration.as_secs());
    Timestamp::from_unix_clamped(i64::try_from(seconds).unwrap_or(i64::MAX))
}
