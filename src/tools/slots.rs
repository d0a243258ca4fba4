//! When a fitting can be had: only times of the last answer can be booked.

use super::grounding::weekday_mismatch;
use super::ledger::Focus;
use super::{Refusal, ToolDesk, args, storage};
use crate::shop::{DayProblem, FittingWindow, Service, WeekdayName};
use crate::store::{Slot, Station};
use chrono::{Days, NaiveDate, NaiveTime, Timelike as _};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "get_fitting_slots";
/// Times of one day in one answer: nobody keeps more in mind, and a model reads them all aloud.
const TIMES_PER_DAY_MAX: usize = 8;
/// Days in one answer.
const DAYS_MAX: usize = 3;
/// Without a wish, this many days from tomorrow are looked at.
const DAYS_WITHOUT_WISH: u64 = 7;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotsArgs {
    /// `station_id` of a station that `get_fitting_stations` returned in this call.
    station_id: String,
    /// First day, YYYY-MM-DD; tomorrow if left out.
    #[serde(default)]
    date_from: Option<String>,
    /// Last day, YYYY-MM-DD; the first day if left out.
    #[serde(default)]
    date_to: Option<String>,
    /// The time of day that the caller wishes, HH:MM: the nearest free times are returned.
    #[serde(default)]
    time: Option<String>,
    /// The weekday that the caller named, if any: it must be the weekday of `date_from`.
    #[serde(default)]
    weekday: Option<WeekdayName>,
    /// What is to be done.
    #[serde(default)]
    service_type: Option<Service>,
    /// For tyres that the shop stores: the `contract_id` that `find_storage` returned, for example
    /// S1. They need three business days to the station.
    #[serde(default)]
    storage_contract: Option<String>,
}

/// Lists free times.
pub(super) async fn slots(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: SlotsArgs = args::read(NAME, given)?;
    let station = desk.station(&given.station_id).await?;
    let stored = match args::text("storage_contract", given.storage_contract.as_deref())? {
        Some(id) if !id.eq_ignore_ascii_case(storage::NONE) => Some(desk.ledger.contract(&id)?),
        _ => None,
    };
    let mut window = desk.window();
    if stored.is_some() {
        window.first = storage::earliest(window.today);
    }
    let (from, to, clipped) = days_asked(&given, &window)?;
    if stored.is_some() {
        storage::check_day(to, window.today)?;
    }
    if given.date_from.is_some() {
        desk.check_weekday(from, to)?;
        if from == to {
            desk.settle_weekday();
        }
    }
    let wish = given.time.as_deref().map(|time| args::time("time", time)).transpose()?;
    let service = given.service_type.unwrap_or_default();
    let free = free_slots(desk, &station, from, to, service).await?;
    let mut answer = json!({
        "station_id": station.code,
        "station": station.name,
        "service_type": service,
    });
    if clipped {
        answer["note"] =
            json!(format!("Only days from {} to {} can be booked.", window.first, window.last));
    }
    let mut offered = chosen(&free, wish);
    if offered.is_empty() {
        // Nothing there: say what there is instead in the same turn, so that the line goes on.
        let after = to.checked_add_days(Days::new(1)).unwrap_or(to);
        let later = free_slots(desk, &station, after, window.last, service).await?;
        let earlier = free_slots(desk, &station, window.first, from, service).await?;
        let next = later.first().or(earlier.last()).map(|slot| slot.date);
        offered = chosen(&on_day(if later.is_empty() { &earlier } else { &later }, next), wish);
        answer["reason"] = json!(reason(from, to));
        answer["suggested_date"] = json!(next);
        answer["message"] = json!(if next.is_some() {
            "Nothing is free on the days asked for. Offer the suggested date and its times."
        } else {
            "Nothing is free within three weeks. Offer another station, to be told when there is \
             a time, or an operator."
        });
        if next.is_none() {
            answer["wishlist_offer"] = json!(true);
        }
    } else {
        answer["earliest"] = row(free.first().copied().unwrap_or(offered[0]));
        if let Some(wish) = wish {
            answer["wish_is_free"] = json!(offered.iter().any(|slot| slot.time == wish));
        }
    }
    answer["days"] = days(&offered);
    desk.ledger.focus = Focus::Fitting;
    desk.ledger.offer_only(&station.code, offered);
    Ok(answer)
}

