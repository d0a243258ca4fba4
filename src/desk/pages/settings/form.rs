//! The forms of settings: filled from what is in force, and read back.

use super::{Standing, told};
use crate::config::settings::{
    Choice, ChosenLimits, Flaw, Greeting, Holiday, Hours, NUMBERS, SHOP_NAME_CHARS_MAX,
    TransferOrder, Why,
};
use crate::desk::Fields;
use crate::desk::names::{self, Choice as Pick};
use crate::desk::words::Words;
use crate::language::Language;
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Languages that calls may begin in.
const LANGUAGES: [&str; 2] = ["uk", "en"];

/// A field of a form.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    /// `text`, `number`, `area`, `tick`, `choice`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) most: String,
    pub(super) options: Vec<Pick>,
    /// What is wrong with it.
    pub(super) wrong: String,
}

impl Field {
    fn new(kind: &'static str, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            kind,
            value: String::new(),
            most: String::new(),
            options: Vec::new(),
            wrong: String::new(),
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }
}

/// The form of what is in force.
pub(super) fn fields(words: Words, standing: &Standing) -> Vec<Field> {
    match &standing.choice {
        Choice::Hours(hours) => of_hours(words, hours, standing),
        Choice::Transfers(order) => of_transfers(words, order, standing),
        Choice::Limits(limits) => of_limits(words, limits, standing),
        Choice::Greeting(greeting) => of_greeting(words, greeting),
    }
}

/// The same as it was typed, with what is wrong.
pub(super) fn typed(
    words: Words,
    standing: &Standing,
    sent: &Fields,
    flaws: &[Flaw],
) -> Vec<Field> {
    let mut fields = fields(words, standing);
    for field in &mut fields {
        sent.raw(&field.name).clone_into(&mut field.value);
        for option in &mut field.options {
            option.chosen = option.code == field.value;
        }
        let wrong = flaws.iter().filter(|flaw| belongs(flaw, &field.name));
        field.wrong = wrong.map(|flaw| words.flaw(&flaw.why)).collect::<Vec<_>>().join(" ");
    }
    fields
}

/// An order is one thing in several fields: what is wrong with it stands at the first.
fn belongs(flaw: &Flaw, field: &str) -> bool {
    flaw.field == field || flaw.field == "order" && field == "place_0"
}

/// What a form wants; or what of it cannot be read.
pub(super) fn read(standing: &Standing, sent: &Fields) -> Result<Choice, Vec<Flaw>> {
    let choice = match &standing.choice {
        Choice::Hours(now) => Choice::Hours(read_hours(now, sent)?),
        Choice::Transfers(_) => Choice::Transfers(read_order(standing, sent)?),
        Choice::Limits(now) => Choice::Limits(read_limits(now, standing, sent)?),
        Choice::Greeting(_) => Choice::Greeting(read_greeting(sent)?),
    };
    let flaws = choice.flaws(&standing.file);
    if flaws.is_empty() { Ok(choice) } else { Err(flaws) }
}

fn of_hours(words: Words, hours: &Hours, standing: &Standing) -> Vec<Field> {
    let holidays: Vec<String> = hours.holidays.iter().map(told::holiday).collect();
    let mut fields = vec![
        Field::new("area", "people", words.hours_people())
            .hint(words.hours_people_hint())
            .value(hours.people.join("\n")),
        Field::new("area", "holidays", words.hours_holidays())
            .hint(words.hours_holidays_hint())
            .value(holidays.join("\n")),
    ];
    fields.extend(hours.stations.iter().map(|(code, week)| {
        Field::new("area", format!("station_{code}"), told::station(&standing.books, code))
            .hint(words.hours_station_hint())
            .value(week.join("\n"))
    }));
    fields
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty())
}

