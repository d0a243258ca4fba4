//! The figures as pictures: which chart shows what, in which words, and where each mark leads.
//! The page, its exports and the command line draw the same ones.

mod day;
mod findings;
mod money;
mod seconds;
mod words;

pub use day::day;
pub use findings::findings;
pub use seconds::{latency, turn};
pub use words::{Reader, length};

use super::{CallFilter, Share, Tally};
use crate::chart::{Frame, Item, Picture};

/// The list of the calls of a number.
const CALLS_PATH: &str = "/calls";

/// How wide a picture is on a page: two stand beside each other on a laptop, their words as large as
/// any.
const PAGE_WIDTH: f64 = 600.0;

/// A picture with a name for files and addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Lower case, with hyphens.
    pub name: &'static str,
    /// What it is called.
    pub title: String,
    /// What it says, in one sentence; may be empty.
    pub finding: String,
    /// The picture.
    pub picture: Picture,
}

/// How pictures are to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// For whom.
    pub reader: Reader,
    /// To be looked at without a page around.
    pub standalone: bool,
}

impl Manner {
    /// Draws a picture in a frame of that name and title.
    fn draw(
        self,
        name: &'static str,
        title: String,
        finding: String,
        draw: impl FnOnce(&Frame<'_>) -> Picture,
    ) -> Named {
        let frame = Frame {
            finding: &finding,
            empty: self.reader.says("No calls in these days.", "У ці дні дзвінків не було."),
            standalone: self.standalone,
            ..Frame::new(name, &title)
        };
        let frame = if self.standalone { frame } else { Frame { width: PAGE_WIDTH, ..frame } };
        let picture = draw(&frame);
        Named { name, title, finding, picture }
    }
}

/// Where the calls of a filter are listed.
#[must_use]
pub fn address(filter: &CallFilter) -> String {
    format!("{CALLS_PATH}?{}", filter.to_query())
}

/// Where the calls of a number are listed; nowhere if there are none.
#[must_use]
pub fn leads(tally: &Tally) -> Option<String> {
    (tally.calls > 0).then(|| address(&tally.filter))
}

/// A number of calls as a mark that leads to them.
fn item(name: &str, tally: &Tally) -> Item {
    Item { href: leads(tally), ..Item::new(name, tally.calls as f64) }
}

/// k of n, and the share with its interval where there are enough calls to say.
#[must_use]
pub fn share_in_words(reader: Reader, share: &Share) -> String {
    let count = reader.count();
    let of = reader.says("of", "з");
    let counts =
        format!("{} {of} {}", count(share.part.calls as f64), count(share.of.calls as f64));
    match share.known() {
        None => counts,
        Some(known) => format!(
            "{:.0}\u{a0}% · {counts} ({:.0}–{:.0}\u{a0}%)",
            known.percent, known.low, known.high
        ),
    }
}
