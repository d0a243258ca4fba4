//! The sums as a table: each with what it is compared with, each number with its list.

use super::{Reader, leads, length, share_in_words};
use crate::chart::{Cell, Table};
use crate::db::figures::{Figures, Share, Summary, Tally};

/// The sums of these days and of those before.
#[must_use]
pub fn findings(reader: Reader, figures: &Figures) -> Table {
    let mut table = Table::new(
        reader.says("Figures", "Показники"),
        &[
            reader.says("figure", "показник"),
            reader.says("calls", "дзвінків"),
            reader.says("of", "з"),
            reader.says("in words", "словами"),
            reader.says("before", "раніше"),
            reader.says("of (before)", "з (раніше)"),
            reader.says("in words (before)", "словами (раніше)"),
        ],
    );
    for (name, of) in TALLIES {
        let cell = |summary| number(reader, of(summary));
        let (now, before) = (cell(&figures.now), cell(&figures.before));
        let none = || Cell::text("");
        table.rows.push(vec![
            Cell::text(name(reader)),
            now,
            none(),
            none(),
            before,
            none(),
            none(),
        ]);
    }
    for (name, of) in SHARES {
        let mut row = vec![Cell::text(name(reader))];
        for share in [of(&figures.now), of(&figures.before)] {
            row.push(number(reader, &share.part));
            row.push(number(reader, &share.of));
            row.push(Cell::text(share_in_words(reader, share)));
        }
        table.rows.push(row);
    }
    for (name, of) in MEASURES {
        let none = || Cell::text("");
        let cell = |summary| Cell::text(of(reader, summary).unwrap_or_else(|| "—".to_owned()));
        let (now, before) = (cell(&figures.now), cell(&figures.before));
        table.rows.push(vec![
            Cell::text(name(reader)),
            none(),
            none(),
            now,
            none(),
            none(),
            before,
        ]);
    }
    table
}

fn number(reader: Reader, tally: &Tally) -> Cell {
    Cell::number(tally.calls as f64, reader.count()).to(leads(tally))
}

/// What something is called.
type Name = fn(Reader) -> &'static str;

/// A number of the sums.
type OfCalls = fn(&Summary) -> &Tally;
/// A share of the sums.
type OfShare = fn(&Summary) -> &Share;

const TALLIES: [(Name, OfCalls); 7] = [
    (|r| r.says("calls", "дзвінки"), |s| &s.volume),
    (|r| r.says("in the rates", "враховані в частках"), |s| &s.counted),
    (|r| r.says("ended at once", "одразу обірвані"), |s| &s.short),
    (|r| r.says("not served", "не прийнято"), |s| &s.refused),
    (|r| r.says("going on", "тривають"), |s| &s.open),
    (|r| r.says("with a step of unknown price", "з кроком невідомої ціни"), |s| &s.cost.unpriced),
    (|r| r.says("rated by callers", "оцінені клієнтами"), |s| &s.rating.calls),
];

const SHARES: [(Name, OfShare); 11] = [
    (|r| r.says("resolved", "вирішено"), |s| &s.resolved),
    (|r| r.says("and no new call within a day", "і без нового дзвінка за добу"), |s| &s.held),
    (|r| r.says("asked for a person", "просили людину"), |s| &s.asked),
    (|r| r.says("handed over", "передано"), |s| &s.transferred),
    (|r| r.says("a person spoke with them", "людина з ними говорила"), |s| &s.reached_person),
    (|r| r.says("call back", "передзвонити"), |s| &s.callback),
    (|r| r.says("hung up", "перервали"), |s| &s.abandoned),
    (|r| r.says("lost by our fault", "втрачено з нашої вини"), |s| &s.ours),
    (|r| r.says("with a sale that stands", "з чинним продажем"), |s| &s.sold),
    (|r| r.says("with a slow answer", "з повільною відповіддю"), |s| &s.slow),
    (|r| r.says("of poor quality", "поганої якості"), |s| &s.quality.poor),
];

/// What is no number of calls; `None`: not known.
type Measure = fn(Reader, &Summary) -> Option<String>;

const MEASURES: [(Name, Measure); 8] = [
    (|r| r.says("median length", "медіана тривалості"), |_, s| s.length.median_s.map(length)),
    (
        |r| r.says("nine of ten shorter than", "дев’ять із десяти коротші за"),
        |_, s| s.length.p90_s.map(length),
    ),
    (|r| r.says("mean length", "середня тривалість"), |_, s| s.length.mean_s.map(length)),
    (|r| r.says("cost", "витрати"), |r, s| Some(r.usd()(s.cost.total_usd))),
    (|r| r.says("cost of a call", "витрати на дзвінок"), |r, s| s.cost.per_call_usd.map(r.usd())),
    (
        |r| r.says("all cost for a resolved call", "усі витрати на вирішений дзвінок"),
        |r, s| s.cost.per_resolved_usd.map(r.usd()),
    ),
    (
        |r| r.says("rating of callers, 1 to 5", "оцінка клієнтів, 1–5"),
        |r, s| s.rating.mean.map(|mean| r.decimal(mean, 1)),
    ),
    (
        |r| r.says("quality, 0 to 1", "якість, 0–1"),
        |r, s| s.quality.mean.map(|mean| r.decimal(mean, 2)),
    ),
];
