//! The words and numbers of pictures, in the reader's language.

use crate::chart::Show;
use chrono::{Datelike as _, NaiveDate};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reader {
    /// English.
    #[default]
    En,
    /// Ukrainian.
    Uk,
}

impl Reader {
    /// One of two texts.
    #[must_use]
    pub const fn says(self, en: &'static str, uk: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Uk => uk,
        }
    }

    /// A word of the log in the reader's words; one that is not known here as it is.
    #[must_use]
    pub fn word(self, word: &str) -> &str {
        let found = WORDS.iter().find(|(known, ..)| *known == word);
        found.map_or(word, |(_, en, uk)| self.says(en, uk))
    }

    /// How counts are written.
    #[must_use]
    pub const fn count(self) -> Show {
        match self {
            Self::En => |value| grouped(value, 0, ',', '.'),
            Self::Uk => |value| grouped(value, 0, '\u{a0}', ','),
        }
    }

    /// How times in milliseconds are written.
    #[must_use]
    pub const fn ms(self) -> Show {
        match self {
            Self::En => |value| {
                if value.abs() < 999.5 {
                    format!("{value:.0} ms")
                } else {
                    format!("{:.2} s", value / 1000.0)
                }
            },
            Self::Uk => |value| {
                if value.abs() < 999.5 {
                    format!("{value:.0} мс")
                } else {
                    format!("{:.2} с", value / 1000.0).replace('.', ",")
                }
            },
        }
    }

    /// How money of the shop is written.
    #[must_use]
    pub const fn money(self) -> Show {
        match self {
            Self::En => |value| format!("UAH {}", grouped(value, 2, ',', '.')),
            Self::Uk => |value| format!("{}\u{a0}₴", grouped(value, 2, '\u{a0}', ',')),
        }
    }

    /// How the cost of providers is written.
    #[must_use]
    pub const fn usd(self) -> Show {
        match self {
            Self::En => |value| format!("USD {}", grouped(value, 4, ',', '.')),
            Self::Uk => |value| format!("{}\u{a0}$", grouped(value, 4, '\u{a0}', ',')),
        }
    }

    /// A number with so many decimals.
    #[must_use]
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        match self {
            Self::En => grouped(value, decimals, ',', '.'),
            Self::Uk => grouped(value, decimals, '\u{a0}', ','),
        }
    }

    /// How a share is written.
    #[must_use]
    pub const fn percent(self) -> Show {
        |value| format!("{value:.0}\u{a0}%")
    }

    /// A date as it stands under an axis.
    #[must_use]
    pub fn short_date(self, day: NaiveDate) -> String {
        match self {
            Self::En => day.format("%-d %b").to_string(),
            Self::Uk => day.format("%d.%m").to_string(),
        }
    }

    /// A date with its weekday.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        let weekday = self.weekdays()[day.weekday().num_days_from_monday() as usize];
        match self {
            Self::En => format!("{weekday} {}", day.format("%-d %b %Y")),
            Self::Uk => format!("{weekday}, {}", day.format("%d.%m.%Y")),
        }
    }

    /// The weekdays, Monday first.
    #[must_use]
    pub const fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            Self::Uk => ["пн", "вт", "ср", "чт", "пт", "сб", "нд"],
        }
    }

    /// So many calls, in the right form of the word.
    #[must_use]
    pub fn calls(self, count: i64) -> String {
        let number = self.count()(count as f64);
        let (tens, ones) = (count.abs() % 100, count.abs() % 10);
        let word = match self {
            Self::En if count == 1 => "call",
            Self::En => "calls",
            Self::Uk if ones == 1 && tens != 11 => "дзвінок",
            Self::Uk if (2..=4).contains(&ones) && !(12..=14).contains(&tens) => "дзвінки",
            Self::Uk => "дзвінків",
        };
        format!("{number} {word}")
    }
}

/// Minutes and seconds of a length in seconds, the same in every language.
#[must_use]
pub fn length(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{:02}", seconds % 60)
    } else {
        format!("{minutes}:{:02}", seconds % 60)
    }
}

/// A number with its thousands apart.
fn grouped(value: f64, decimals: usize, between: char, point: char) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        out.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(between);
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push(point);
        out.push_str(rest);
    }
    out
}

