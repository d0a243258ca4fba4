//! `/day?date=&station=`: who comes to a station on a day; one page that prints.

use super::work;
use crate::db::desk::day::{self, Day, Line};
use crate::desk::names;
use crate::desk::{Desk, Frame, Refusal, Site, Visitor, format, html, url};
use crate::store::{Slot, seen_booking};
use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;

pub(super) fn mount(site: Site) -> Site {
    site.get("/day", show)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    date: String,
    station: String,
}

struct Choice {
    code: String,
    name: String,
    chosen: bool,
}

/// A post at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Free,
    /// The text of the booking that begins here.
    Begins(String),
    /// A booking that began earlier.
    Goes,
}

struct Times {
    time: String,
    cells: Vec<Cell>,
}

#[expect(clippy::struct_excessive_bools, reason = "a template asks one question at a time")]
struct Row {
    href: String,
    seen: String,
    time: String,
    name: String,
    phone: String,
    car: String,
    service: String,
    storage: String,
    note: String,
    kept: bool,
    arrived: bool,
    done: bool,
    missed: bool,
    odd: bool,
}

struct Post {
    number: i16,
    rows: Vec<Row>,
    free: String,
}

#[derive(Template)]
#[template(path = "day.html", config = "src/desk/askama.toml")]
struct Page {
    frame: Frame,
    date: String,
    shown: String,
    stations: Vec<Choice>,
    station: String,
    address: String,
    before: String,
    after: String,
    closed: Option<String>,
    booked: String,
    posts: Vec<Post>,
    plan: Vec<Times>,
    printed: String,
    may_tick: bool,
}

async fn show(
    State(desk): State<Desk>,
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Refusal::Bad)?;
    let (words, now) = (visitor.words, desk.clock().now());
    let date = work::day(&asked.date, now, visitor.zone())?;
    let tenant = visitor.tenant()?;
    let stations = day::stations(desk.pool(), tenant).await?;
    let wanted = work::value(&asked.station)?;
    let station = match &wanted {
        None => stations.first(),
        Some(code) => Some(stations.iter().find(|s| s.code == *code).ok_or(Refusal::NotFound)?),
    };
    let Some(station) = station.cloned() else {
        return Ok(work::said(
            &visitor,
            axum::http::StatusCode::OK,
            (words.day_sheet(), words.no_stations()),
            "/stock",
        ));
    };
    let what = json!({ "date": date, "station": station.code });
    visitor.note(&desk, "day.read", ("station", station.id.to_string()), Some(what)).await?;
    let found = day::day(desk.pool(), tenant, station, date, now).await?;
    let choice = |one: &day::Station| Choice {
        code: one.code.clone(),
        name: one.name.clone(),
        chosen: one.id == found.station.id,
    };
    let link = |day: Option<NaiveDate>| {
        let day = day.unwrap_or(date).to_string();
        url::with_query("/day", &[("date", &day), ("station", &found.station.code)])
    };
    let title = format!("{} · {}", found.station.name, format::day(words, date));
    Ok(html(&Page {
        frame: Frame::new(&visitor, title),
        date: date.to_string(),
        shown: format::day(words, date),
        stations: stations.iter().map(choice).collect(),
        station: found.station.name.clone(),
        address: found.station.address.clone(),
        before: link(date.checked_sub_days(Days::new(1))),
        after: link(date.checked_add_days(Days::new(1))),
        closed: closed(&found, words.closed_day()),
        booked: words.fittings(found.lines.len()),
        posts: posts(&visitor, &found, date),
        plan: plan(&visitor, &found),
        printed: format!(
            "{} {}, {}",
            words.printed(),
            format::moment(words, now, visitor.zone()),
            visitor.session()?.email
        ),
        may_tick: !visitor.sees_no_numbers(),
    }))
}

/// Why nobody works on that day.
fn closed(found: &Day, word: &str) -> Option<String> {
    match &found.closed {
        Some(reason) if reason.is_empty() => Some(word.to_owned()),
        Some(reason) => Some(format!("{word}: {reason}")),
        None if found.hours.is_empty() => Some(word.to_owned()),
        None => None,
    }
}

/// From when to when a booking has its post, minutes of the day.
fn span(line: &Line) -> (i64, i64) {
    let from = minute(line.booking_time);
    (from, from + i64::from(line.duration_minutes))
}

fn minute(time: NaiveTime) -> i64 {
    (time - NaiveTime::MIN).num_minutes()
}

