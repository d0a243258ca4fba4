//! Pictures of latencies.

use super::{Manner, Named, share_in_words};
use crate::chart::Item;
use crate::chart::bars::{self, Bar, Bars};
use crate::chart::days::numbered;
use crate::chart::histogram::{self, Bucket};
use crate::chart::line::{self, Level, Lines, Point, Series};
use crate::chart::sorted::{self, Sorted};
use crate::chart::waterfall::{self, Span, Waterfall};
use crate::db::figures::latency::{Near, SlowTurn};
use crate::db::figures::{CallFilter, Histogram, Latency, SLOW_MS, TARGET_MS};

/// Where one day's latencies are.
const LATENCY_PATH: &str = "/dashboard/latency";
/// Names under an axis of days.
const NAMES_MAX: usize = 10;

/// Every picture of the page of latencies, in its order.
#[must_use]
pub fn latency(manner: Manner, latency: &Latency) -> Vec<Named> {
    vec![
        band(manner, latency),
        spread(manner, latency),
        stages(manner, latency),
        near(manner, latency),
        hours(manner, latency),
        scenarios(manner, latency),
    ]
}

fn levels(manner: Manner) -> Vec<Level> {
    let (ms, reader) = (manner.reader.ms(), manner.reader);
    let level = |value: i32, en, uk, alert| Level {
        value: f64::from(value),
        name: format!("{} {}", reader.says(en, uk), ms(f64::from(value))),
        alert,
    };
    vec![level(TARGET_MS, "target", "мета", false), level(SLOW_MS, "too slow", "повільно", true)]
}

/// The calls whose answers were timed.
fn answered(latency: &Latency) -> CallFilter {
    CallFilter::of(&latency.range).with("only", "answered")
}

/// A percentile, or a gap where there are too few values to say.
fn at(times: &Histogram, share: f64) -> f64 {
    times.percentile(share).unwrap_or(f64::NAN)
}

/// A place on an axis: its name, where it leads, its times.
type Place<'a> = (String, Option<String>, &'a Histogram);

/// Median and 95th percentile over places on an axis.
fn both<'a>(points: impl Iterator<Item = Place<'a>>) -> Vec<Series> {
    let points: Vec<Place<'_>> = points.collect();
    let series = |name: &str, share: f64| Series {
        name: name.to_owned(),
        points: points
            .iter()
            .enumerate()
            .map(|(x, (name, href, times))| Point {
                x: x as f64,
                y: at(times, share),
                name: name.clone(),
                href: href.clone(),
            })
            .collect(),
    };
    vec![series("p50", 0.5), series("p95", 0.95)]
}

fn band(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let ticks = match (latency.days.first(), latency.days.last()) {
        (Some(first), Some(last)) => {
            numbered(first.0, last.0, NAMES_MAX, &|day| reader.short_date(day))
        }
        _ => Vec::new(),
    };
    let lines = Lines {
        series: both(latency.days.iter().map(|(day, times)| {
            let leads = (times.values() > 0).then(|| format!("{LATENCY_PATH}?span=day&day={day}"));
            (reader.date(*day), leads, times)
        })),
        band: true,
        levels: levels(manner),
        events: Vec::new(),
        ticks,
        time: reader.says("day", "день").to_owned(),
        show: reader.ms(),
        unit: String::new(),
    };
    let slow = share_in_words(reader, &latency.slow);
    let finding = format!(
        "{}: {slow}.",
        reader.says("Calls with a slow answer", "Дзвінки з повільною відповіддю")
    );
    let title = reader.says(
        "From the caller's last sound to our first",
        "Від останнього звуку клієнта до нашого першого",
    );
    manner.draw("replies", title.to_owned(), finding, |frame| line::draw(frame, &lines))
}

fn spread(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let none = Histogram::default();
    let times = latency.stage("reply").unwrap_or(&none);
    let percentile =
        |name: &str, share| Level { value: at(times, share), name: name.to_owned(), alert: false };
    let mut marks = vec![percentile("p50", 0.5), percentile("p95", 0.95), percentile("p99", 0.99)];
    marks.extend(levels(manner).into_iter().filter(|level| level.alert));
    let picture = histogram::Histogram {
        buckets: times.buckets().map(|((from, to), count)| Bucket { from, to, count }).collect(),
        levels: marks,
        show: reader.ms(),
        show_count: reader.count(),
        unit: reader.says("answers", "відповідей").to_owned(),
        head: [
            reader.says("from", "від"),
            reader.says("to", "до"),
            reader.says("answers", "відповідей"),
        ]
        .map(str::to_owned),
    };
    let title = reader.says("How long answers took", "Скільки тривали відповіді").to_owned();
    let finding = match (times.percentile(0.5), times.percentile(0.95)) {
        (Some(p50), Some(p95)) => format!("p50 {}, p95 {}.", reader.ms()(p50), reader.ms()(p95)),
        _ => reader
            .says("Too few answers for percentiles.", "Замало відповідей для перцентилів.")
            .to_owned(),
    };
    manner.draw("spread", title, finding, |frame| histogram::draw(frame, &picture))
}

