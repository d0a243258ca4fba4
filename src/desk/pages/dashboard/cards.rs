//! The figures on top of the page: each with its calls, what it was before, and four weeks as a
//! line.

use crate::chart::{Frame as Ground, Show, spark};
use crate::db::figures::pictures::{self, Reader, length};
use crate::db::figures::{Figures, Share, Tally, TrendDay, differ};

/// A figure with its line of four weeks.
pub(super) struct Card {
    pub(super) name: &'static str,
    pub(super) value: Piece,
    pub(super) now: Vec<Piece>,
    pub(super) before: Vec<Piece>,
    pub(super) spark: String,
}

/// A piece of a sentence; a number of calls leads to them.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

/// Words that lead nowhere.
fn plain(text: impl Into<String>) -> Piece {
    Piece { text: text.into(), href: None }
}

fn number(reader: Reader, tally: &Tally) -> Piece {
    Piece { text: reader.count()(tally.calls as f64), href: pictures::leads(tally) }
}

/// `35 of 50`, each with its calls, and the interval if there are enough to say.
pub(super) fn of(reader: Reader, share: &Share) -> Vec<Piece> {
    let between = reader.says(" of ", " з ");
    let mut said = vec![number(reader, &share.part), plain(between), number(reader, &share.of)];
    said.extend(share.known().map(|known| {
        let percent = reader.percent();
        plain(format!(" ({:.0}–{})", known.low, percent(known.high)))
    }));
    said
}

/// Whether a difference is more than chance.
const fn judged(reader: Reader, differs: Option<bool>) -> &'static str {
    match differs {
        None => reader.says(" · too few to compare", " · замало для порівняння"),
        Some(true) => reader.says(" · a real difference", " · справжня різниця"),
        Some(false) => reader.says(" · within chance", " · у межах випадку"),
    }
}

/// A line of days: its name in the page, and what of a day it shows.
type Line = (&'static str, fn(&TrendDay) -> &Share);

/// What all cards share.
struct Deck<'a> {
    reader: Reader,
    days: &'a [TrendDay],
}

impl Deck<'_> {
    fn before(&self, said: Vec<Piece>) -> Vec<Piece> {
        let was = self.reader.says("before: ", "раніше: ");
        let mut all = vec![plain(was)];
        all.extend(said);
        all
    }

    fn line(&self, name: &str, value: &dyn Fn(&TrendDay) -> f64, show: Show) -> String {
        let (width, height) = spark::SIZE;
        let id = format!("spark-{name}");
        let title = self.reader.says("Four weeks", "Чотири тижні");
        let ground = Ground { width, height, ..Ground::new(&id, title) };
        let names: Vec<String> = self.days.iter().map(|day| self.reader.date(day.day)).collect();
        let values: Vec<f64> = self.days.iter().map(value).collect();
        spark::draw(&ground, &names, &values, show).svg
    }

    /// A share of calls.
    fn share(
        &self,
        name: &'static str,
        (now, before): (&Share, &Share),
        line: Option<Line>,
    ) -> Card {
        let reader = self.reader;
        let value = match now.known() {
            Some(known) => reader.percent()(known.percent),
            None => reader.count()(now.part.calls as f64),
        };
        let mut said = of(reader, before);
        said.push(plain(judged(reader, differ(now, before))));
        Card {
            name,
            value: Piece { text: value, href: pictures::leads(&now.part) },
            now: of(reader, now),
            before: self.before(said),
            spark: line.map_or_else(String::new, |(id, share)| {
                let percent =
                    |day: &TrendDay| share(day).known().map_or(f64::NAN, |known| known.percent);
                self.line(id, &percent, reader.percent())
            }),
        }
    }
}

/// The figures in the order of the page.
pub(super) fn cards(reader: Reader, found: &Figures) -> Vec<Card> {
    let (now, before) = (&found.now, &found.before);
    let deck = Deck { reader, days: &found.trend };
    let calls = Card {
        name: reader.says("Calls", "Дзвінки"),
        value: number(reader, &now.volume),
        now: vec![
            plain(reader.says("in the rates: ", "у частках: ")),
            number(reader, &now.counted),
            plain(reader.says(", ended at once: ", ", одразу обірвані: ")),
            number(reader, &now.short),
        ],
        before: deck.before(vec![number(reader, &before.volume)]),
        spark: deck.line("calls", &|day| day.volume.calls as f64, reader.count()),
    };
    vec![
        calls,
        deck.share(
            reader.says("Resolved by the agent", "Вирішив агент"),
            (&now.resolved, &before.resolved),
            Some(("resolved", |day| &day.resolved)),
        ),
        deck.share(
            reader.says("Handed to a person", "Передано людині"),
            (&now.transferred, &before.transferred),
            Some(("handed", |day| &day.transferred)),
        ),
        deck.share(
            reader.says("Hung up with an open matter", "Перервали, не завершивши"),
            (&now.abandoned, &before.abandoned),
            Some(("hung-up", |day| &day.abandoned)),
        ),
        deck.share(
            reader.says("Lost by our fault", "Втрачено з нашої вини"),
            (&now.ours, &before.ours),
            None,
        ),
        deck.share(
            reader.says("With a slow answer", "З повільною відповіддю"),
            (&now.slow, &before.slow),
            None,
        ),
        cost(&deck, found),
        middle(&deck, found),
        quality(&deck, found),
    ]
}

fn cost(deck: &Deck<'_>, found: &Figures) -> Card {
    let reader = deck.reader;
    let usd = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), reader.usd());
    let (now, before) = (&found.now.cost, &found.before.cost);
    let mut said =
        vec![plain(format!("{}: {}", reader.says("in all", "разом"), reader.usd()(now.total_usd)))];
    if now.unpriced.calls > 0 {
        said.push(plain(reader.says(", price not fully known: ", ", ціна не вся відома: ")));
        said.push(number(reader, &now.unpriced));
    }
    Card {
        name: reader.says("Cost of a resolved call", "Витрати на вирішений дзвінок"),
        value: Piece {
            text: usd(now.per_resolved_usd),
            href: pictures::leads(&found.now.resolved.part),
        },
        now: said,
        before: deck.before(vec![plain(usd(before.per_resolved_usd))]),
        spark: deck.line("cost", &|day| day.cost_usd, reader.usd()),
    }
}

fn middle(deck: &Deck<'_>, found: &Figures) -> Card {
    let reader = deck.reader;
    let times = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), length);
    let (now, before) = (&found.now.length, &found.before.length);
    let most = reader.says("nine of ten under", "дев’ять із десяти до");
    Card {
        name: reader.says("Median length", "Медіана тривалості"),
        value: Piece { text: times(now.median_s), href: pictures::leads(&now.calls) },
        now: vec![plain(format!("{most} {}", times(now.p90_s)))],
        before: deck.before(vec![plain(times(before.median_s))]),
        spark: deck.line("length", &|day| day.median_s.unwrap_or(f64::NAN), length),
    }
}

fn quality(deck: &Deck<'_>, found: &Figures) -> Card {
    let reader = deck.reader;
    let mean =
        |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |mean| reader.decimal(mean, 2));
    let (now, before) = (&found.now.quality, &found.before.quality);
    let mut said = vec![plain(reader.says("poor: ", "погана: "))];
    said.extend(of(reader, &now.poor));
    Card {
        name: reader.says("Quality, 0 to 1", "Якість, 0–1"),
        value: Piece { text: mean(now.mean), href: pictures::leads(&now.poor.of) },
        now: said,
        before: deck.before(vec![plain(mean(before.mean))]),
        spark: String::new(),
    }
}
