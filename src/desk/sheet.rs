//! Files for programs that show tables.

use super::Refusal;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

/// A value that stays text in the reader's table: what begins like a formula would be run as one.
#[must_use]
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let number = text.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if formula && !number { format!("'{text}") } else { text.to_owned() }
}

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
        writer.write_record(row.iter().map(|text| cell(text))).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|_| Refusal::Busy)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_becomes_a_formula_and_numbers_stay_numbers() {
        for bad in ["=1+1", "+380671234567", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(cell(bad).starts_with('\''), "{bad:?}");
        }
        for good in ["", "205/55 R16", "-12.50", "Олена", "a=b"] {
            assert_eq!(cell(good), good);
        }
    }
}
