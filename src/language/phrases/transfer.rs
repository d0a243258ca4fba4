//! What is said around a transfer: to the caller when nobody came, to the operator who answered.

use super::Phrase;
use crate::language::Language;
use crate::language::calendar::on_day;
use chrono::{NaiveDate, NaiveDateTime, Timelike as _};

/// The words for an occasion around a transfer; `None` for any other.
pub(super) fn phrase(phrase: Phrase<'_>, language: Language) -> Option<String> {
    Some(match phrase {
        Phrase::NobodyOfferCallback { by, today } => {
            let by = by_when(by, today, language);
            match language {
                Language::En => {
                    format!("Sorry, nobody is free right now. Shall a colleague call you back{by}?")
                }
                Language::Uk => format!(
                    "Перепрошую, зараз усі зайняті. Передати колезі, щоб вам передзвонили{by}?"
                ),
                Language::Ru => format!(
                    "Простите, сейчас все заняты. Передать коллеге, чтобы вам перезвонили{by}?"
                ),
            }
        }
        Phrase::NobodyGoOn => match language {
            Language::En => "Sorry, nobody is free right now. Can I help with something else?",
            Language::Uk => "Перепрошую, зараз усі зайняті. Чи можу я допомогти чимось ще?",
            Language::Ru => "Простите, сейчас все заняты. Могу ли я помочь чем-то ещё?",
        }
        .to_owned(),
        Phrase::CallbackSaved { by, today } => {
            let by = by_when(by, today, language);
            match language {
                Language::En => {
                    format!("Noted, a colleague will call you back{by}. Is there anything else?")
                }
                Language::Uk => format!("Записав, вам передзвонять{by}. Чим ще допомогти?"),
                Language::Ru => format!("Записал, вам перезвонят{by}. Чем ещё помочь?"),
            }
        }
        Phrase::CallbackDeclined => match language {
            Language::En => "All right, no call back. Is there anything else I can help with?",
            Language::Uk => "Добре, не передзвонюємо. Чим ще допомогти?",
            Language::Ru => "Хорошо, не перезваниваем. Чем ещё помочь?",
        }
        .to_owned(),
        Phrase::BriefingCaller { number, reason } => briefing(number, reason, language),
        Phrase::BriefingKeys => match language {
            Language::En => "Press 1 to take the call, 2 to refuse it.",
            Language::Uk => "Натисніть 1, щоб прийняти дзвінок, або 2, щоб відмовитися.",
            Language::Ru => "Нажмите 1, чтобы принять звонок, или 2, чтобы отказаться.",
        }
        .to_owned(),
        _ => return None,
    })
}

/// " by 10:30", " on Monday, 23 November, by 9:30", or nothing.
fn by_when(by: Option<NaiveDateTime>, today: NaiveDate, language: Language) -> String {
    let Some(by) = by else { return String::new() };
    let time = format!("{}:{:02}", by.hour(), by.minute());
    let until = match language {
        Language::En => "by",
        Language::Uk | Language::Ru => "до",
    };
    if by.date() == today {
        format!(" {until} {time}")
    } else {
        format!(" {}, {until} {time}", on_day(by.date(), language))
    }
}

fn briefing(number: Option<&str>, reason: &str, language: Language) -> String {
    let who = match (language, number) {
        (Language::En, Some(number)) => format!("A call from {number}"),
        (Language::En, None) => "A call from a withheld number".to_owned(),
        (Language::Uk, Some(number)) => format!("Дзвінок з номера {number}"),
        (Language::Uk, None) => "Дзвінок із прихованого номера".to_owned(),
        (Language::Ru, Some(number)) => format!("Звонок с номера {number}"),
        (Language::Ru, None) => "Звонок со скрытого номера".to_owned(),
    };
    match why(reason, language) {
        Some(why) => format!("{who}: {why}."),
        None => format!("{who}."),
    }
}

/// The reasons of `transfer_to_operator`, and the core's own.
fn why(reason: &str, language: Language) -> Option<&'static str> {
    let words = match reason {
        "customer_request" => {
            ["asks for a person", "просить з'єднати з людиною", "просит соединить с человеком"]
        }
        "cannot_help" => {
            ["the agent could not help", "помічник не зміг допомогти", "помощник не смог помочь"]
        }
        "complex_question" => ["a difficult question", "складне запитання", "сложный вопрос"],
        "negative_emotion" => ["the caller is upset", "клієнт незадоволений", "клиент недоволен"],
        "provider_down" => {
            ["the agent has technical trouble", "технічний збій", "технический сбой"]
        }
        "cost_ceiling" => [
            "the agent has used up its budget",
            "помічник вичерпав свій бюджет",
            "помощник исчерпал свой бюджет",
        ],
        _ => return None,
    };
    Some(match language {
        Language::En => words[0],
        Language::Uk => words[1],
        Language::Ru => words[2],
    })
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::phrases::{Phrase, phrase};
    use chrono::NaiveDate;

    #[test]
    fn the_promise_names_the_time_and_another_day_by_its_name() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let by = |day: NaiveDate| day.and_hms_opt(9, 30, 0);
        let offer = |by, language| phrase(Phrase::NobodyOfferCallback { by, today }, language);
        assert!(offer(by(today), Language::En).ends_with("call you back by 9:30?"));
        let monday = today.succ_opt().unwrap();
        assert!(offer(by(monday), Language::En).contains("on Monday, 23 November, by 9:30?"));
        assert!(offer(by(monday), Language::Uk).contains("у понеділок, 23 листопада, до 9:30?"));
        assert!(offer(None, Language::Ru).ends_with("перезвонили?"));
    }

    #[test]
    fn the_operator_is_told_who_calls_and_why() {
        let told =
            |number, reason, language| phrase(Phrase::BriefingCaller { number, reason }, language);
        let english = told(Some("+380671234567"), "negative_emotion", Language::En);
        assert_eq!(english, "A call from +380671234567: the caller is upset.");
        assert_eq!(told(None, "odd", Language::Uk), "Дзвінок із прихованого номера.");
    }
}
