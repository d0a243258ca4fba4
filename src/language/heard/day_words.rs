//! Words for days: weekdays, months, and how far off a day is.

use chrono::Weekday;

/// A weekday's name, whole word only: "вт" inside "завтра" is no Tuesday. The odd ones are what
/// recognisers made of "вівторок" and others on real lines.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(Weekday, &str); 7] = [
        (
            Weekday::Mon,
            "monday mondays mon понеділок понеділка понеділку понеділком понеділки понеділок \
             понеділк пн понедельник понедельника понедельнику понедельником панеділок понидилок",
        ),
        (
            Weekday::Tue,
            "tuesday tuesdays tue tues вівторок вівторка вівторку вівторком вт вторник вторника \
             вторнику вторником вторнік викторог вікторок вівторк віторок вовторок вифт творог \
             новиторов вiвторок виторок",
        ),
        (
            Weekday::Wed,
            "wednesday wednesdays wed середа середу середи середі середою ср среда среду среды \
             среде средой",
        ),
        (
            Weekday::Thu,
            "thursday thursdays thu thur thurs четвер четверга четвергу четвергом чт четверг",
        ),
        (
            Weekday::Fri,
            "friday fridays fri п'ятниця п'ятницю п'ятниці п'ятницею пятниця пятницю пятниці \
             пятницею пт пятница пятницу пятницы пятнице пятницей п'ятница п'ятницу",
        ),
        (
            Weekday::Sat,
            "saturday saturdays субота суботу суботи суботі суботою сб суббота субботу субботы \
             субботе субботой",
        ),
        (
            Weekday::Sun,
            "sunday sundays неділя неділю неділі неділею нд воскресенье воскресенья воскресенью \
             воскресение вс воскрисенье нідiля ниділю",
        ),
    ];
    NAMES
        .iter()
        .find(|(_, names)| names.split_ascii_whitespace().any(|name| name == word))
        .map(|(day, _)| *day)
}

/// January first, in the cases that stand beside a day.
const MONTHS: [&str; 12] = [
    "january jan січня січень января январь янв",
    "february feb лютого лютий февраля февраль фев",
    "march mar березня березень марта март",
    "april apr квітня квітень апреля апрель",
    "may травня травень мая май",
    "june jun червня червень июня июнь",
    "july jul липня липень июля июль",
    "august aug серпня серпень августа август",
    "september sept sep вересня вересень сентября сентябрь",
    "october oct жовтня жовтень октября октябрь",
    "november nov листопада листопад ноября ноябрь",
    "december dec грудня грудень декабря декабрь",
];

/// 1 to 12 for a month's name.
pub(super) fn month(word: &str) -> Option<u32> {
    let index =
        MONTHS.iter().position(|names| names.split_ascii_whitespace().any(|name| name == word))?;
    Some(index as u32 + 1)
}

/// Whole phrases and the days from today.
pub(super) const RELATIVE: &[(&str, i64)] = &[
    ("the day before yesterday", -2),
    ("day before yesterday", -2),
    ("yesterday", -1),
    ("the day after tomorrow", 2),
    ("day after tomorrow", 2),
    ("today", 0),
    ("tonight", 0),
    ("tomorrow", 1),
    ("tomorrow's", 1),
    ("in a week", 7),
    ("in a week's time", 7),
    ("a week from today", 7),
    ("a week from now", 7),
    ("a week today", 7),
    ("a week from tomorrow", 8),
    ("in a fortnight", 14),
    ("in a couple of days", 2),
    ("in a day", 1),
    ("a week ago", -7),
    ("сьогодні", 0),
    ("сьогодня", 0),
    ("сьодні", 0),
    ("завтра", 1),
    ("завтрашн*", 1),
    ("післязавтра", 2),
    ("після завтра", 2),
    ("післязавтрашн*", 2),
    ("позавтра", 2),
    ("послєзавтра", 2),
    ("вчора", -1),
    ("учора", -1),
    ("позавчора", -2),
    ("через тиждень", 7),
    ("за тиждень", 7),
    ("через неділю", 7),
    ("через недєлю", 7),
    ("рівно через тиждень", 7),
    ("через день", 2),
    ("через пару днів", 2),
    ("за пару днів", 2),
    ("тиждень тому", -7),
    ("сегодня", 0),
    ("послезавтра", 2),
    ("после завтра", 2),
    ("вчера", -1),
    ("позавчера", -2),
    ("через неделю", 7),
    ("через недельку", 7),
    ("через тижденьок", 7),
    ("через пару дней", 2),
    ("неделю назад", -7),
];

/// What counts days, weeks and months.
pub(super) const DAYS: &[&str] =
    &["day", "days", "день", "дні", "днів", "дня", "дней", "дні", "дни", "днi"];
/// Seven days.
pub(super) const WEEKS: &[&str] = &[
    "week",
    "weeks",
    "тиждень",
    "тижні",
    "тижнів",
    "тижня",
    "неделю",
    "недели",
    "недель",
    "неділі",
    "неделі",
];
/// The same day of a month further on.
pub(super) const MONTHS_AHEAD: &[&str] =
    &["month", "months", "місяць", "місяці", "місяців", "месяц", "месяца", "месяцев"];

/// What an ordinal before it counts, so that it is no day: stems.
pub(super) const THINGS: &[&str] = &[
    "one",
    "option",
    "station",
    "slot",
    "time",
    "variant",
    "floor",
    "set",
    "place",
    "gear",
    "owner",
    "row",
    "варіант",
    "вариант",
    "станц",
    "адрес",
    "раз",
    "поверх",
    "этаж",
    "час",
    "слот",
    "точк",
    "розмір",
    "размер",
    "радіус",
    "радиус",
    "діаметр",
    "диаметр",
    "рок",
    "год",
    "ряд",
    "клас",
    "дом",
    "будин",
    "диск",
    "колес",
    "сорт",
    "оператор",
    "менедж",
    "власник",
    "владел",
    "відділ",
    "отдел",
    "магазин",
    "покол",
    "номер",
    "дюйм",
];
