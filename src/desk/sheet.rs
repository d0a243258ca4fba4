//! Files for programs that show tables.

use super::Refusal;
use crate::chart::table::harmless;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// A file of these rows, to be saved under `name`.
///
/// # Errors
/// It cannot be written.
pub fn download(name: &str, heading: &[&str], rows: &[Vec<String>]) -> Result<Response, Refusal> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| {
        tracing::error!(%error, "a file cannot be written");
        Refusal::Busy
    };
    writer.write_record(heading).map_err(broken)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| harmless(text).into_owned())).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|_| Refusal::Busy)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