/// Words of the log and what they are called.
const WORDS: &[(&str, &str, &str)] = &[
    ("resolved", "resolved", "вирішено"),
    ("transferred", "handed over", "передано"),
    ("callback", "call back", "передзвонити"),
    ("abandoned", "hung up", "перервали"),
    ("ours", "lost by us", "наша вина"),
    ("aside", "open", "тривають"),
    ("lost_process", "our process died", "наш процес упав"),
    ("leg_lost", "line broke", "зв’язок обірвався"),
    ("error", "our error", "наша помилка"),
    ("refused", "not served", "не прийнято"),
    ("open", "going on", "триває"),
    ("greeting", "greeting", "привітання"),
    ("tire_search", "looking for tyres", "пошук шин"),
    ("station_selection", "choosing a station", "вибір станції"),
    ("time_selection", "choosing a time", "вибір часу"),
    ("details", "name and car", "ім’я та авто"),
    ("order_items", "putting an order together", "складання замовлення"),
    ("delivery", "choosing delivery", "вибір доставки"),
    ("confirmation", "saying yes", "підтвердження"),
    ("done", "settled", "вирішено"),
    ("customer_request", "caller asked", "попросив клієнт"),
    ("cannot_help", "agent could not help", "агент не зміг допомогти"),
    ("complex_question", "question too hard", "складне питання"),
    ("negative_emotion", "caller was upset", "клієнт засмучений"),
    ("provider_down", "a provider was down", "постачальник не працював"),
    ("answered", "a person answered", "людина відповіла"),
    ("passed_on", "passed on to the exchange", "віддано станції"),
    ("under_way", "still ringing", "ще дзвонить"),
    ("caller_left", "caller left first", "клієнт не дочекався"),
    ("nobody_came", "nobody picked up", "ніхто не відповів"),
    ("out_of_hours", "out of hours", "поза робочим часом"),
    ("failed", "did not work", "не спрацювало"),
    ("not_known", "not known", "невідомо"),
    ("none", "nothing that is known", "невідомо про що"),
    ("order", "order", "замовлення"),
    ("fitting_booking", "fitting", "шиномонтаж"),
    ("fitting_change", "changing a fitting", "зміна запису"),
    ("price_query", "prices", "ціни"),
    ("wishlist", "waiting list", "список очікування"),
    ("order_status", "state of an order", "стан замовлення"),
    ("storage", "tyre storage", "зберігання шин"),
    ("operator", "operators", "оператори"),
    ("agent", "agent", "агент"),
    ("tyre_order", "tyres sold", "продані шини"),
    ("tire_change", "tyre change", "заміна шин"),
    ("balancing", "balancing", "балансування"),
    ("full_service", "full service", "повний сервіс"),
    ("reply", "whole", "усе"),
    ("endpointing", "end of turn", "пауза"),
    ("stt", "recognition", "розпізнавання"),
    ("llm", "brain", "мозок"),
    ("tts", "voice", "голос"),
    ("tool", "tools", "інструменти"),
    ("rest", "the rest", "решта"),
    ("knowledge", "knowledge", "довідка"),
    ("profile", "about the caller", "про клієнта"),
    ("short", "ended at once", "одразу обірвані"),
    ("counted", "in the rates", "враховані"),
    ("not_understood", "not understood", "не зрозуміли"),
    ("cost_ceiling", "cost ceiling reached", "досягнуто межі витрат"),
    ("embed", "search by meaning", "пошук за змістом"),
    ("judge", "judge of quality", "оцінювач якості"),
    ("greeted", "greeting", "привіталися"),
    ("understood_intent", "understood the wish", "зрозуміли бажання"),
    ("correct_tool", "right tools", "правильні дії"),
    ("accurate_info", "true facts", "правдиві факти"),
    ("confirmed_before_action", "asked before acting", "спитали перед дією"),
    ("concise", "brief", "стисло"),
    ("resolved_without_human", "settled without a person", "вирішено без людини"),
    ("satisfied", "caller content", "клієнт задоволений"),
    ("asked", "asked for a person", "просили людину"),
    ("unpriced", "with a step of unknown price", "з кроком невідомої ціни"),
    ("rated", "rated by callers", "оцінені клієнтами"),
    ("judged", "quality judged", "якість оцінено"),
    ("poor", "of poor quality", "поганої якості"),
    ("known_number", "with a known number", "з відомим номером"),
    ("any", "anything", "будь-що"),
    ("booking", "fitting booked", "запис"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_their_language_does() {
        let (en, uk) = (Reader::En, Reader::Uk);
        assert_eq!((en.count())(1_234_567.0), "1,234,567");
        assert_eq!((uk.count())(1234.0), "1\u{a0}234");
        assert_eq!((uk.money())(1234.56), "1\u{a0}234,56\u{a0}₴");
        assert_eq!((en.money())(-0.001), "UAH 0.00");
        assert_eq!(((en.ms())(640.0), (en.ms())(1240.0)), ("640 ms".into(), "1.24 s".into()));
        assert_eq!((uk.ms())(1240.0), "1,24 с");
        assert_eq!((length(125.4), length(3725.0)), ("2:05".into(), "1:02:05".into()));
    }

    #[test]
    fn ukrainian_calls_have_their_forms() {
        let forms = [1, 2, 5, 11, 12, 21, 22, 111].map(|count| Reader::Uk.calls(count));
        let wanted = [
            "1 дзвінок",
            "2 дзвінки",
            "5 дзвінків",
            "11 дзвінків",
            "12 дзвінків",
            "21 дзвінок",
            "22 дзвінки",
            "111 дзвінків",
        ];
        assert_eq!(forms, wanted);
        assert_eq!(Reader::En.calls(1), "1 call");
    }

    #[test]
    fn a_word_is_known_once() {
        let mut words: Vec<&str> = WORDS.iter().map(|(word, ..)| *word).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
        assert_eq!(Reader::Uk.word("a new word"), "a new word");
    }
}
