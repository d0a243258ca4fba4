//! `/dashboard`: the figures of a day, a week or a month, as pictures; what each number counts is
//! one click away.

mod cards;
mod figures;
mod latency;
mod meanings;

use crate::chart::Table;
use crate::db::figures::pictures::{Manner, Named, Reader};
use crate::db::figures::{Range, Span};
use crate::desk::words::Tongue;
use crate::desk::{Desk, Refusal, Site, Visitor};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde::Deserialize;

pub(super) fn mount(site: Site) -> Site {
    site.get("/dashboard", figures::show).get("/dashboard/latency", latency::show)
}

/// What a page of figures is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `day`, `week` or `month`.
    span: String,
    /// A day of it; today if none is given.
    day: String,
    /// `svg` or `csv`: not the page, but one of its pictures, or its figures.
    format: String,
    /// Which picture.
    picture: String,
}

impl Asked {
    /// The days that are meant, in the shop's zone.
    fn range(&self, desk: &Desk, visitor: &Visitor) -> Result<Range, Refusal> {
        let (zone, now) = (visitor.zone(), desk.clock().now());
        let span = match self.span.as_str() {
            "" => Span::Day,
            word => Span::from_word(word).ok_or(Refusal::Bad)?,
        };
        let today = now.with_timezone(&zone).date_naive();
        let day: NaiveDate = match self.day.as_str() {
            "" => today,
            text => text.parse().map_err(|_| Refusal::Bad)?,
        };
        // Farther away there are no calls, and at the ends of the calendar no days before.
        let near = (day - today).num_days().abs() <= 40 * 366;
        near.then(|| Range::of(span, day, zone, now)).ok_or(Refusal::Bad)
    }
}

/// Who reads the page.
pub(super) const fn reader(visitor: &Visitor) -> Reader {
    match visitor.words.0 {
        Tongue::Uk => Reader::Uk,
        Tongue::En => Reader::En,
    }
}

/// The ways from one page of figures to the next.
struct Steps {
    earlier: String,
    earlier_name: &'static str,
    later: Option<String>,
    later_name: &'static str,
    spans: Vec<(String, &'static str, bool)>,
    pages: Vec<(String, &'static str, bool)>,
    day: String,
    day_name: &'static str,
    span: &'static str,
}

fn address(path: &str, span: Span, day: NaiveDate) -> String {
    format!("{path}?span={}&day={day}", span.word())
}

fn steps(path: &str, range: &Range, reader: Reader) -> Steps {
    let (before, after) = range.neighbours();
    let today = range.seen_at.with_timezone(&range.zone).date_naive();
    // A day within the days that are looked at, so that other spans stay near.
    let day = range.to.min(today).max(range.from);
    let spans = [
        (Span::Day, reader.says("Day", "День")),
        (Span::Week, reader.says("Week", "Тиждень")),
        (Span::Month, reader.says("Month", "Місяць")),
    ];
    let pages = [
        ("/dashboard", reader.says("Figures", "Показники")),
        ("/dashboard/latency", reader.says("Latency", "Затримки")),
    ];
    let span = range.span;
    Steps {
        earlier: address(path, span, before),
        earlier_name: reader.says("before", "раніше"),
        later: (after <= today).then(|| address(path, span, after)),
        later_name: reader.says("after", "пізніше"),
        spans: spans.map(|(to, name)| (address(path, to, day), name, to == span)).to_vec(),
        pages: pages.map(|(to, name)| (address(to, span, day), name, to == path)).to_vec(),
        day: day.to_string(),
        day_name: reader.says("Day", "День"),
        span: span.word(),
    }
}

/// A picture as the page shows it.
struct Shown {
    name: &'static str,
    title: String,
    finding: String,
    svg: String,
    table: String,
    svg_href: String,
    csv_href: String,
}

fn shown(path: &str, range: &Range, named: Named) -> Shown {
    let to = |format: &str| {
        let page = address(path, range.span, range.from);
        format!("{page}&format={format}&picture={}", named.name)
    };
    Shown {
        name: named.name,
        svg_href: to("svg"),
        csv_href: to("csv"),
        title: named.title,
        finding: named.finding,
        svg: named.picture.svg,
        table: named.picture.table.to_html(),
    }
}

/// How pictures of this request are drawn: for the page, or to be taken away.
fn manner(asked: &Asked, visitor: &Visitor) -> Manner {
    Manner { reader: reader(visitor), standalone: !asked.format.is_empty() }
}

/// The picture that was asked for as a file; without a name the figures.
fn file(
    asked: &Asked,
    range: &Range,
    pictures: &[Named],
    figures: Option<&Table>,
) -> Result<Response, Refusal> {
    let named = pictures.iter().find(|named| named.name == asked.picture);
    let (kind, text) = match (asked.format.as_str(), named, figures) {
        ("svg", Some(named), _) => ("image/svg+xml", named.picture.svg.clone()),
        ("csv", Some(named), _) => ("text/csv; charset=utf-8", named.picture.table.to_csv()),
        ("csv", None, Some(figures)) if asked.picture.is_empty() => {
            ("text/csv; charset=utf-8", figures.to_csv())
        }
        ("svg" | "csv", ..) => return Err(Refusal::NotFound),
        _ => return Err(Refusal::Bad),
    };
    let name = named.map_or("figures", |named| named.name);
    let (span, from, ending) = (range.span.word(), range.from, &asked.format);
    let given = format!("attachment; filename=\"{span}-{from}-{name}.{ending}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, given)];
    Ok((headers, text).into_response())
}

/// The days in words.
fn period(range: &Range, reader: Reader) -> String {
    if range.from == range.to {
        reader.date(range.from)
    } else {
        format!("{} – {}", reader.date(range.from), reader.date(range.to))
    }
}

#[cfg(test)]
mod tests {
    use crate::chart::sheet;

    #[test]
    fn the_style_sheet_of_the_pages_begins_with_that_of_the_pictures() {
        let file = include_str!("../../assets/dashboard.css");
        assert!(file.starts_with(&sheet::page_style()), "write it anew: {}", sheet::page_style());
    }
}
