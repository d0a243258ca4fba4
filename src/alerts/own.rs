//! What each process says of itself: its journal, and the sound of its calls. Read from the page
//! that `/metrics` shows, so that the alert and the metric cannot differ.

use super::judge::above;
use crate::clock::WallClock;
use crate::config;
use crate::db::alerts::{self, Finding};
use crate::ids::TenantId;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const KINDS: [&str; 2] = ["spool_age", "late_frames"];
/// How often a process looks at itself.
const EVERY: Duration = Duration::from_mins(1);

/// Gives the page of metrics.
pub type Page = Arc<dyn Fn() -> String + Send + Sync>;

/// Looks until `stop`. `node` is `host/instance`: a process that starts anew closes what the one
/// before it left open.
pub async fn run(
    pool: PgPool,
    clock: WallClock,
    node: Arc<str>,
    (config, page): (config::Alerts, Page),
    stop: CancellationToken,
) {
    let host = node.split('/').next().unwrap_or_default().to_owned();
    let mut late_before = None;
    loop {
        let text = page();
        let found = look(&text, late_before, &host, &config);
        late_before = number(&text, "treadline_frames_late_total");
        let kinds = KINDS.to_vec();
        let noted =
            alerts::note(&pool, TenantId::DEFAULT, kinds, Some(host.clone()), found, clock.now());
        if let Err(error) = noted.await {
            // A database that is away is told by others; the spool then grows, and is seen later.
            tracing::debug!(%error, "what this process found could not be noted");
        }
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

/// What a page of metrics says; `late_before` is how many frames were late a minute ago.
#[must_use]
pub fn look(
    page: &str,
    late_before: Option<f64>,
    host: &str,
    config: &config::Alerts,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(age_s) = number(page, "treadline_spool_oldest_seconds") {
        found.extend(above("spool_age", (age_s, config.spool_s_max), || {
            format!("{host}: a record has waited {age_s:.0} s for the database")
        }));
    }
    if let (Some(now), Some(before)) = (number(page, "treadline_frames_late_total"), late_before) {
        // A counter that went back began anew.
        let late = if now >= before { now - before } else { now };
        found.extend(above("late_frames", (late, config.late_frames_per_min_max), || {
            format!("{host}: {late:.0} frames of speech were late in a minute")
        }));
    }
    for one in &mut found {
        host.clone_into(&mut one.subject);
    }
    found
}

/// The sum of a metric over its labels.
fn number(page: &str, name: &str) -> Option<f64> {
    let of_it =
        |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']));
    let values =
        page.lines().filter(of_it).filter_map(|line| line.rsplit(' ').next()?.parse().ok());
    values.fold(None, |sum: Option<f64>, value: f64| Some(sum.unwrap_or_default() + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_sees_what_its_page_of_metrics_shows() {
        let config = config::Alerts::default();
        let page = "# TYPE treadline_spool_oldest_seconds gauge\n\
            treadline_spool_oldest_seconds 130.5\ntreadline_spool_oldest_seconds_x 9999\n\
            treadline_frames_late_total{leg=\"a\"} 300\ntreadline_frames_late_total{leg=\"b\"} 7\n";
        let kinds = |before| -> Vec<(&'static str, f64, &'static str)> {
            let found = look(page, before, "host", &config);
            assert!(found.iter().all(|one| one.subject == "host"));
            found.into_iter().map(|one| (one.kind, one.actual, one.severity)).collect()
        };
        let spool = ("spool_age", 130.5, "warning");
        assert_eq!(kinds(None), [spool], "without a look before nothing is known of a minute");
        assert_eq!(kinds(Some(300.0)), [spool]);
        assert_eq!(kinds(Some(157.0)), [spool, ("late_frames", 150.0, "warning")]);
        assert_eq!(kinds(Some(1_000.0)), [spool, ("late_frames", 307.0, "critical")]);
        assert_eq!(look("", None, "host", &config), []);
    }
}