/// The days to look at, inside the window; true if they had to be cut to it.
fn days_asked(
    given: &SlotsArgs,
    window: &FittingWindow,
) -> Result<(NaiveDate, NaiveDate, bool), Refusal> {
    let read = |field: &str, text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| args::date(field, text)).transpose()
    };
    let (from, to) = (read("date_from", &given.date_from)?, read("date_to", &given.date_to)?);
    let first = from.unwrap_or(window.first);
    let last = to.unwrap_or_else(|| {
        let span = if from.is_some() { 0 } else { DAYS_WITHOUT_WISH - 1 };
        first.checked_add_days(Days::new(span)).unwrap_or(first)
    });
    if last < first {
        return Err(Refusal::new("bad_date", "date_to is before date_from. Swap them.".into()));
    }
    let reaches_into_window = first == window.today && last >= window.first;
    if let Err(problem) = window.check(first)
        && !reaches_into_window
    {
        return Err(outside(window, first, problem));
    }
    if let Some(weekday) = given.weekday
        && WeekdayName::of(first) != weekday
    {
        return Err(weekday_mismatch(weekday, first, window.first));
    }
    let (from, to) = (first.max(window.first), last.min(window.last));
    Ok((from, to, from != first || to != last))
}

/// The refusal for a day that cannot be booked.
pub(super) fn outside(window: &FittingWindow, day: NaiveDate, problem: DayProblem) -> Refusal {
    let (code, why) = match problem {
        DayProblem::Today => (
            "day_is_today",
            "is today; for today the caller has to phone the station itself".to_owned(),
        ),
        DayProblem::Past => ("day_is_past", format!("has gone by; today is {}", window.today)),
        DayProblem::TooFar => ("day_too_far", "is too far ahead".to_owned()),
    };
    Refusal::new(
        code,
        format!(
            "{day} {why}. Days from {} to {} can be booked: ask for one of them, or call {NAME} \
             without dates for the earliest.",
            window.first, window.last
        ),
    )
}

/// Free slots of a station in `from..=to`; none if the range is empty.
pub(super) async fn free_slots(
    desk: &ToolDesk,
    station: &Station,
    from: NaiveDate,
    to: NaiveDate,
    service: Service,
) -> Result<Vec<Slot>, Refusal> {
    if to < from {
        return Ok(Vec::new());
    }
    let mut free = desk
        .store
        .slots(&desk.scope, &station.code, from, to, service)
        .await
        .map_err(Refusal::from_store)?;
    free.retain(|slot| (from..=to).contains(&slot.date));
    free.sort_unstable();
    free.dedup();
    Ok(free)
}

/// The slots of one day.
fn on_day(slots: &[Slot], day: Option<NaiveDate>) -> Vec<Slot> {
    slots.iter().filter(|slot| Some(slot.date) == day).copied().collect()
}

/// What to offer of what is free: the first days, and of each day times spread over it, or
/// those nearest to the wish. The earliest of all is always among them.
fn chosen(free: &[Slot], wish: Option<NaiveTime>) -> Vec<Slot> {
    let mut dates: Vec<NaiveDate> = free.iter().map(|slot| slot.date).collect();
    dates.dedup();
    let mut offered = Vec::new();
    for date in dates.into_iter().take(DAYS_MAX) {
        let day = on_day(free, Some(date));
        offered.extend(match wish {
            Some(wish) => nearest(day, wish),
            None => spread(&day),
        });
    }
    offered
}

/// Up to [`TIMES_PER_DAY_MAX`] slots, first and last included, evenly between.
fn spread(day: &[Slot]) -> Vec<Slot> {
    if day.len() <= TIMES_PER_DAY_MAX {
        return day.to_vec();
    }
    let last = day.len() - 1;
    (0..TIMES_PER_DAY_MAX).map(|place| day[place * last / (TIMES_PER_DAY_MAX - 1)]).collect()
}

/// The slots nearest to a time of day, in order of time, with the day's first.
fn nearest(mut day: Vec<Slot>, wish: NaiveTime) -> Vec<Slot> {
    let first = day.first().copied();
    let seconds = |time: NaiveTime| time.num_seconds_from_midnight();
    day.sort_by_key(|slot| seconds(slot.time).abs_diff(seconds(wish)));
    day.truncate(TIMES_PER_DAY_MAX - 1);
    day.extend(first);
    day.sort_unstable();
    day.dedup();
    day
}

/// Why there is nothing, as a word.
fn reason(from: NaiveDate, to: NaiveDate) -> &'static str {
    let weekend = matches!(WeekdayName::of(from), WeekdayName::Sat | WeekdayName::Sun);
    if from == to && weekend { "weekend" } else { "no_slots" }
}

/// The offered slots by day, as the model sees them.
fn days(offered: &[Slot]) -> Value {
    let mut dates: Vec<NaiveDate> = offered.iter().map(|slot| slot.date).collect();
    dates.dedup();
    dates
        .into_iter()
        .map(|date| {
            let times: Vec<String> =
                on_day(offered, Some(date)).iter().map(|slot| clock(slot.time)).collect();
            json!({ "date": date, "weekday": WeekdayName::of(date).as_str(), "times": times })
        })
        .collect()
}

/// One slot, as the model sees it.
fn row(slot: Slot) -> Value {
    json!({ "date": slot.date, "time": clock(slot.time) })
}

/// `10:20`.
pub(super) fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}
