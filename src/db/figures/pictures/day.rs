//! Pictures of a day, a week or a month.

use super::{Manner, Named, Reader, item, leads, money, share_in_words};
use crate::chart::bars::{self, Bar, Bars};
use crate::chart::days::numbered;
use crate::chart::funnel::{self, Funnel, Step};
use crate::chart::heat::{self, Heat};
use crate::chart::line::{self, Lines, Point, Series};
use crate::chart::sorted::{self, Sorted};
use crate::db::figures::breakdown::{Stage, Word};
use crate::db::figures::{ENDS, Figures, Span, Tally, TrendDay};

/// Names under an axis of days.
const NAMES_MAX: usize = 10;

/// Every picture of the first page, in its order.
#[must_use]
pub fn day(manner: Manner, figures: &Figures) -> Vec<Named> {
    let mut all = vec![by_hour(manner, figures)];
    if figures.range.span != Span::Day {
        all.push(by_day(manner, figures));
    }
    all.extend([
        trend(manner, &figures.trend),
        words(
            manner,
            ("reasons", "Why a person was wanted", "Чому просили людину"),
            &figures.parts.reasons,
        ),
        words(
            manner,
            ("fates", "What came of asking for a person", "Чим скінчилося прохання про людину"),
            &figures.parts.fates,
        ),
        words(
            manner,
            ("faults", "Lost by our fault", "Втрачено з нашої вини"),
            &figures.parts.faults,
        ),
        stages(manner, &figures.parts.stages),
        week(manner, figures),
        words(
            manner,
            ("scenarios", "What calls were about", "Про що дзвонили"),
            &figures.parts.scenarios,
        ),
        money::sales(manner, &figures.parts.sales),
        money::sides(manner, &figures.parts.sides),
        money::paid(manner, figures),
        words(
            manner,
            ("missed", "Criteria of quality that were missed", "Критерії якості, яких бракувало"),
            &figures.parts.missed,
        ),
    ]);
    all
}

/// Bars of calls by how they ended.
fn ends(reader: Reader, across: &str, bars: Vec<Bar>) -> Bars {
    Bars {
        series: ENDS.map(|end| reader.word(end).to_owned()).to_vec(),
        bars,
        across: across.to_owned(),
        show: reader.count(),
        unit: reader.says("calls", "дзвінків").to_owned(),
        whole: true,
    }
}

fn bar(name: String, tallies: &[Tally]) -> Bar {
    Bar { name, parts: tallies.iter().map(|tally| item("", tally)).collect() }
}

fn by_hour(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let hours = &figures.parts.hours;
    let busiest = hours
        .iter()
        .map(|spot| (spot.ends.iter().map(|tally| tally.calls).sum::<i64>(), spot.at))
        .max_by_key(|(calls, hour)| (*calls, -hour));
    let finding = match busiest {
        Some((calls, hour)) if calls > 0 => {
            let all = reader.calls(figures.now.volume.calls);
            let most = reader.says("most from", "найбільше з");
            format!("{all}, {most} {hour:02}:00 ({calls}).")
        }
        _ => String::new(),
    };
    let bars = hours.iter().map(|spot| bar(format!("{:02}", spot.at), &spot.ends)).collect();
    let bars = ends(reader, reader.says("hour", "година"), bars);
    let title = reader.says("Calls by hour and end", "Дзвінки за годинами й завершенням");
    manner.draw("hours", title.to_owned(), finding, |frame| bars::draw(frame, &bars))
}

fn by_day(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let days = &figures.parts.days;
    let bars = days.iter().map(|spot| bar(reader.short_date(spot.at), &spot.ends)).collect();
    let bars = ends(reader, reader.says("day", "день"), bars);
    let title = reader.says("Calls by day and end", "Дзвінки за днями й завершенням");
    let finding = share_in_words(reader, &figures.now.resolved);
    let finding = format!("{}: {finding}.", reader.word("resolved"));
    manner.draw("days", title.to_owned(), finding, |frame| bars::draw(frame, &bars))
}

