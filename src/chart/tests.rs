//! Every picture with the numbers that break pictures, and as it looked when it was approved.
#![expect(clippy::float_cmp, reason = "these numbers are exact")]

use super::bars::{Bar, Bars};
use super::days::Tick;
use super::funnel::{Funnel, Step};
use super::heat::{Heat, Spot};
use super::histogram::{Bucket, Histogram};
use super::line::{Level, Lines, Point, Series};
use super::scale::{Linear, Log, steps};
use super::sorted::Sorted;
use super::waterfall::{Span, Waterfall};
use super::{
    Frame, Item, Picture, Show, bars, funnel, heat, histogram, line, sorted, spark, waterfall,
};
use std::path::Path;

const PLAIN: Show = |value| format!("{value:.0}");
const HOSTILE: &str = "<script>alert('1')</script>\"&\u{0}\u{1b}";

fn frame() -> Frame<'static> {
    Frame { finding: "What it says.", ..Frame::new("p", "Calls & <more>") }
}

fn items(values: &[f64]) -> Vec<Item> {
    let name = |at: usize| format!("item {at}");
    values
        .iter()
        .enumerate()
        .map(|(at, value)| Item::new(name(at), *value).to("/calls?a=1&b=2"))
        .collect()
}

fn lines(values: &[f64]) -> Lines {
    let series = |name: &str, times: f64| Series {
        name: name.into(),
        points: values
            .iter()
            .enumerate()
            .map(|(at, value)| Point {
                x: at as f64,
                y: value * times,
                name: format!("day {at}"),
                href: Some(format!("/calls?day={at}")),
            })
            .collect(),
    };
    Lines {
        series: vec![series("p50", 1.0), series("p95", 2.0)],
        band: true,
        levels: vec![Level { value: 1200.0, name: "target".into(), alert: false }],
        events: vec![Tick { at: 1.0, name: "prompt 7".into() }],
        ticks: values
            .iter()
            .enumerate()
            .map(|(at, _)| Tick { at: at as f64, name: format!("{at}") })
            .collect(),
        time: "day".into(),
        show: PLAIN,
        unit: "ms".into(),
    }
}

fn stacked(values: &[f64]) -> Bars {
    let bar = |(at, value): (usize, &f64)| Bar {
        name: format!("{at:02}"),
        parts: items(&[*value, value / 2.0]),
    };
    Bars {
        series: vec!["resolved".into(), "transferred".into()],
        bars: values.iter().enumerate().map(bar).collect(),
        across: "hour".into(),
        show: PLAIN,
        unit: "calls".into(),
        whole: true,
    }
}

fn week(values: &[f64]) -> Heat {
    let spot = |value: &f64| Spot { value: *value, href: Some("/calls?hour=9".into()) };
    Heat {
        days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(str::to_owned),
        spots: (0..7).map(|_| values.iter().map(spot).collect()).collect(),
        day: "day".into(),
        show: PLAIN,
    }
}

fn stages(values: &[f64]) -> Funnel {
    let step = |(at, value): (usize, &f64)| Step {
        name: format!("stage {at}"),
        reached: if value.is_finite() { value.max(0.0) as u64 } else { 0 },
        lost: 2,
        href: Some("/calls?stage=a".into()),
        lost_href: Some("/calls?lost=a".into()),
    };
    Funnel {
        steps: values.iter().enumerate().map(step).collect(),
        head: ["stage", "reached", "of start", "of before", "ended here"].map(str::to_owned),
        show: PLAIN,
    }
}

fn buckets(values: &[f64]) -> Histogram {
    let bucket = |(at, value): (usize, &f64)| {
        let from = 10.0 * 1.05_f64.powi(at as i32);
        let count = if value.is_finite() { value.max(0.0) as u64 } else { 0 };
        Bucket { from, to: from * 1.05, count }
    };
    Histogram {
        buckets: values.iter().enumerate().map(bucket).collect(),
        levels: vec![Level { value: 11.0, name: "p50".into(), alert: false }],
        show: PLAIN,
        show_count: PLAIN,
        unit: "turns".into(),
        head: ["from", "to", "turns"].map(str::to_owned),
    }
}

fn spans(values: &[f64]) -> Waterfall {
    let span = |(at, value): (usize, &f64)| Span {
        name: format!("step {at}"),
        from: at as f64 * 100.0,
        took: *value,
        kind: at,
        href: None,
    };
    Waterfall {
        spans: values.iter().enumerate().map(span).collect(),
        show: PLAIN,
        head: ["step", "began", "took"].map(str::to_owned),
    }
}