/// The times at which a booking could begin.
fn times(found: &Day) -> Vec<NaiveTime> {
    if found.closed.is_some() {
        return Vec::new();
    }
    let step = i64::from(found.station.slot_minutes.max(5));
    let starts = found.hours.iter().flat_map(|(opens, closes)| {
        let (from, to) = (minute(*opens), minute(*closes));
        (0..).map(move |n| from + n * step).take_while(move |at| *at < to)
    });
    let mut all: Vec<NaiveTime> =
        starts.map(|at| NaiveTime::MIN + TimeDelta::minutes(at)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a post has at the time that begins at `at` and lasts `step` minutes.
fn at_post(found: &Day, post: i16, at: i64, step: i64) -> Option<(&Line, bool)> {
    let mut there = found.lines.iter().filter(|line| line.post == post && line.status != "no_show");
    there.find_map(|line| {
        let (from, to) = span(line);
        (from < at + step && at < to).then_some((line, from >= at))
    })
}

fn plan(visitor: &Visitor, found: &Day) -> Vec<Times> {
    let step = i64::from(found.station.slot_minutes.max(5));
    let cell = |post: i16, time: NaiveTime| match at_post(found, post, minute(time), step) {
        None => Cell::Free,
        Some((_, false)) => Cell::Goes,
        Some((line, true)) => {
            let mut text = name(visitor, line);
            if !line.vehicle_info.is_empty() {
                let _ = write!(text, ", {}", line.vehicle_info);
            }
            Cell::Begins(text)
        }
    };
    (times(found).into_iter())
        .map(|time| Times {
            time: format::time(time),
            cells: (1..=posts_shown(found)).map(|post| cell(post, time)).collect(),
        })
        .collect()
}

/// A name for whoever may know it; the first letter for the others.
fn name(visitor: &Visitor, line: &Line) -> String {
    let words = visitor.words;
    if line.status == "held" {
        return words.kept().to_owned();
    }
    if !visitor.sees_no_numbers() {
        return line.customer_name.clone();
    }
    line.customer_name.chars().next().map_or_else(String::new, |first| format!("{first}***"))
}

/// A booking at a post that the station does not have any more is shown all the same.
fn posts_shown(found: &Day) -> i16 {
    let last = found.lines.iter().map(|line| line.post).max().unwrap_or(0);
    found.station.posts.max(last)
}

fn posts(visitor: &Visitor, found: &Day, date: NaiveDate) -> Vec<Post> {
    let step = i64::from(found.station.slot_minutes.max(5));
    let times = times(found);
    (1..=posts_shown(found))
        .map(|number| {
            let here = found.lines.iter().filter(|line| line.post == number);
            let free: Vec<String> = (times.iter())
                .filter(|_| number <= found.station.posts)
                .filter(|time| at_post(found, number, minute(**time), step).is_none())
                .map(|time| format::time(*time))
                .collect();
            let rows: Vec<Row> = here.map(|line| row(visitor, found, line, date)).collect();
            Post { number, rows, free: free.join(", ") }
        })
        .collect()
}

fn row(visitor: &Visitor, found: &Day, line: &Line, date: NaiveDate) -> Row {
    let words = visitor.words;
    let masked = visitor.sees_no_numbers();
    let mut car = line.vehicle_info.clone();
    if let Some(inches) = line.tire_diameter {
        let _ = write!(car, " R{inches}");
    }
    let slot = Slot { date, time: line.booking_time };
    let (from, to) = span(line);
    let within = found.hours.iter().any(|(o, c)| minute(*o) <= from && to <= minute(*c));
    let mut note = line.notes.clone();
    if let Some(number) = &line.order_number {
        let _ = write!(note, " {} {number}", words.order());
    }
    Row {
        href: format!("/bookings/{}", line.id),
        seen: seen_booking(&line.status, slot, line.attended),
        time: format::time(line.booking_time),
        name: name(visitor, line),
        phone: line.phone.as_ref().map_or_else(String::new, |n| format::phone(n, masked)),
        car: car.trim().to_owned(),
        service: names::name(words, names::SERVICES, &line.service_type),
        storage: line.storage.clone().unwrap_or_default(),
        note: note.trim().to_owned(),
        kept: line.status == "held",
        arrived: line.attended == Some(true),
        done: line.status == "completed",
        missed: line.status == "no_show",
        odd: !within || line.post > found.station.posts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[(i16, &str, i16)]) -> Day {
        let line = |(post, time, minutes): &(i16, &str, i16)| Line {
            id: uuid::Uuid::nil(),
            status: "confirmed".into(),
            attended: None,
            booking_time: time.parse().unwrap(),
            duration_minutes: *minutes,
            post: *post,
            service_type: "tire_change".into(),
            tire_diameter: None,
            vehicle_info: String::new(),
            customer_name: String::new(),
            phone: None,
            phone_verified: true,
            storage: None,
            order_number: None,
            notes: String::new(),
        };
        Day {
            station: day::Station {
                id: uuid::Uuid::nil(),
                code: "100201".into(),
                name: String::new(),
                address: String::new(),
                posts: 2,
                slot_minutes: 30,
            },
            hours: vec![("09:00:00".parse().unwrap(), "11:00:00".parse().unwrap())],
            closed: None,
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn a_post_is_taken_from_the_beginning_of_a_booking_to_its_end() {
        let day = found(&[(1, "09:30:00", 40), (2, "09:00:00", 60)]);
        let shown: Vec<_> = times(&day).into_iter().map(format::time).collect();
        assert_eq!(shown, ["09:00", "09:30", "10:00", "10:30"]);
        let at = |post, time: &str| {
            at_post(&day, post, minute(time.parse().unwrap()), 30).map(|(_, begins)| begins)
        };
        assert_eq!(at(1, "09:00:00"), None);
        assert_eq!(at(1, "09:30:00"), Some(true));
        assert_eq!(at(1, "10:00:00"), Some(false));
        assert_eq!(at(1, "10:30:00"), None);
        assert_eq!(at(2, "09:30:00"), Some(false));
        assert_eq!(at(2, "10:00:00"), None);
    }

    #[test]
    fn a_closed_day_has_no_times_and_says_why() {
        let mut day = found(&[]);
        assert_eq!(closed(&day, "closed"), None);
        day.closed = Some("stock-taking".into());
        assert_eq!(closed(&day, "closed").as_deref(), Some("closed: stock-taking"));
        assert_eq!(times(&day), []);
        day.closed = None;
        day.hours.clear();
        assert_eq!(closed(&day, "closed").as_deref(), Some("closed"));
    }
}
