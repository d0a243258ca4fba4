//! The time line of a call: what was done when, one lane for each kind of step. Everything is an
//! attribute of SVG; the page's policy allows no styles of its own.

use crate::db::desk::calls::Stage;
use crate::desk::format;
use crate::desk::names;
use crate::desk::words::Words;

/// Width of the drawing, and of the names at its left.
const WIDTH: f64 = 1000.0;
const NAMES: f64 = 135.0;
/// Height of a lane, and of the scale below.
const LANE: f64 = 22.0;
const SCALE: f64 = 22.0;
/// A bar is at least this wide, or a short step could not be seen or met.
const BAR_MIN: f64 = 2.0;
/// About so many marks on the scale.
const MARKS: i64 = 8;
/// The kinds that have a lane of their own, from top to bottom; all others share one.
const LANES: [&str; 5] = ["endpoint", "stt", "llm", "tool", "tts"];

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Left edge.
    pub x: String,
    /// Upper edge.
    pub y: String,
    /// Width.
    pub width: String,
    /// Its colour.
    pub class: String,
    /// What it is, in words.
    pub title: String,
}

/// A lane's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Baseline of its name.
    pub y: String,
    /// What it shows.
    pub name: String,
}

/// A mark of the scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub x: String,
    /// What time it is, since the call began.
    pub at: String,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeLine {
    /// `0 0 width height`
    pub view: String,
    /// Height of a bar.
    pub bar: String,
    /// Where the scale's lines end.
    pub bottom: String,
    /// Baseline of the scale's times.
    pub scale: String,
    /// The lanes that have a bar.
    pub lanes: Vec<Lane>,
    /// The bars in order of time.
    pub bars: Vec<Bar>,
    /// The scale.
    pub marks: Vec<Mark>,
}

/// Draws the steps of a call of `length_s` seconds; none if there are no steps.
#[must_use]
pub fn draw(words: Words, stages: &[Stage], length_s: i64) -> Option<TimeLine> {
    let last = stages.iter().map(|s| s.begun_ms + i64::from(s.duration_ms)).max()?;
    let total_ms = last.max(length_s * 1000).max(1);
    let lane_of = |step: &str| LANES.iter().position(|lane| *lane == step).unwrap_or(LANES.len());
    let mut used: Vec<usize> = stages.iter().map(|stage| lane_of(&stage.step)).collect();
    used.sort_unstable();
    used.dedup();
    let x_of = |ms: i64| NAMES + ms.clamp(0, total_ms) as f64 / total_ms as f64 * (WIDTH - NAMES);
    let y_of = |lane: usize| used.iter().position(|l| *l == lane).unwrap_or(0) as f64 * LANE;
    let lanes = used.iter().map(|lane| Lane {
        y: one(y_of(*lane) + LANE * 0.7),
        name: LANES
            .get(*lane)
            .map_or_else(|| "…".to_owned(), |s| names::name(words, names::STEPS, s)),
    });
    let bars = stages.iter().map(|stage| {
        let lane = lane_of(&stage.step);
        let (from, to) =
            (x_of(stage.begun_ms), x_of(stage.begun_ms + i64::from(stage.duration_ms)));
        let kind = LANES.get(lane).copied().unwrap_or("other");
        let failed = if stage.status == "success" { "" } else { " s-failed" };
        Bar {
            x: one(from.min(WIDTH - BAR_MIN)),
            y: one(y_of(lane) + 3.0),
            width: one((to - from).max(BAR_MIN)),
            class: format!("s-{kind}{failed}"),
            title: format!(
                "{} · {} · {} · {}",
                names::name(words, names::STEPS, &stage.step),
                stage.agent_name,
                format::length(stage.begun_ms / 1000),
                format::latency(words, stage.duration_ms.into()),
            ),
        }
    });
    let height = used.len() as f64 * LANE;
    let step_s = step_s(total_ms / 1000);
    let marks = (0..=total_ms / 1000 / step_s)
        .map(|n| Mark { x: one(x_of(n * step_s * 1000)), at: format::length(n * step_s) });
    Some(TimeLine {
        view: format!("0 0 {WIDTH:.0} {:.0}", height + SCALE),
        bar: one(LANE - 6.0),
        bottom: one(height),
        scale: one(height + SCALE * 0.7),
        lanes: lanes.collect(),
        bars: bars.collect(),
        marks: marks.collect(),
    })
}

/// Seconds from mark to mark: a round number of them.
fn step_s(total_s: i64) -> i64 {
    let round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600];
    round.into_iter().find(|step| total_s / step <= MARKS).unwrap_or(total_s / MARKS + 1)
}

/// With one digit after the point: more would be finer than any screen.
fn one(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::words::Tongue;

    fn stage(step: &str, begun_ms: i64, duration_ms: i32) -> Stage {
        Stage {
            turn_number: 1,
            step: step.into(),
            agent_name: "local".into(),
            begun_ms,
            duration_ms,
            status: "success".into(),
            error_message: None,
            provider: None,
            model: None,
            tokens_input: None,
            tokens_cached: None,
            tokens_output: None,
            units: None,
            unit: None,
            cost_usd: None,
        }
    }

    #[test]
    fn steps_lie_where_they_were_done_and_nothing_leaves_the_drawing() {
        let words = Words(Tongue::En);
        assert_eq!(draw(words, &[], 60), None);
        let drawn = draw(
            words,
            &[
                stage("stt", 0, 500),
                stage("llm", 500, 500),
                stage("quality", 900_000, 10),
                stage("stt", -50, 10),
            ],
            0,
        )
        .unwrap();
        assert_eq!(drawn.lanes.len(), 3);
        for bar in &drawn.bars {
            let (x, width): (f64, f64) = (bar.x.parse().unwrap(), bar.width.parse().unwrap());
            assert!((NAMES..=WIDTH).contains(&x) && width >= BAR_MIN, "{bar:?}");
        }
        let half = draw(words, &[stage("tts", 5_000, 5_000)], 10).unwrap();
        let middle = f64::midpoint(NAMES, WIDTH);
        let wanted = (format!("{middle:.1}"), format!("{:.1}", WIDTH - middle));
        assert_eq!((half.bars[0].x.clone(), half.bars[0].width.clone()), wanted);
        assert_eq!(half.marks.last().unwrap().at, "0:10");
    }

    #[test]
    fn a_scale_has_few_marks_however_long_the_call() {
        for total in [0, 1, 9, 61, 1_200, 86_400, 1_000_000] {
            let step = step_s(total);
            assert!(step >= 1 && total / step <= MARKS, "{total} {step}");
        }
    }
}
