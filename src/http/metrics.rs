//! Prometheus: one recorder for the process, explicit buckets, a page.

use super::HttpState;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

/// Milliseconds: fine where a frame (20 ms) and the promises of latency lie.
const BUCKETS_MS: [f64; 18] = [
    1.0, 5.0, 10.0, 20.0, 40.0, 60.0, 100.0, 150.0, 200.0, 300.0, 500.0, 800.0, 1200.0, 1800.0,
    2500.0, 4000.0, 6000.0, 10_000.0,
];
/// Seconds of a call; the longest one lasts 20 minutes.
const BUCKETS_S: [f64; 9] = [1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0];
/// Dollars of one call.
const BUCKETS_USD: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0];

/// Installs the recorder of the process once and gives its handle, always the same.
///
/// # Errors
/// Another recorder is installed already.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    let handle = HANDLE.get_or_init(|| {
        let handle = builder().and_then(PrometheusBuilder::install_recorder);
        handle.map_err(|error| error.to_string()).inspect(|_| describe())
    });
    handle.clone().map_err(anyhow::Error::msg)
}

fn builder() -> Result<PrometheusBuilder, metrics_exporter_prometheus::BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_ms".into()), &BUCKETS_MS)?
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".into()), &BUCKETS_S)?
        .set_buckets_for_metric(Matcher::Suffix("_usd".into()), &BUCKETS_USD)
}

/// Help texts, and zeros where the absence of a line would be taken for the absence of a fault.
fn describe() {
    let counters = [
        (
            "treadline_frames_late_total",
            "Frames of speech that left more than 40 ms after the one before",
        ),
        ("treadline_turns_continued_total", "Turns that were taken for over and went on"),
        ("treadline_echoes_held_total", "Voices that were the agent's own, coming back"),
        ("treadline_orders_created_total", "Orders made"),
        ("treadline_fittings_booked_total", "Fittings booked"),
        (
            "treadline_claims_withheld_total",
            "Sentences withheld because no tool said what they claim",
        ),
        ("treadline_forbidden_effects_total", "Effects that the core refused to a model"),
        ("treadline_panics_total", "Panics"),
    ];
    for (name, help) in counters {
        ::metrics::describe_counter!(name, help);
        ::metrics::counter!(name).increment(0);
    }
    let labelled = [
        ("treadline_calls_total", "Calls that ended"),
        ("treadline_asked_ahead_total", "Questions to the brain inside the silence: kept, dropped"),
        ("treadline_calls_refused_total", "Calls that were not let in"),
        ("treadline_audiosocket_rejects_total", "Connections that broke the protocol or a limit"),
        ("treadline_websocket_rejects_total", "The same over chan_websocket"),
        ("treadline_leg_events_lost_total", "Pieces of audio that a busy session lost"),
        ("treadline_provider_errors_total", "Errors of providers"),
        ("treadline_transfers_total", "Calls handed on"),
        ("treadline_cost_ceilings_total", "Calls that reached a cost ceiling"),
        ("treadline_job_failures_total", "Runs of jobs that failed"),
        ("treadline_webhook_attempts_total", "Attempts to tell other systems what happened"),
    ];
    for (name, help) in labelled {
        ::metrics::describe_counter!(name, help);
    }
    let histograms = [
        ("treadline_call_duration_seconds", "Length of calls"),
        (
            "treadline_first_audio_ms",
            "From the caller's last voiced frame to our first audible one",
        ),
        ("treadline_call_cost_usd", "What the providers of a call cost, US dollars"),
        ("treadline_endpointing_ms", "From the caller's last voiced frame to the decision"),
        (
            "treadline_own_overhead_ms",
            "From the endpointing decision to our first audible frame; our own share when the providers take no time",
        ),
        (
            "treadline_barge_in_stop_ms",
            "From the decision to stop to the last old frame handed to the leg",
        ),
    ];
    for (name, help) in histograms {
        ::metrics::describe_histogram!(name, help);
    }
    ::metrics::describe_gauge!(
        "treadline_retention_oldest_days",
        "Age of the oldest row that retention is still to act on"
    );
    ::metrics::describe_gauge!("treadline_active_calls", "Calls that are live");
    ::metrics::gauge!("treadline_active_calls").set(0.0);
}

pub(super) async fn page(State(state): State<HttpState>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, state.0.metrics.render())
}
