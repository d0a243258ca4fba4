//! The figures as a table and as a picture.

use super::callers::{Kind, Style};
use super::line::{MODEL_MS, Seen, VOICE_MS};
use std::fmt::Write as _;
use treadline::chart::Frame;
use treadline::chart::days::Tick;
use treadline::chart::line::{Level, Lines, Point, Series, draw};

/// What one policy did.
pub struct Figures {
    pub name: String,
    pub seen: Vec<(Style, Seen)>,
    pub asked: u32,
    pub asked_ahead: u32,
}

impl Figures {
    fn of(&self, wanted: impl Fn(&(Style, Seen)) -> bool) -> Vec<Seen> {
        self.seen.iter().filter(|one| wanted(one)).map(|(_, seen)| *seen).collect()
    }

    fn all(&self) -> Vec<Seen> {
        self.of(|_| true)
    }
}

fn percentile(seen: &[Seen], percent: usize, value: fn(&Seen) -> u64) -> u64 {
    let mut all: Vec<u64> = seen.iter().map(value).collect();
    all.sort_unstable();
    all.get((all.len() * percent / 100).min(all.len().saturating_sub(1))).copied().unwrap_or(0)
}

fn share(seen: &[Seen], what: fn(&Seen) -> bool) -> f64 {
    seen.iter().filter(|one| what(one)).count() as f64 * 100.0 / seen.len().max(1) as f64
}

/// The whole page.
pub fn markdown(figures: &[Figures], turns: usize) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "# Taking turns: dead air against false cut-offs\n\n\
         `cargo bench --bench turn_taking` writes this page and the picture; time is virtual, so every \
         run on every machine gives the same figures. {turns} turns of scripted callers with pauses \
         inside their sentences (a third of the callers brisk, even and slow: medians of 180, 320 and \
         520 ms, longer between dictated groups), the same for every policy. The detector of voice \
         tells an end after 128 ms, interim texts are 150 ms old, the final text takes 120 ms, the \
         model {MODEL_MS} ms to its first words, the voice {VOICE_MS} ms. The pauses are drawn, not \
         recorded: the figures compare policies, they do not foretell a shop's line.\n\n\
         - *decided*: from the caller's last sound to the decision that the turn is over.\n\
         - *answer*: from the caller's last sound to our first sound.\n\
         - *cut off*: turns in which a decision fell before the caller had finished.\n\
         - *talked over*: turns in which the caller heard us before they had finished.\n\
         - *torn*: turns whose words the model was never given as one turn.\n\
         - *questions*: to the model, for each turn; of these asked ahead.\n\n\
         | policy | decided p50 / p95, ms | answer p50 / p95, ms | cut off | talked over | torn | questions (ahead) |\n\
         |---|---|---|---|---|---|---|"
    );
    for one in figures {
        let all = one.all();
        let _ = writeln!(
            text,
            "| {} | {} / {} | {} / {} | {:.1} % | {:.1} % | {:.1} % | {:.2} ({:.2}) |",
            one.name,
            percentile(&all, 50, |seen| seen.decided_ms),
            percentile(&all, 95, |seen| seen.decided_ms),
            percentile(&all, 50, |seen| seen.dead_air_ms),
            percentile(&all, 95, |seen| seen.dead_air_ms),
            share(&all, |seen| seen.cut_off),
            share(&all, |seen| seen.talked_over),
            share(&all, |seen| seen.torn),
            f64::from(one.asked) / all.len() as f64,
            f64::from(one.asked_ahead) / all.len() as f64,
        );
    }
    text.push_str("\nDecided p50 / cut off, by what was asked:\n\n| policy |");
    for kind in Kind::ALL {
        let _ = write!(text, " {} |", kind.name());
    }
    text.push_str(" brisk | even | slow |\n|---|---|---|---|---|---|---|---|\n");
    for one in figures {
        let _ = write!(text, "| {} |", one.name);
        let kinds = Kind::ALL.map(|kind| one.of(|(_, seen)| seen.kind == kind));
        let styles = Style::ALL.map(|style| one.of(|(of, _)| *of == style));
        for seen in kinds.iter().chain(&styles) {
            let decided = percentile(seen, 50, |seen| seen.decided_ms);
            let _ = write!(text, " {decided} / {:.1} % |", share(seen, |seen| seen.cut_off));
        }
        text.push('\n');
    }
    text.push_str("\n![Dead air against false cut-offs](turn_taking.svg)\n");
    text
}

fn whole(value: f64) -> String {
    format!("{value:.0} ms")
}

/// Cut-offs along, the median wait upwards: the nearer to the corner the better.
pub fn picture(figures: &[Figures], curve: &[Figures]) -> String {
    let point = |one: &Figures| {
        let all = one.all();
        let decided = percentile(&all, 50, |seen| seen.decided_ms) as f64;
        let cut = share(&all, |seen| seen.cut_off);
        let name = format!("{}, {cut:.1} % cut off", one.name);
        Point { x: cut, y: decided, name, href: None }
    };
    let mut fixed: Vec<Point> = curve.iter().map(point).collect();
    fixed.sort_by(|one, other| one.x.total_cmp(&other.x));
    let last = fixed.last().map_or(0.0, |point| point.x);
    let mut series = vec![Series { name: "fixed".into(), points: fixed }];
    let others = figures.iter().filter(|one| !one.name.starts_with("fixed"));
    for one in others.filter(|one| !one.name.ends_with("ahead")) {
        let name = one.name.split(',').next().unwrap_or_default().to_owned();
        let name = if one.name.ends_with("repaired") { "no repair".into() } else { name };
        series.push(Series { name, points: vec![point(one)] });
    }
    let ticks = (0_u32..20).map(|five| f64::from(five) * 5.0).take_while(|at| *at <= last);
    let frame = Frame {
        finding: "Left and down is better: fewer callers cut off, less silence after their last word.",
        standalone: true,
        ..Frame::new("turn-taking", "Silence until the decision, by the share of turns cut off")
    };
    let lines = Lines {
        series,
        band: false,
        levels: Vec::<Level>::new(),
        events: Vec::new(),
        ticks: ticks.map(|at| Tick { at, name: format!("{at:.0} %") }).collect(),
        time: "cut off".into(),
        show: whole,
        unit: "median silence".into(),
    };
    draw(&frame, &lines).svg
}