fn all(frame: &Frame<'_>, values: &[f64]) -> Vec<(&'static str, Picture)> {
    let names: Vec<String> = (0..values.len()).map(|at| format!("day {at}")).collect();
    let small = Frame { width: spark::SIZE.0, height: spark::SIZE.1, ..*frame };
    let sorted_items =
        Sorted { items: items(values), head: ["reason".into(), "calls".into()], show: PLAIN };
    vec![
        ("line", line::draw(frame, &lines(values))),
        ("bars", bars::draw(frame, &stacked(values))),
        ("sorted", sorted::draw(frame, &sorted_items)),
        ("heat", heat::draw(frame, &week(values))),
        ("funnel", funnel::draw(frame, &stages(values))),
        ("histogram", histogram::draw(frame, &buckets(values))),
        ("spark", spark::draw(&small, &names, values, PLAIN)),
        ("waterfall", waterfall::draw(frame, &spans(values))),
    ]
}

/// Every coordinate of a drawing.
fn coordinates(svg: &str) -> Vec<f64> {
    let body = svg.split("</desc>").nth(1).unwrap();
    let names = [
        " x=\"",
        " y=\"",
        " x1=\"",
        " x2=\"",
        " y1=\"",
        " y2=\"",
        " cx=\"",
        " cy=\"",
        " width=\"",
        " height=\"",
    ];
    names
        .iter()
        .flat_map(|name| body.split(name).skip(1))
        .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
        .collect()
}

/// Elements are opened and closed in order, and no text holds what would open one.
fn well_formed(svg: &str) {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{svg}");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?} stay open in {svg}");
}

#[test]
fn no_number_breaks_a_picture() {
    let sets: [&[f64]; 11] = [
        &[],
        &[5.0],
        &[0.0, 0.0, 0.0],
        &[7.0; 12],
        &[f64::NAN],
        &[1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 3.0],
        &[1e9, 2e9, 5e8],
        &[1e-9, 2e-9],
        &[f64::MAX, f64::MIN, f64::MIN_POSITIVE],
        &[-4.0, 3.0, -1e9],
        &[3.0; 400],
    ];
    for values in sets {
        for (name, picture) in all(&frame(), values) {
            well_formed(&picture.svg);
            for wrong in ["NaN", "inf", "style=", "onclick", "<script"] {
                assert!(
                    !picture.svg.contains(wrong),
                    "{wrong} in {name} of {values:?}: {}",
                    picture.svg
                );
            }
            // To the side nothing leaves the drawing; some are as high as their rows need.
            for value in coordinates(&picture.svg) {
                assert!((-60.0..=14_000.0).contains(&value), "{value} in {name} of {values:?}");
            }
            assert!(picture.svg.contains("Calls &amp; &lt;more&gt;"), "{name}");
        }
    }
}

#[test]
fn nothing_to_show_says_so_and_unknown_is_not_zero() {
    for values in [&[][..], &[f64::NAN, f64::NAN]] {
        for (name, picture) in all(&frame(), values) {
            if name != "spark" {
                assert!(picture.svg.contains(">no data<"), "{name} of {values:?}: {}", picture.svg);
            }
        }
    }
    let (_, picture) = all(&frame(), &[f64::NAN, 2.0]).swap_remove(1);
    assert!(picture.table.to_html().contains('—'), "{picture:?}");
    assert!(picture.table.to_csv().lines().nth(1).unwrap().ends_with(",,"), "{picture:?}");
}

#[test]
fn every_mark_is_a_link_that_stays_here_and_says_its_number() {
    for (name, picture) in all(&frame(), &[3.0, 5.0, 40.0]) {
        if ["histogram", "spark", "waterfall"].contains(&name) {
            assert!(picture.svg.contains("role=\"img\""), "{name}");
            continue;
        }
        assert!(
            picture.svg.contains("<a class=\"c-link\" href=\"/calls?"),
            "{name}: {}",
            picture.svg
        );
        assert!(picture.svg.contains("role=\"group\""), "{name}");
        assert!(picture.svg.contains("<title>"), "{name}");
    }
    for href in ["javascript:alert(1)", "//elsewhere", "/\\elsewhere", "https://elsewhere", ""] {
        let bars = Bars {
            series: vec![String::new()],
            bars: vec![Bar { name: "a".into(), parts: vec![Item::new("", 3.0).to(href)] }],
            ..stacked(&[])
        };
        let picture = bars::draw(&frame(), &bars);
        assert!(!picture.svg.contains("<a "), "{href}");
        assert!(!picture.table.to_html().contains("<a "), "{href}");
    }
}

#[test]
fn words_of_callers_stay_words() {
    let hostile = Item::new(HOSTILE, 4.0).noting(HOSTILE).to("/calls?x=\"><script>");
    let sorted =
        Sorted { items: vec![hostile], head: [HOSTILE.into(), HOSTILE.into()], show: PLAIN };
    let frame = Frame { id: "a\" onload=\"x", title: HOSTILE, finding: HOSTILE, ..frame() };
    for standalone in [false, true] {
        let picture = sorted::draw(&Frame { standalone, ..frame }, &sorted);
        well_formed(&picture.svg);
        well_formed(&picture.table.to_html());
        for text in [&picture.svg, &picture.table.to_html()] {
            assert!(!text.contains("<script") && !text.contains(" onload="), "{text}");
            assert!(!text.contains('\u{0}') && !text.contains('\u{1b}'), "{text}");
        }
    }
}

