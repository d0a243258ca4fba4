//! Many callers at once, arriving at a steady rate, each measuring by its own clock.
//!
//! A caller listens to the greeting, then speaks and listens in turn until its time is over; every
//! third utterance interrupts the answer. Run it in a process of its own: a generator that shares
//! the server's threads measures itself.

use super::decisions::{Measured, Waits, measure};
use super::report::Report;
use super::{Caller, Options, register::Dialplan};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until};

/// How long an answer may take before the caller speaks again.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// How far into an answer an interruption comes.
const BARGE_IN_AFTER: Duration = Duration::from_millis(400);
/// Every so many utterances one interrupts.
const BARGE_IN_EVERY: usize = 3;

/// The utterance whose answer [`Kind::Leaves`] does not hear to its end.
const LEAVES_AT: usize = 1;
/// What [`Kind::Presses`] presses: no answer to anything, so the agent goes on.
const KEY: char = '5';

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server's AudioSocket address.
    pub to: SocketAddr,
    /// Callers in all.
    pub calls: usize,
    /// Callers that arrive in a second.
    pub per_second: f64,
    /// How long each stays.
    pub stays: Duration,
    /// Samples a second.
    pub rate: u32,
    /// What each says, at `rate`; taken in turn.
    pub says: Vec<Arc<[i16]>>,
    /// What the server waits for on purpose, if its own overhead is to be measured.
    pub waits: Option<Waits>,
    /// Announce each call first.
    pub dialplan: Option<Dialplan>,
    /// Callers of all kinds, see [`Kind`]; otherwise all talk.
    pub mixed: bool,
}

/// How a caller behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Speaks, listens, and interrupts every third time.
    Talks,
    /// Never says a word.
    Silent,
    /// Presses a key after each answer.
    Presses,
    /// Hangs up in the middle of an answer.
    Leaves,
}

impl Kind {
    /// Of ten callers seven talk.
    const fn of(plan: &Plan, n: usize) -> Self {
        match (plan.mixed, n % 10) {
            (true, 3) => Self::Silent,
            (true, 5) => Self::Presses,
            (true, 8) => Self::Leaves,
            _ => Self::Talks,
        }
    }
}

/// What is told while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A caller was connected.
    Arrived,
    /// A caller is done; `true`: served.
    Done(bool),
}

/// Percentiles of a measure, in the unit of its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: usize,
    /// Half are not above.
    pub p50: u64,
    /// 95 % are not above.
    pub p95: u64,
    /// 99 % are not above.
    pub p99: u64,
    /// The worst.
    pub max: u64,
}

impl Spread {
    /// Of any values; by the nearest-rank method.
    #[must_use]
    pub fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let rank = |percent: usize| {
            let index = (values.len() * percent).div_ceil(100).saturating_sub(1);
            values.get(index).copied().unwrap_or(0)
        };
        Self { count: values.len(), p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) }
    }
}

/// The whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadReport {
    /// Calls that were served.
    pub calls_ok: usize,
    /// Calls that were not.
    pub calls_failed: usize,
    /// The first reasons of those that were not.
    pub failures: Vec<String>,
    /// From the UUID to the first frame.
    pub first_frame_ms: Spread,
    /// From the caller's last voiced frame to the first audible one, interruptions left out.
    pub first_audio_ms: Spread,
    /// From the caller's first voiced frame of an interruption to the last audible one.
    pub barge_in_to_last_frame_ms: Spread,
    /// From the decision that the caller's turn is over to the first audible frame; known only
    /// with [`Plan::waits`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_overhead_us: Option<Spread>,
    /// From the decision to stop to the last audible frame; known only with [`Plan::waits`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barge_in_stop_us: Option<Spread>,
    /// Frames that came.
    pub frames: u64,
    /// Frames that came more than 40 ms after the audible one before.
    pub late_frames: u64,
    /// Utterances without an answer.
    pub unanswered: usize,
    /// How late the generator's own frames left at worst, each call: its own fault.
    pub own_late_ms: Spread,
}