/// Each stage by itself: they do not add up, and nobody should try.
fn stages(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let bars = latency
        .stages
        .iter()
        .map(|stage| Bar {
            name: reader.word(stage.stage).to_owned(),
            parts: vec![
                Item::new("", at(&stage.times, 0.5)),
                // On top of the median: the bar is as high as the 95th percentile.
                Item::new("", at(&stage.times, 0.95) - at(&stage.times, 0.5)).noting(format!(
                    "p95 {}",
                    crate::chart::table::shown(at(&stage.times, 0.95), reader.ms())
                )),
            ],
        })
        .collect();
    let bars = Bars {
        series: ["p50", "p95 − p50"].map(str::to_owned).to_vec(),
        bars,
        across: reader.says("stage", "етап").to_owned(),
        show: reader.ms(),
        unit: String::new(),
        whole: false,
    };
    let title = reader.says("Each stage by itself", "Кожен етап окремо").to_owned();
    let finding = reader.says(
        "Percentiles of stages do not add up to the whole.",
        "Перцентилі етапів не складаються в ціле.",
    );
    manner.draw("stages", title, finding.to_owned(), |frame| bars::draw(frame, &bars))
}

fn near(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let bar = |name: &str, near: Option<Near>| {
        let parts = near.map_or([f64::NAN; 4], |near| {
            [near.endpointing_ms, near.llm_ms, near.tts_ms, near.rest_ms]
        });
        let note = near.map_or_else(String::new, |near| {
            format!("{} {}", near.replies, reader.says("answers", "відповідей"))
        });
        let part = |value: f64| Item::new("", value).noting(note.clone());
        Bar { name: name.to_owned(), parts: parts.map(part).to_vec() }
    };
    let bars = Bars {
        series: ["endpointing", "llm", "tts", "rest"]
            .map(|word| reader.word(word).to_owned())
            .to_vec(),
        bars: vec![bar("p50", latency.near_p50), bar("p95", latency.near_p95)],
        across: reader.says("answers near", "відповіді біля").to_owned(),
        show: reader.ms(),
        unit: String::new(),
        whole: false,
    };
    let title = reader.says(
        "What answers near p50 and p95 were made of",
        "З чого складалися відповіді біля p50 і p95",
    );
    let finding = reader.says(
        "Answers before which a filler sounded are left out: their parts are longer than the wait.",
        "Без відповідей, перед якими звучала заповнювальна фраза: їхні частини довші за очікування.",
    );
    manner.draw("near", title.to_owned(), finding.to_owned(), |frame| bars::draw(frame, &bars))
}

fn hours(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let name = |hour: usize| format!("{hour:02}");
    let lines = Lines {
        series: both((0..).zip(&latency.hours).map(|(hour, times)| {
            let calls = CallFilter { hour: Some(hour), ..answered(latency) };
            let leads = (times.values() > 0).then(|| super::address(&calls));
            (name(hour as usize), leads, times)
        })),
        band: true,
        levels: levels(manner),
        events: Vec::new(),
        ticks: (0..24)
            .step_by(3)
            .map(|hour| crate::chart::days::Tick { at: hour as f64, name: name(hour) })
            .collect(),
        time: reader.says("hour", "година").to_owned(),
        show: reader.ms(),
        unit: String::new(),
    };
    let title = reader.says("Answers by hour", "Відповіді за годинами").to_owned();
    manner.draw("reply-hours", title, String::new(), |frame| line::draw(frame, &lines))
}

fn scenarios(manner: Manner, latency: &Latency) -> Named {
    let reader = manner.reader;
    let items = latency
        .scenarios
        .iter()
        .map(|(scenario, times)| {
            let answers = reader.says("answers", "відповідей");
            let note = format!("{} {answers}", reader.count()(times.values() as f64));
            let calls = answered(latency).with("scenario", scenario.as_str());
            Item::new(reader.word(scenario), at(times, 0.95))
                .noting(note)
                .to(super::address(&calls))
        })
        .collect();
    let head = [reader.says("about", "про що"), "p95"].map(str::to_owned);
    let sorted = Sorted { items, head, show: reader.ms() };
    let title = reader.says("p95 by what calls were about", "p95 за темою дзвінка").to_owned();
    manner.draw("reply-scenarios", title, String::new(), |frame| sorted::draw(frame, &sorted))
}

/// One reply as a waterfall: what is known of it, one after the other.
#[must_use]
pub fn turn(manner: Manner, turn: &SlowTurn) -> Named {
    let reader = manner.reader;
    let parts = [
        ("endpointing", turn.endpointing_ms),
        ("llm", turn.llm_latency_ms),
        ("tts", turn.tts_latency_ms),
    ];
    let known: f64 = parts.iter().filter_map(|(_, ms)| *ms).map(f64::from).sum();
    let rest = (f64::from(turn.reply_ms) - known).max(0.0);
    let mut from = 0.0;
    let mut spans = Vec::new();
    // What is not known by itself lies between the end of the turn and the brain's first word.
    let ordered = [
        (parts[0].0, parts[0].1.map(f64::from)),
        ("rest", Some(rest).filter(|rest| *rest > 0.0)),
        (parts[1].0, parts[1].1.map(f64::from)),
        (parts[2].0, parts[2].1.map(f64::from)),
    ];
    for (kind, (name, took)) in ordered.into_iter().enumerate() {
        let Some(took) = took else { continue };
        spans.push(Span { name: reader.word(name).to_owned(), from, took, kind, href: None });
        from += took;
    }
    let head = [
        reader.says("step", "крок"),
        reader.says("began", "почався"),
        reader.says("took", "тривав"),
    ];
    let fall = Waterfall { spans, show: reader.ms(), head: head.map(str::to_owned) };
    let title = format!(
        "{} {}",
        reader.says("The slowest answer:", "Найповільніша відповідь:"),
        reader.ms()(f64::from(turn.reply_ms))
    );
    manner.draw("turn", title, String::new(), |frame| waterfall::draw(frame, &fall))
}
