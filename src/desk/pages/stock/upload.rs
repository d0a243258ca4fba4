//! A file of the shop that came through a browser: the import of `treadline import`, and its report.

use crate::desk::pages::work;
use crate::desk::words::Words;
use crate::desk::{Desk, Fields, Frame, Refusal, Visitor, html};
use crate::store::import::{self, ImportError, Job, Kind, Report};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;

/// Mistakes that are shown; the file has to be corrected anyway.
const SHOWN_MAX: usize = 100;

const KINDS: [Kind; 5] =
    [Kind::Catalogue, Kind::Stock, Kind::Vehicles, Kind::Stations, Kind::Prices];

struct Mistake {
    line: u64,
    column: String,
    value: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "import.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    file: String,
    /// Was it refused?
    failed: bool,
    outcome: &'static str,
    why: String,
    counts: Vec<(&'static str, u64)>,
    bad: Vec<Mistake>,
    more: bool,
}

pub(super) async fn upload(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    Extension(fields): Extension<Fields>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let Some(file) = fields.file() else {
        let text = (words.upload(), words.file_missing());
        return Ok(work::said(&visitor, StatusCode::UNPROCESSABLE_ENTITY, text, "/stock"));
    };
    let kind = KINDS.into_iter().find(|kind| kind.as_str() == fields.raw("kind"));
    let ticked = |name: &str| fields.raw(name) == "1";
    let job = Job {
        kind: kind.ok_or(Refusal::Bad)?,
        file: file.name.clone(),
        as_of: as_of(&visitor, &fields, desk.clock().now())?,
        skip_bad: ticked("skip_bad"),
        dry_run: ticked("dry_run"),
        allow_emptying: ticked("allow_emptying"),
    };
    let what = json!({
        "kind": job.kind.as_str(),
        "file": job.file,
        "bytes": file.bytes.len(),
        "dry_run": job.dry_run,
        "skip_bad": job.skip_bad,
        "allow_emptying": job.allow_emptying,
    });
    visitor.note(&desk, "stock.imported", ("file", job.file.clone()), Some(what)).await?;
    let nobody = Arc::new(|_| {});
    let outcome = import::run(desk.pool(), visitor.tenant()?, &job, &file.bytes, nobody).await;
    page(&visitor, &job, outcome)
}

/// The moment for which the stock holds: the beginning of a day, or now. What lies ahead is nobody's
/// stock.
fn as_of(visitor: &Visitor, fields: &Fields, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let text = fields.text("as_of");
    if text.is_empty() {
        return Ok(now);
    }
    let start = work::wall(&format!("{text}T00:00"), visitor.zone()).ok_or(Refusal::Bad)?;
    if start > now { Err(Refusal::Bad) } else { Ok(start) }
}

fn page(
    visitor: &Visitor,
    job: &Job,
    outcome: Result<Report, ImportError>,
) -> Result<Response, Refusal> {
    let words = visitor.words;
    let (report, failed, why) = match outcome {
        Ok(report) => (report, false, String::new()),
        Err(ImportError::BadRows(report)) => {
            let why = ImportError::BadRows(report.clone()).to_string();
            (*report, true, why)
        }
        Err(ImportError::Database(error)) => {
            tracing::warn!(%error, "a file cannot be loaded");
            return Err(Refusal::Busy);
        }
        Err(error) => (Report::default(), true, error.to_string()),
    };
    let outcome = if failed {
        words.import_failed()
    } else if job.dry_run {
        words.import_checked()
    } else {
        words.import_done()
    };
    let bad = report.bad.iter().take(SHOWN_MAX).map(|bad| Mistake {
        line: bad.line,
        column: bad.column.clone(),
        value: bad.value.clone(),
        reason: bad.reason.clone(),
    });
    let mut page = html(&Page {
        frame: Frame::new(visitor, words.import_report()),
        file: job.file.clone(),
        failed,
        outcome,
        why,
        counts: counts(words, &report),
        bad: bad.collect(),
        more: report.bad.len() > SHOWN_MAX,
    });
    if failed {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn counts(words: Words, report: &Report) -> Vec<(&'static str, u64)> {
    vec![
        (words.rows_total(), report.total),
        (words.rows_bad(), report.bad_rows),
        (words.rows_new(), report.counts.inserted),
        (words.rows_changed(), report.counts.updated),
        (words.rows_same(), report.counts.unchanged),
        (words.rows_emptied(), report.emptied),
        (words.wishes_made(), report.wishes),
    ]
}