#[test]
fn a_spreadsheet_runs_no_cell() {
    use super::{Cell, Table};
    let words =
        ["=1+1", "+1", "-a", "@SUM(1)", "\t=1", "\r=1", " =1", "%x", "|cmd", "=a,\"b\"", "＝1"];
    let mut table = Table::new("t", &["=head", "n"]);
    for word in words {
        table.rows.push(vec![Cell::text(word), Cell::number(-1.5, PLAIN)]);
    }
    let csv = table.to_csv();
    let mut reader = csv.split("\r\n");
    assert_eq!(reader.next(), Some("'=head,n"));
    for (line, word) in reader.zip(words) {
        assert!(line.starts_with('\'') || line.starts_with("\"'"), "{line:?} of {word:?}");
        assert!(line.ends_with(",-1.5"), "a number stays a number: {line:?}");
    }
    assert!(csv.contains("\"'=a,\"\"b\"\"\",-1.5\r\n"), "{csv}");
}

#[test]
fn a_picture_alone_brings_its_look_and_leads_nowhere() {
    let alone = Frame { standalone: true, ..frame() };
    for (name, picture) in all(&alone, &[3.0, 5.0, 40.0]) {
        well_formed(&picture.svg);
        assert!(picture.svg.contains("<style>"), "{name}");
        assert!(!picture.svg.contains("href="), "{name}");
        assert!(!picture.svg.contains("var(") && !picture.svg.contains("light-dark"), "{name}");
        assert!(picture.svg.contains(">What it says.</text>"), "{name}");
    }
    let (_, on_page) = all(&frame(), &[3.0]).swap_remove(0);
    assert!(!on_page.svg.contains("<style"));
}

#[test]
fn steps_are_round_and_hold_what_they_measure() {
    assert_eq!(steps(0.0, 97.0, 4, true).values, [0.0, 50.0, 100.0]);
    assert_eq!(steps(0.0, 3.0, 4, true).values, [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(steps(0.0, 1.0, 4, true).values, [0.0, 1.0]);
    assert_eq!(steps(0.0, 1e9, 4, true).values, [0.0, 5e8, 1e9]);
    assert_eq!(steps(0.0, 0.0, 4, false).lo, 0.0);
    for (lo, hi) in
        [(0.0, 0.3), (-7.0, 13.0), (5.0, 5.0), (0.0, 1e-9), (f64::NAN, 3.0), (-2.0, -2.0)]
    {
        let found = steps(lo, hi, 4, false);
        let low = if lo.is_finite() { lo } else { 0.0 };
        assert!(found.lo <= low && found.hi >= hi && found.hi > found.lo, "{lo} {hi}: {found:?}");
        assert!((2..=10).contains(&found.values.len()), "{lo} {hi}: {found:?}");
    }
}

#[test]
fn places_stay_between_the_ends_and_in_order() {
    let linear = Linear { lo: 0.0, hi: 10.0, from: 100.0, to: 0.0 };
    assert_eq!([0.0, 5.0, 10.0, 99.0, -3.0].map(|v| linear.at(v)), [100.0, 50.0, 0.0, 0.0, 100.0]);
    assert_eq!(Linear { hi: 0.0, ..linear }.at(0.0), 50.0);
    let log = Log { lo: 10.0, hi: 1000.0, from: 0.0, to: 100.0 };
    assert!((log.at(100.0) - 50.0).abs() < 1e-9);
    assert_eq!([0.0, -1.0, f64::NAN].map(|v| log.at(v)), [0.0; 3]);
    assert_eq!(log.ticks(), [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]);
    assert!(Log { lo: 0.0, ..log }.ticks().is_empty());
}

/// `TREADLINE_GOLDEN=write cargo test --lib chart` writes them anew: look at them before they are
/// committed.
#[test]
fn pictures_look_as_they_were_approved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart/golden");
    let values = [12.0, 30.0, f64::NAN, 7.0, 25.0];
    let mut wrong = Vec::new();
    for standalone in [false, true] {
        for (name, picture) in all(&Frame { standalone, ..frame() }, &values) {
            // One of them alone is enough: the style is the same in all.
            if standalone && name != "bars" {
                continue;
            }
            let file = folder.join(format!("{name}{}.svg", if standalone { "-alone" } else { "" }));
            if std::env::var("TREADLINE_GOLDEN").as_deref() == Ok("write") {
                std::fs::write(&file, &picture.svg).unwrap();
            }
            if std::fs::read_to_string(&file).unwrap_or_default() != picture.svg {
                wrong.push(file);
            }
        }
    }
    assert!(wrong.is_empty(), "these look otherwise now: {wrong:#?}");
}