/// Runs a plan to its end.
pub async fn run(plan: Plan, progress: mpsc::UnboundedSender<Progress>) -> LoadReport {
    let plan = Arc::new(plan);
    let began = Instant::now();
    let mut callers = JoinSet::new();
    for n in 0..plan.calls {
        let arrives = Duration::from_secs_f64(n as f64 / plan.per_second.max(0.001));
        let (plan, progress) = (Arc::clone(&plan), progress.clone());
        callers.spawn(async move {
            sleep_until(began + arrives).await;
            let result = one_call(&plan, n, &progress).await;
            let served = result.as_ref().is_ok_and(Report::was_served);
            let _ = progress.send(Progress::Done(served));
            result
        });
    }
    let mut results = Vec::new();
    while let Some(joined) = callers.join_next().await {
        results.push(joined.unwrap_or_else(|error| Err(error.into())));
    }
    let waits = plan.waits;
    let measuring = spawn_blocking(move || {
        let measured = waits.map(|waits| measured(&results, plan.rate, waits));
        summarise(&results, measured)
    });
    measuring.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn one_call(
    plan: &Plan,
    n: usize,
    progress: &mpsc::UnboundedSender<Progress>,
) -> anyhow::Result<Report> {
    let options = Options { rate: plan.rate, trace: plan.waits.is_some(), ..Options::new(plan.to) };
    if let Some(dialplan) = &plan.dialplan {
        let data = serde_json::json!({ "origin": "test" });
        dialplan.register(options.id, Some(&format!("+38067{n:07}")), None, &data).await?;
    }
    let call = Caller::dial(options).await?;
    let _ = progress.send(Progress::Arrived);
    let over = Instant::now() + plan.stays;
    let kind = Kind::of(plan, n);
    if kind == Kind::Silent {
        call.wait_for_end(plan.stays).await;
        return Ok(call.hang_up().await);
    }
    let mut heard = call.wait_until_quiet(ANSWER_MAX).await;
    for (turn, says) in plan.says.iter().cycle().enumerate() {
        if Instant::now() >= over || call.report().end.is_some() {
            break;
        }
        // Callers that spoke in step would measure their own crowd.
        sleep(Duration::from_millis((n as u64 * 137) % 400)).await;
        call.say(&format!("utterance {}", turn + 1), says);
        call.said(ANSWER_MAX).await;
        if kind == Kind::Leaves && turn == LEAVES_AT {
            call.wait_until_speaks(ANSWER_MAX).await;
            break;
        }
        if kind == Kind::Presses {
            call.wait_until_quiet(ANSWER_MAX).await;
            call.press(KEY);
        }
        if heard && turn % BARGE_IN_EVERY == BARGE_IN_EVERY - 1 {
            call.wait_until_speaks(ANSWER_MAX).await;
            sleep(BARGE_IN_AFTER).await;
        } else {
            heard = call.wait_until_quiet(ANSWER_MAX).await;
        }
    }
    Ok(call.hang_up().await)
}

fn measured(results: &[anyhow::Result<Report>], rate: u32, waits: Waits) -> Measured {
    let mut all = Measured::default();
    for report in results.iter().filter_map(|result| result.as_ref().ok()) {
        let Some(trace) = &report.trace else { continue };
        let one = measure(trace, &report.turns, rate, waits);
        all.own_overhead_us.extend(one.own_overhead_us);
        all.barge_in_stop_us.extend(one.barge_in_stop_us);
    }
    all
}

fn summarise(results: &[anyhow::Result<Report>], measured: Option<Measured>) -> LoadReport {
    let reports: Vec<&Report> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    let failures: Vec<String> = results
        .iter()
        .filter_map(|result| match result {
            Ok(report) if report.was_served() => None,
            Ok(report) => Some(format!("{}: not served, {:?}", report.id, report.end)),
            Err(error) => Some(format!("{error:#}")),
        })
        .collect();
    let turns = || reports.iter().flat_map(|report| report.turns.iter());
    let said = || turns().filter(|turn| turn.said.is_some());
    let (own_overhead, barge_in_stop) =
        measured.map(|measured| (measured.own_overhead_us, measured.barge_in_stop_us)).unzip();
    LoadReport {
        calls_ok: results.len() - failures.len(),
        calls_failed: failures.len(),
        first_frame_ms: Spread::of(reports.iter().filter_map(|r| r.first_frame_ms).collect()),
        first_audio_ms: Spread::of(
            said().filter(|turn| !turn.interrupts).filter_map(|turn| turn.first_audio_ms).collect(),
        ),
        barge_in_to_last_frame_ms: Spread::of(
            said().filter_map(|turn| turn.barge_in_stop_ms).collect(),
        ),
        own_overhead_us: own_overhead.map(Spread::of),
        barge_in_stop_us: barge_in_stop.map(Spread::of),
        frames: reports.iter().map(|report| report.frames).sum(),
        late_frames: reports.iter().map(|report| u64::from(report.late_frames)).sum(),
        unanswered: said().filter(|turn| turn.first_audio_ms.is_none()).count(),
        own_late_ms: Spread::of(reports.iter().map(|report| report.own_late_ms_max).collect()),
        failures: failures.into_iter().take(10).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Measured, Spread, summarise};

    #[test]
    fn what_cannot_be_measured_is_left_out_and_not_called_zero() {
        let unmeasured = serde_json::to_value(summarise(&[], None)).unwrap();
        assert!(unmeasured.get("own_overhead_us").is_none(), "{unmeasured}");
        assert!(unmeasured.get("barge_in_stop_us").is_none(), "{unmeasured}");
        let own_overhead_us = vec![1_500];
        let measured = Measured { own_overhead_us, barge_in_stop_us: Vec::new() };
        let measured = serde_json::to_value(summarise(&[], Some(measured))).unwrap();
        assert_eq!(measured["own_overhead_us"]["p99"], 1_500);
        assert_eq!(measured["barge_in_stop_us"]["count"], 0);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let spread = Spread::of((1..=200).rev().collect());
        assert_eq!(spread, Spread { count: 200, p50: 100, p95: 190, p99: 198, max: 200 });
        assert_eq!(Spread::of(vec![7]), Spread { count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
