//! Words after which a person should be offered, whatever is known: complaints, claims for money,
//! courts, danger. The agent may still answer; it does not argue.

use super::words::{fold, tokens};

/// Beginnings of words and phrases, folded; between bars. English, Ukrainian, Russian.
const COMPLAINT: &str = "complain|скарг|скарж|поскарж|жалоб|пожалова|пожалую|обурен|возмущ|обман|шахра|мошенн|\
    scam|fraud|cheat|rude|хамств|хамит|хамят|хамлят|грубіян|грубил";
const MONEY_BACK: &str = "refund|money back|my money|повернення грош|повернути грош|поверніть грош|\
    поверніть мені|верните деньг|возврат денег|вернуть деньг|мої гроші|мои деньги";
const COURT: &str = "lawsuit|lawyer|court|sue you|суд |суду|судом|адвокат|юрист|позов|\
    захист прав споживач|защит прав потребит|прокурат|поліці|полици|держпродспожив";
const DANGER: &str = "accident|crash|injur|hospital|аварі|авари|дтп|травм|лікарн|больниц";

/// Why a person should be offered after these words of a caller, as a word for the log:
/// `complaint`, `money_back`, `legal`, `danger`; `None` for everyday words.
#[must_use]
pub fn trigger(text: &str) -> Option<&'static str> {
    // A word begins after a space: "розсуд" is no court.
    let words: Vec<String> = tokens(&fold(text)).into_iter().map(|token| token.text).collect();
    let line = format!(" {} ", words.join(" "));
    let holds = |list: &str| list.split('|').any(|one| line.contains(&format!(" {one}")));
    let rows = [
        ("danger", DANGER),
        ("legal", COURT),
        ("money_back", MONEY_BACK),
        ("complaint", COMPLAINT),
    ];
    rows.into_iter().find(|(_, list)| holds(list)).map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_claims_courts_and_danger_are_told_apart() {
        for (text, expected) in [
            ("Я хочу подати скаргу", Some("complaint")),
            ("Это обман какой-то!", Some("complaint")),
            ("Верните деньги", Some("money_back")),
            ("I want my money back", Some("money_back")),
            ("Поверніть мені гроші за шини", Some("money_back")),
            ("Я піду до суду", Some("legal")),
            ("My lawyer will call you", Some("legal")),
            ("Через ваше колесо я потрапив в аварію", Some("danger")),
            ("Яка гарантія на шини?", None),
            ("Чи можна повернути шини?", None),
            ("На ваш розсуд", None),
            ("Подскажите, пожалуйста, про хранение", None),
            ("Can I pay by card?", None),
            ("", None),
        ] {
            assert_eq!(trigger(text), expected, "{text}");
        }
    }
}
