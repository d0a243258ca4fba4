//! Who came how far: one bar a stage, as long as the share that reached it.

use super::table::{Cell, Table, shown};
use super::write::{Anchor, Svg, cut};
use super::{Frame, Picture, Show, plot};

/// Height of a stage with its room, units.
const ROW: f64 = 34.0;
/// Room for names, units.
const NAMES: f64 = 150.0;
/// Room for what is said behind the longest bar, units.
const VALUES: f64 = 200.0;

/// A stage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How many reached it.
    pub reached: u64,
    /// How many of those ended in it.
    pub lost: u64,
    /// Where those that reached it are listed.
    pub href: Option<String>,
    /// Where those that ended in it are listed.
    pub lost_href: Option<String>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Funnel {
    /// The stages in order.
    pub steps: Vec<Step>,
    /// Heads of the table: stage, reached, of the start, of the step before, ended here.
    pub head: [String; 5],
    /// How numbers are written.
    pub show: Show,
}

/// Draws the stages. The picture is as high as they need.
#[must_use]
pub fn draw(frame: &Frame<'_>, funnel: &Funnel) -> Picture {
    let rows = funnel.steps.len().max(2) as f64;
    let frame = Frame { height: rows.mul_add(ROW, 12.0), ..*frame };
    let mut svg = Svg::new(&frame);
    let start = funnel.steps.first().map_or(0, |step| step.reached);
    let most = funnel.steps.iter().map(|step| step.reached).max().unwrap_or(0);
    let mut table = Table::new(frame.title, &funnel.head.each_ref().map(String::as_str));
    let mut before = start;
    for (at, step) in funnel.steps.iter().enumerate() {
        let shares = [share(step.reached, start), share(step.reached, before)];
        if most > 0 {
            let top = (at as f64).mul_add(ROW, 6.0);
            row(&mut svg, &frame, top, (step, shares), (most, funnel));
        }
        table.rows.push(vec![
            Cell::text(step.name.clone()),
            Cell::number(step.reached as f64, funnel.show).to(step.href.clone()),
            Cell::number(shares[0], percent),
            Cell::number(shares[1], percent),
            Cell::number(step.lost as f64, funnel.show).to(step.lost_href.clone()),
        ]);
        before = step.reached;
    }
    if most == 0 {
        plot::nothing(&mut svg, &frame);
    }
    Picture { svg: svg.finish(&frame), table }
}

/// Per cent; not a number of nothing.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 * 100.0 / whole as f64 }
}

fn percent(value: f64) -> String {
    format!("{value:.0} %")
}

fn row(
    svg: &mut Svg,
    frame: &Frame<'_>,
    top: f64,
    (step, shares): (&Step, [f64; 2]),
    (most, funnel): (u64, &Funnel),
) {
    let room = (frame.width - NAMES - VALUES).max(10.0);
    let length = |count: u64| count as f64 / most as f64 * room;
    let chars = (NAMES / plot::CHAR) as usize - 1;
    svg.text("c-name", (NAMES - 8.0, top + 18.0), Anchor::End, &cut(&step.name, chars));
    let lost = step.lost.min(step.reached);
    let says = format!(
        "{}: {}, {}, {}",
        step.name,
        (funnel.show)(step.reached as f64),
        shown(shares[0], percent),
        shown(shares[1], percent),
    );
    svg.mark(step.href.as_deref(), &says, |svg| {
        svg.rect("c-area c-s1", (NAMES, top + 2.0), length(step.reached - lost), ROW - 10.0);
    });
    if lost > 0 {
        let says = format!("{}, {}: {}", step.name, funnel.head[4], (funnel.show)(lost as f64));
        svg.mark(step.lost_href.as_deref(), &says, |svg| {
            let from = NAMES + length(step.reached - lost);
            svg.rect("c-lost", (from, top + 2.0), length(lost), ROW - 10.0);
        });
    }
    let mut words =
        format!("{} · {}", (funnel.show)(step.reached as f64), shown(shares[0], percent));
    if lost > 0 {
        words = format!("{words} · −{}", (funnel.show)(lost as f64));
    }
    let from = NAMES + length(step.reached) + 8.0;
    svg.text("c-tick", (from, top + 18.0), Anchor::Start, &words);
}