fn read_hours(now: &Hours, sent: &Fields) -> Result<Hours, Vec<Flaw>> {
    let week = |name: &str| lines(sent.raw(name)).map(str::to_lowercase).collect::<Vec<_>>();
    let mut flaws = Vec::new();
    let mut holidays = Vec::new();
    for line in lines(sent.raw("holidays")) {
        match read_holiday(line) {
            Some(holiday) => holidays.push(holiday),
            None => {
                flaws.push(Flaw::new("holidays", Why::Unreadable(line.chars().take(80).collect())));
            }
        }
    }
    holidays.sort_by(|a, b| (a.from, a.to, &a.name).cmp(&(b.from, b.to, &b.name)));
    holidays.dedup();
    // Only stations that were on the page: one that came since keeps its hours.
    let shown = sent.raw("stations");
    let mut stations = now.stations.clone();
    for code in shown.split(',').filter(|code| !code.is_empty()) {
        if let Some(hours) = stations.get_mut(code) {
            *hours = week(&format!("station_{code}"));
        }
    }
    if flaws.is_empty() {
        Ok(Hours { people: week("people"), holidays, stations })
    } else {
        Err(flaws)
    }
}

/// `2026-12-24..2026-12-26 Christmas`, `1.1.2027`.
fn read_holiday(line: &str) -> Option<Holiday> {
    let (days, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (from, to) = days.split_once("..").unwrap_or((days, days));
    Some(Holiday { from: read_day(from)?, to: read_day(to)?, name: name.trim().to_owned() })
}

fn read_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim_matches('.');
    let read = |shape| NaiveDate::parse_from_str(text, shape).ok();
    read("%Y-%m-%d").or_else(|| read("%d.%m.%Y"))
}

fn of_transfers(words: Words, order: &TransferOrder, standing: &Standing) -> Vec<Field> {
    let allowed = &standing.file.transfer.allowed;
    let field = |(at, name): (usize, &String)| {
        let place = order.order.iter().position(|known| known == name);
        let place = place.map_or_else(String::new, |place| (place + 1).to_string());
        let mut field = Field::new("choice", format!("place_{at}"), name.clone()).value(&*place);
        let option =
            |code: String, shown: String| Pick { chosen: code == place, code, name: shown };
        field.options.push(option(String::new(), words.transfers_not_used().to_owned()));
        field.options.extend((1..=allowed.len()).map(|place| {
            option(place.to_string(), format!("{} {place}", words.transfers_place()))
        }));
        let rings = standing.file.transfer.target(name);
        field.hint = rings.map_or_else(String::new, |target| target.hours.join(", "));
        field
    };
    allowed.iter().enumerate().map(field).collect()
}

fn read_order(standing: &Standing, sent: &Fields) -> Result<TransferOrder, Vec<Flaw>> {
    let mut placed: Vec<(usize, &String)> = Vec::new();
    for (at, name) in standing.file.transfer.allowed.iter().enumerate() {
        let place = sent.text(&format!("place_{at}"));
        if place.is_empty() {
            continue;
        }
        let unreadable = || Flaw::new("order", Why::Unreadable(place.chars().take(20).collect()));
        let place: usize = place.parse().map_err(|_| vec![unreadable()])?;
        if let Some((_, other)) = placed.iter().find(|(known, _)| *known == place) {
            return Err(vec![Flaw::new("order", Why::Twice(format!("{other}, {name}")))]);
        }
        placed.push((place, name));
    }
    placed.sort_unstable();
    Ok(TransferOrder { order: placed.into_iter().map(|(_, name)| name.clone()).collect() })
}

