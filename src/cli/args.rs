//! Values of the command line that people write in more than one way: what is wrong with one comes
//! with a right example.

use chrono::NaiveDate;
use uuid::Uuid;

/// A day.
///
/// # Errors
/// What a right one looks like.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write the day as year-month-day, for example 2026-11-22".to_owned())
}

/// A call's id.
///
/// # Errors
/// What a right one looks like.
pub fn id(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| {
        "write the call's id as it stands in `calls.id`, for example \
         3f0c2a51-8d67-4c0e-9b1a-5d2e7f604c18"
            .to_owned()
    })
}