fn trend(manner: Manner, days: &[TrendDay]) -> Named {
    let reader = manner.reader;
    let series = |end: &str, tally: fn(&TrendDay) -> &Tally| Series {
        name: reader.word(end).to_owned(),
        points: days
            .iter()
            .enumerate()
            .map(|(at, day)| {
                let tally = tally(day);
                Point {
                    x: at as f64,
                    y: tally.calls as f64,
                    name: reader.date(day.day),
                    href: leads(tally),
                }
            })
            .collect(),
    };
    let all = Series {
        name: reader.says("all calls", "усі дзвінки").to_owned(),
        ..series("", |day| &day.volume)
    };
    let ticks = match (days.first(), days.last()) {
        (Some(first), Some(last)) => {
            numbered(first.day, last.day, NAMES_MAX, &|day| reader.short_date(day))
        }
        _ => Vec::new(),
    };
    let lines = Lines {
        series: vec![
            all,
            series("resolved", |day| &day.resolved.part),
            series("transferred", |day| &day.transferred.part),
            series("abandoned", |day| &day.abandoned.part),
        ],
        band: false,
        levels: Vec::new(),
        events: Vec::new(),
        ticks,
        time: reader.says("day", "день").to_owned(),
        show: reader.count(),
        unit: reader.says("calls", "дзвінків").to_owned(),
    };
    let title = reader.says("Calls of four weeks", "Дзвінки за чотири тижні");
    manner.draw("trend", title.to_owned(), String::new(), |frame| line::draw(frame, &lines))
}

/// Sorted bars of calls by a word.
fn words(
    manner: Manner,
    (name, en, uk): (&'static str, &'static str, &'static str),
    words: &[Word],
) -> Named {
    let reader = manner.reader;
    let all: i64 = words.iter().map(|word| word.calls.calls).sum();
    let items = words
        .iter()
        .map(|word| {
            let item = item(reader.word(&word.word), &word.calls);
            // A share of few says more than is known.
            if all < crate::db::figures::ENOUGH_FOR_PERCENT {
                return item;
            }
            item.noting(reader.percent()(word.calls.calls as f64 * 100.0 / all as f64))
        })
        .collect();
    let head = [reader.says("what", "що"), reader.says("calls", "дзвінків")].map(str::to_owned);
    let sorted = Sorted { items, head, show: reader.count() };
    let finding = match words.first() {
        Some(first) => {
            format!("{}: {}.", reader.word(&first.word), reader.calls(first.calls.calls))
        }
        None => String::new(),
    };
    let title = reader.says(en, uk).to_owned();
    manner.draw(name, title, finding, |frame| sorted::draw(frame, &sorted))
}

fn stages(manner: Manner, stages: &[Stage]) -> Named {
    let reader = manner.reader;
    let steps = stages
        .iter()
        .map(|stage| Step {
            name: reader.word(&stage.stage).to_owned(),
            reached: stage.reached.calls.unsigned_abs(),
            lost: stage.lost.calls.unsigned_abs(),
            href: leads(&stage.reached),
            lost_href: leads(&stage.lost),
        })
        .collect();
    let head = [
        reader.says("stage", "етап"),
        reader.says("came so far", "дійшли"),
        reader.says("of all", "від усіх"),
        reader.says("of the stage before", "від попереднього"),
        reader.says("ended here", "скінчили тут"),
    ];
    let funnel = Funnel { steps, head: head.map(str::to_owned), show: reader.count() };
    let worst = stages.iter().max_by_key(|stage| stage.lost.calls);
    let finding = match worst {
        Some(stage) if stage.lost.calls > 0 => {
            let most = reader.says("Most end at", "Найбільше кінчають на етапі");
            format!("{most}: {} ({}).", reader.word(&stage.stage), stage.lost.calls)
        }
        _ => String::new(),
    };
    let title = reader.says("How far calls came", "Як далеко дійшли дзвінки");
    manner.draw("funnel", title.to_owned(), finding, |frame| funnel::draw(frame, &funnel))
}

fn week(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let spot = |tally: &Tally| {
        let item = item("", tally);
        heat::Spot { value: item.value, href: item.href }
    };
    let heat = Heat {
        days: reader.weekdays().map(str::to_owned),
        spots: figures.parts.week.iter().map(|day| day.iter().map(spot).collect()).collect(),
        day: reader.says("weekday", "день тижня").to_owned(),
        show: reader.count(),
    };
    let title = reader.says("Calls by weekday and hour", "Дзвінки за днем тижня й годиною");
    let finding = if figures.range.span == Span::Month {
        String::new()
    } else {
        reader.says("Of four weeks.", "За чотири тижні.").to_owned()
    };
    manner.draw("week", title.to_owned(), finding, |frame| heat::draw(frame, &heat))
}
