//! Pictures of what was sold, by whom, and what it cost. Their tables say more than the bars.

use super::{Manner, Named, Reader, item, leads, length};
use crate::chart::sorted::{self, Sorted};
use crate::chart::{Cell, Item, Table};
use crate::db::figures::{Figures, Paid, Sale, Side, Tally};

fn calls(reader: Reader, tally: &Tally) -> Cell {
    Cell::number(tally.calls as f64, reader.count()).to(leads(tally))
}

/// A time in seconds as a person reads it.
fn time(seconds: Option<f64>) -> Cell {
    Cell::text(seconds.map_or_else(|| "—".to_owned(), length))
}

/// A picture whose table is another than that of its bars.
fn with_table(named: Named, head: &[&str], rows: Vec<Vec<Cell>>) -> Named {
    let mut table = Table::new(&named.title, head);
    table.rows = rows;
    Named { picture: crate::chart::Picture { table, ..named.picture }, ..named }
}

/// What was sold, dearest first.
pub(super) fn sales(manner: Manner, sales: &[Sale]) -> Named {
    let reader = manner.reader;
    let bar = |sale: &Sale| {
        let note = reader.calls(sale.calls.calls);
        let item = item(reader.word(&sale.service), &sale.calls);
        Item { value: sale.revenue.unwrap_or(f64::NAN), ..item }.noting(note)
    };
    let head = [
        reader.says("service", "послуга"),
        reader.says("calls", "дзвінків"),
        reader.says("sold", "продано"),
        reader.says("revenue", "виручка"),
    ];
    let rows = sales.iter().map(|sale| {
        vec![
            Cell::text(reader.word(&sale.service)),
            calls(reader, &sale.calls),
            Cell::number(sale.items as f64, reader.count()),
            Cell::number(sale.revenue.unwrap_or(f64::NAN), reader.money()),
        ]
    });
    let bars = Sorted {
        items: sales.iter().map(bar).collect(),
        head: [head[0], head[3]].map(str::to_owned),
        show: reader.money(),
    };
    let title = reader.says("Services sold", "Продані послуги").to_owned();
    let drawn = |frame: &crate::chart::Frame<'_>| sorted::draw(frame, &bars);
    with_table(manner.draw("services", title, String::new(), drawn), &head, rows.collect())
}

/// The agent against the operators.
pub(super) fn sides(manner: Manner, sides: &[Side]) -> Named {
    let reader = manner.reader;
    let head = [
        reader.says("who", "хто"),
        reader.says("calls", "дзвінків"),
        reader.says("with a sale", "із продажем"),
        reader.says("median length", "медіана тривалості"),
        reader.says("waited for the person", "чекали людину"),
        reader.says("cost", "витрати"),
    ];
    let rows = sides.iter().map(|side| {
        vec![
            Cell::text(reader.word(side.by)),
            calls(reader, &side.calls),
            calls(reader, &side.sold),
            time(side.median_s),
            time(side.waited_s),
            Cell::number(side.cost_usd, reader.usd()),
        ]
    });
    let bar = |side: &Side| {
        let sold = reader.says("with a sale", "із продажем");
        let median = side.median_s.map_or_else(|| "—".to_owned(), length);
        let note = format!("{median}, {sold} {}", side.sold.calls);
        item(reader.word(side.by), &side.calls).noting(note)
    };
    let bars = Sorted {
        items: sides.iter().map(bar).collect(),
        head: [head[0], head[1]].map(str::to_owned),
        show: reader.count(),
    };
    let title = reader.says("Agent and operators", "Агент і оператори").to_owned();
    let drawn = |frame: &crate::chart::Frame<'_>| sorted::draw(frame, &bars);
    with_table(manner.draw("sides", title, String::new(), drawn), &head, rows.collect())
}

/// What calls cost, by kind of provider.
pub(super) fn paid(manner: Manner, figures: &Figures) -> Named {
    let reader = manner.reader;
    let head = [
        reader.says("part", "частина"),
        reader.says("calls", "дзвінків"),
        reader.says("cost", "витрати"),
    ];
    let all = &figures.parts.paid;
    let rows = all.iter().map(|paid| {
        vec![
            Cell::text(reader.word(&paid.part)),
            calls(reader, &paid.calls),
            Cell::number(paid.usd, reader.usd()),
        ]
    });
    let bar = |paid: &Paid| {
        let item = item(reader.word(&paid.part), &paid.calls);
        Item { value: paid.usd, ..item }.noting(reader.calls(paid.calls.calls))
    };
    let bars = Sorted {
        items: all.iter().map(bar).collect(),
        head: [head[0], head[2]].map(str::to_owned),
        show: reader.usd(),
    };
    let total = reader.usd()(figures.now.cost.total_usd);
    let finding = format!("{}: {total}.", reader.says("In all", "Разом"));
    let title = reader.says("What calls cost", "Скільки коштували дзвінки").to_owned();
    let drawn = |frame: &crate::chart::Frame<'_>| sorted::draw(frame, &bars);
    with_table(manner.draw("cost", title, finding, drawn), &head, rows.collect())
}
