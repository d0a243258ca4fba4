//! A curve as lines, a page and a picture.

use super::curve::{Curve, Step};
use crate::chart::line::{self, Level, Lines, Point, Series};
use crate::chart::{Frame, Picture};
use std::fmt::Write as _;

/// A heading, and what a step says of it.
type Column = (&'static str, fn(&Step) -> String);

const COLUMNS: [Column; 12] = [
    ("calls", |step| step.calls.to_string()),
    ("late frames", |step| {
        if !step.is_fair() {
            return "not told".into();
        }
        format!("{} ({:.4} %)", step.report.late_frames, step.late_percent())
    }),
    ("of frames", |step| step.report.frames.to_string()),
    ("v2v p50 / p95, ms", |step| {
        let spread = step.report.first_audio_ms;
        format!("{} / {}", spread.p50, spread.p95)
    }),
    ("beyond endpointing p50 / p95 / p99, ms", |step| {
        step.report.own_overhead_us.map_or("-".into(), |own| {
            format!("{:.1} / {:.1} / {:.1}", ms(own.p50), ms(own.p95), ms(own.p99))
        })
    }),
    ("barge-in heard p95, ms", |step| step.report.barge_in_to_last_frame_ms.p95.to_string()),
    ("server, % of a core a call (user + system)", |step| {
        let calls = step.calls as f64;
        let (user, system) = (step.server.user / calls, step.server.system / calls);
        format!("{:.3} ({user:.3} + {system:.3})", step.processor_a_call())
    }),
    ("machine busy, %", |step| {
        format!("{:.0}, stolen {:.1}", step.busy_percent, step.stolen_percent)
    }),
    ("callers / providers, % of a core", |step| {
        format!("{:.0} / {:.0}", step.generator.whole(), step.providers.whole())
    }),
    ("memory a call, MB", |step| format!("{:.2}", step.memory_a_call())),
    ("memory before / under / after, MB; files before / after", |step| {
        let [before, under, after] = step.memory_mb;
        format!("{before:.0} / {under:.0} / {after:.0}; {} / {}", step.files[0], step.files[1])
    }),
    ("callers' own frames late, p50 / p99 of each call's worst, ms", |step| {
        let late = step.report.own_late_ms;
        format!("{} / {}", late.p50, late.p99)
    }),
];

fn ms(us: u64) -> f64 {
    us as f64 / 1_000.0
}

/// A step in one line.
pub(super) fn line(step: &Step) -> String {
    let report = &step.report;
    let unfair = if step.is_fair() { "" } else { "; NOT FAIR: the callers were late themselves" };
    format!(
        "{:>4} calls: {} late of {} frames, v2v p50 {} ms, beyond endpointing p95 {:.1} ms, \
         {:.2} % of a core and {:.2} MB a call, machine {:.0} % busy, {} failed{unfair}",
        step.calls,
        report.late_frames,
        report.frames,
        report.first_audio_ms.p50,
        report.own_overhead_us.map_or(0.0, |own| ms(own.p95)),
        step.processor_a_call(),
        step.memory_a_call(),
        step.busy_percent,
        report.calls_failed,
    )
}

/// The page that is committed.
pub(super) fn markdown(curve: &Curve) -> String {
    let mut page = String::from("# Many calls at once\n\n");
    let steps: Vec<String> = curve.steps.iter().map(|step| step.calls.to_string()).collect();
    let _ = writeln!(
        page,
        "Written by `treadline load --curve {} --seconds {} --per-second {} --providers {}`.\n",
        steps.join(","),
        curve.seconds,
        curve.per_second,
        curve.pace
    );
    let _ = writeln!(
        page,
        "{} cores ({}), shared by callers, server, providers and Postgres; {:.0} % busy and load \
         {:.2} before; {} build. The server is `treadline serve` with voice detection, resampling, \
         journal, spool and the log in Postgres; recogniser, model and voice are asked over \
         loopback HTTP. Callers come {} a second, speak 1.4 s, listen, and every third time \
         interrupt. Late: more than 40 ms after the audible frame before. v2v: from the caller's \
         last voiced frame to the first audible one, the {} ms of endpointing included. Where the \
         callers' own frames left more than {} ms late in half of the calls, late frames are not \
         told: they would be the callers'.\n",
        curve.cores,
        curve.processor,
        curve.before.0,
        curve.before.1,
        if cfg!(debug_assertions) { "unoptimised" } else { "optimised" },
        curve.per_second,
        super::measured::ENDPOINTING_MS,
        super::OWN_LATE_MS_MAX,
    );
    let heads: Vec<&str> = COLUMNS.iter().map(|(head, _)| *head).collect();
    let _ = writeln!(page, "| {} |\n|{}", heads.join(" | "), "---:|".repeat(heads.len()));
    for step in &curve.steps {
        let cells: Vec<String> = COLUMNS.iter().map(|(_, cell)| cell(step)).collect();
        let _ = writeln!(page, "| {} |", cells.join(" | "));
    }
    for step in curve.steps.iter().filter(|step| step.report.calls_failed > 0) {
        let failures = step.report.failures.join("; ");
        let _ = writeln!(
            page,
            "\n{} of {} calls failed: {failures}",
            step.report.calls_failed, step.calls
        );
    }
    page += "\n![Processor a call, and delay](load.svg)\n";
    page
}

/// The delay beyond endpointing over the number of calls.
pub(super) fn picture(curve: &Curve) -> String {
    let series = |name: &str, value: fn(&Step) -> f64| Series {
        name: name.into(),
        points: curve
            .steps
            .iter()
            .map(|step| Point {
                x: step.calls as f64,
                y: value(step),
                name: format!("{} calls", step.calls),
                href: None,
            })
            .collect(),
    };
    let lines = Lines {
        series: vec![
            series("p50", |step| ms(step.report.own_overhead_us.unwrap_or_default().p50)),
            series("p95", |step| ms(step.report.own_overhead_us.unwrap_or_default().p95)),
            series("p99", |step| ms(step.report.own_overhead_us.unwrap_or_default().p99)),
        ],
        band: false,
        levels: vec![Level { value: 30.0, name: "p95 wanted".into(), alert: false }],
        events: Vec::new(),
        ticks: curve
            .steps
            .iter()
            .map(|step| crate::chart::days::Tick {
                at: step.calls as f64,
                name: step.calls.to_string(),
            })
            .collect(),
        time: "calls at once".into(),
        show: |value| format!("{value:.1} ms"),
        unit: "ms".into(),
    };
    let frame = Frame {
        finding: "From the end of the endpointing silence to the first audible frame.",
        standalone: true,
        ..Frame::new("load", "Delay beyond endpointing")
    };
    let Picture { svg, .. } = line::draw(&frame, &lines);
    svg
}
