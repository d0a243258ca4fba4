//! Names of days and months.

use super::Language;
use chrono::{Datelike as _, NaiveDate, Weekday};

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_UK: [&str; 12] = [
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
];
const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const ON_WEEKDAYS_EN: [&str; 7] = [
    "on Monday",
    "on Tuesday",
    "on Wednesday",
    "on Thursday",
    "on Friday",
    "on Saturday",
    "on Sunday",
];
const ON_WEEKDAYS_UK: [&str; 7] =
    ["у понеділок", "у вівторок", "у середу", "у четвер", "у п'ятницю", "у суботу", "у неділю"];
const ON_WEEKDAYS_RU: [&str; 7] = [
    "в понедельник",
    "во вторник",
    "в среду",
    "в четверг",
    "в пятницу",
    "в субботу",
    "в воскресенье",
];

/// The month's name as it stands beside a day: "November", "листопада". `month` is 1 to 12; other
/// values wrap.
pub(crate) fn month_name(month: u32, language: Language) -> &'static str {
    let index = (month as usize + 11) % 12;
    match language {
        Language::En => MONTHS_EN[index],
        Language::Uk => MONTHS_UK[index],
        Language::Ru => MONTHS_RU[index],
    }
}

/// "on Monday", "у понеділок".
pub(crate) fn on_weekday(day: Weekday, language: Language) -> &'static str {
    let index = day.num_days_from_monday() as usize;
    match language {
        Language::En => ON_WEEKDAYS_EN[index],
        Language::Uk => ON_WEEKDAYS_UK[index],
        Language::Ru => ON_WEEKDAYS_RU[index],
    }
}

/// "on Wednesday, 25 November", "у середу, 25 листопада".
pub(crate) fn on_day(date: NaiveDate, language: Language) -> String {
    let weekday = on_weekday(date.weekday(), language);
    format!("{weekday}, {} {}", date.day(), month_name(date.month(), language))
}
