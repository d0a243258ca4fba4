//! Pictures of a day, a week or a month.

use super::{Manner, Named, Reader, item, length, share_in_words};
use crate::chart::bars::{self, Bar, Bars};
use crate::chart::days::numbered;
use crate::chart::funnel::{self, Funnel, Step};
use crate::chart::heat::{self, Heat};
use crate::chart::line::{self, Lines, Point, Series};
use crate::chart::sorted::{self, Sorted};
use crate::chart::{Cell, Item, Table};
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
        stages(manner, &figures.parts.stages),
        week(manner, figures),
        words(
            manner,
            ("scenarios", "What calls were about", "Про що дзвонили"),
            &figures.parts.scenarios,
        ),
        sales(manner, figures),
        sides(manner, figures),
    ]);
    all
}

/// The sums as a table: what is known of each, and of what it is compared with.
#[must_use]
pub fn findings(reader: Reader, figures: &Figures) -> Table {
    let (now, before) = (&figures.now, &figures.before);
    let count = reader.count();
    let mut table = Table::new(
        reader.says("Figures", "Показники"),
        &[
            reader.says("figure", "показник"),
            reader.says("calls", "дзвінків"),
            reader.says("of", "з"),
            reader.says("in words", "словами"),
            reader.says("before", "раніше"),
        ],
    );
    let tallies = [
        (reader.says("calls", "дзвінки"), &now.volume, &before.volume),
        (reader.word("short"), &now.short, &before.short),
        (reader.word("refused"), &now.refused, &before.refused),
        (reader.word("open"), &now.open, &before.open),
    ];
    let to = |tally: &Tally| (tally.calls > 0).then(|| super::address(&tally.filter));
    for (name, now, before) in tallies {
        table.rows.push(vec![
            Cell::text(name),
            Cell::number(now.calls as f64, count).to(to(now)),
            Cell::text(""),
            Cell::text(""),
            Cell::number(before.calls as f64, count).to(to(before)),
        ]);
    }
    let shares = [
        (reader.word("resolved"), &now.resolved, &before.resolved),
        (
            reader.says("and no new call within a day", "і без нового дзвінка за добу"),
            &now.held,
            &before.held,
        ),
        (reader.says("asked for a person", "просили людину"), &now.asked, &before.asked),
        (reader.word("transferred"), &now.transferred, &before.transferred),
        (
            reader.says("a person spoke with them", "людина з ними говорила"),
            &now.reached_person,
            &before.reached_person,
        ),
        (reader.word("callback"), &now.callback, &before.callback),
        (reader.word("abandoned"), &now.abandoned, &before.abandoned),
        (reader.word("ours"), &now.ours, &before.ours),
        (reader.says("with a sale that stands", "з чинним продажем"), &now.sold, &before.sold),
        (reader.says("with a slow answer", "з повільною відповіддю"), &now.slow, &before.slow),
    ];
    for (name, now, before) in shares {
        table.rows.push(vec![
            Cell::text(name),
            Cell::number(now.part.calls as f64, count).to(to(&now.part)),
            Cell::number(now.of.calls as f64, count).to(to(&now.of)),
            Cell::text(share_in_words(reader, now)),
            Cell::text(share_in_words(reader, before)),
        ]);
    }
    measures(reader, figures, &mut table);
    table
}

/// What is not a number of calls.
fn measures(reader: Reader, figures: &Figures, table: &mut Table) {
    let usd = reader.usd();
    let times = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), length);
    let paid = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), usd);
    let rated =
        |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |mean| format!("{mean:.1}"));
    let (now, before) = (&figures.now, &figures.before);
    let rows = [
        (
            reader.says("median length", "медіана тривалості"),
            times(now.length.median_s),
            times(before.length.median_s),
        ),
        (
            reader.says("nine of ten shorter than", "дев’ять із десяти коротші за"),
            times(now.length.p90_s),
            times(before.length.p90_s),
        ),
        (reader.says("cost", "витрати"), usd(now.cost.total_usd), usd(before.cost.total_usd)),
        (
            reader.says("cost of a call", "витрати на дзвінок"),
            paid(now.cost.per_call_usd),
            paid(before.cost.per_call_usd),
        ),
        (
            reader.says("all cost for a resolved call", "усі витрати на вирішений дзвінок"),
            paid(now.cost.per_resolved_usd),
            paid(before.cost.per_resolved_usd),
        ),
        (
            reader.says("rating of callers", "оцінка клієнтів"),
            rated(now.rating.mean),
            rated(before.rating.mean),
        ),
    ];
    for (name, now, before) in rows {
        table.rows.push(vec![
            Cell::text(name),
            Cell::text(""),
            Cell::text(""),
            Cell::text(now),
            Cell::text(before),
        ]);
    }
    let unpriced = &now.cost.unpriced;
    if unpriced.calls > 0 {
        let href = super::address(&unpriced.filter);
        table.rows.push(vec![
            Cell::text(
                reader
                    .says("calls with a step of unknown price", "дзвінки з кроком невідомої ціни"),
            ),
            Cell::number(unpriced.calls as f64, reader.count()).to(Some(href)),
            Cell::text(""),
            Cell::text(""),
            Cell::number(before.cost.unpriced.calls as f64, reader.count()),
        ]);
    }
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
                    href: (tally.calls > 0).then(|| super::address(&tally.filter)),
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
    let leads = |tally: &Tally| (tally.calls > 0).then(|| super::address(&tally.filter));
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
    manner.draw("week", title.to_owned(), String::new(), |frame| heat::draw(frame, &heat))
}

fn sales(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let items: Vec<Item> = figures
        .parts
        .sales
        .iter()
        .map(|sale| {
            let name = reader.word(&sale.service);
            let note = reader.calls(sale.calls.calls);
            Item { value: sale.revenue.unwrap_or(f64::NAN), ..item(name, &sale.calls) }.noting(note)
        })
        .collect();
    let head = [reader.says("service", "послуга"), reader.says("revenue", "виручка")];
    let sorted = Sorted { items, head: head.map(str::to_owned), show: reader.money() };
    let title = reader.says("Services sold", "Продані послуги").to_owned();
    manner.draw("services", title, String::new(), |frame| sorted::draw(frame, &sorted))
}

fn sides(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let median = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), length);
    let items = figures
        .parts
        .sides
        .iter()
        .map(|side| {
            let sold = reader.says("sold", "продажів");
            let note = format!("{}, {sold} {}", median(side.median_s), side.sold.calls);
            item(reader.word(side.by), &side.calls).noting(note)
        })
        .collect();
    let head = [reader.says("who", "хто"), reader.says("calls", "дзвінків")].map(str::to_owned);
    let sorted = Sorted { items, head, show: reader.count() };
    let title = reader.says("Agent and operators", "Агент і оператори").to_owned();
    manner.draw("sides", title, String::new(), |frame| sorted::draw(frame, &sorted))
}