fn of_limits(words: Words, limits: &ChosenLimits, standing: &Standing) -> Vec<Field> {
    let file = ChosenLimits::of(&standing.file);
    let usd = [
        ("call_usd_max", limits.call_usd_max, file.call_usd_max),
        ("hour_usd_max", limits.hour_usd_max, file.hour_usd_max),
    ];
    let mut fields: Vec<Field> = usd
        .into_iter()
        .map(|(name, value, most)| {
            let allowed = if most.is_zero() {
                words.limits_no_ceiling().to_owned()
            } else {
                words.from_to("0.01", &most.to_string())
            };
            Field::new("text", name, words.limit(name))
                .hint(format!("{}; {allowed}", words.limits_usd()))
                .value(value.to_string())
        })
        .collect();
    for number in NUMBERS.iter().filter(|number| standing.has_line || !number.of_line) {
        let most = (number.get)(&file);
        let allowed = words.from_to(&number.least.min(most).to_string(), &most.to_string());
        let hint = if number.of_line {
            format!("{}; {allowed}", words.limits_hint_of_line())
        } else {
            allowed
        };
        let mut field = Field::new("number", number.name, words.limit(number.name)).hint(hint);
        field.value = (number.get)(limits).to_string();
        field.most = most.to_string();
        fields.push(field);
    }
    fields
}

fn read_limits(
    now: &ChosenLimits,
    standing: &Standing,
    sent: &Fields,
) -> Result<ChosenLimits, Vec<Flaw>> {
    let (mut limits, mut flaws) = (now.clone(), Vec::new());
    let unreadable =
        |name: &str, text: &str| Flaw::new(name, Why::Unreadable(text.chars().take(20).collect()));
    for number in NUMBERS.iter().filter(|number| standing.has_line || !number.of_line) {
        match sent.text(number.name).parse() {
            Ok(value) => (number.set)(&mut limits, value),
            Err(_) => flaws.push(unreadable(number.name, sent.text(number.name))),
        }
    }
    let usd = |name: &str| sent.text(name).replace(',', ".").parse::<Decimal>();
    for (name, place) in
        [("call_usd_max", &mut limits.call_usd_max), ("hour_usd_max", &mut limits.hour_usd_max)]
    {
        match usd(name) {
            Ok(value) => *place = value.normalize(),
            Err(_) => flaws.push(unreadable(name, sent.text(name))),
        }
    }
    if flaws.is_empty() { Ok(limits) } else { Err(flaws) }
}

fn of_greeting(words: Words, greeting: &Greeting) -> Vec<Field> {
    let mut name = Field::new("text", "name", words.greeting_name()).value(&*greeting.name);
    name.most = SHOP_NAME_CHARS_MAX.to_string();
    let mut language = Field::new("choice", "language", words.greeting_language());
    greeting.language.code().clone_into(&mut language.value);
    language.options = LANGUAGES
        .iter()
        .map(|code| Pick {
            code: (*code).to_owned(),
            name: names::name(words, names::LANGUAGES, code),
            chosen: *code == language.value,
        })
        .collect();
    let asks = if greeting.ask_rating { "1" } else { "" };
    vec![name, language, Field::new("tick", "ask_rating", words.greeting_rating()).value(asks)]
}

fn read_greeting(sent: &Fields) -> Result<Greeting, Vec<Flaw>> {
    let code = sent.text("language");
    let language = LANGUAGES.contains(&code).then(|| Language::from_code(code)).flatten();
    let unknown = || Flaw::new("language", Why::NotAllowed(code.chars().take(20).collect()));
    Ok(Greeting {
        name: sent.text("name").to_owned(),
        language: language.ok_or_else(|| vec![unknown()])?,
        ask_rating: !sent.raw("ask_rating").is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_read_as_people_write_them() {
        let read = |text: &str| read_holiday(text).map(|found| told::holiday(&found));
        for (text, shown) in [
            ("2026-12-24..2026-12-26 Christmas Eve", "2026-12-24..2026-12-26 Christmas Eve"),
            ("2027-01-01", "2027-01-01"),
            ("24.12.2026..26.12.2026  Різдво", "2026-12-24..2026-12-26 Різдво"),
            ("01.01.2027 Новий рік", "2027-01-01 Новий рік"),
        ] {
            assert_eq!(read(text).as_deref(), Some(shown), "{text}");
        }
        for bad in ["", "Christmas", "2026-02-30", "2026-12-24..", "2026-12-24..x y"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
