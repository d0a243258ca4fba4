//! What is said in the place of a withheld answer: short, from the latest result, in the call's
//! language.

use super::Evidence;
use super::facts::Facts;
use crate::language::Language;
use crate::language::calendar::on_day;
use chrono::NaiveDate;
use serde_json::Value;

/// Offers and times that one can keep in mind on a telephone.
const SPOKEN_MAX: usize = 3;

/// A sentence from the latest result that has to do with what was withheld.
pub(in crate::turn) fn instead(
    facts: &Facts,
    flaw: &Evidence,
    language: Language,
) -> Option<(String, String)> {
    let results = facts.results().iter().rev();
    let fitting = results.filter(|(tool, _)| fits(tool, &flaw.kind));
    let mut told = fitting
        .filter_map(|(tool, result)| Some((tool.clone(), sentence(tool, result, language)?)));
    told.next()
}

/// Nothing is known: an apology and a closed question.
pub(in crate::turn) const fn sorry(kind_is_done: bool, language: Language) -> &'static str {
    match (kind_is_done, language) {
        (true, Language::En) => "That is not done yet. Shall we go on with it?",
        (true, Language::Uk) => "Цього ще не зроблено. Продовжимо?",
        (true, Language::Ru) => "Это ещё не сделано. Продолжим?",
        (false, Language::En) => {
            "Sorry, I do not know that for certain. Shall I connect you with an operator?"
        }
        (false, Language::Uk) => "Перепрошую, точно цього не знаю. З'єднати вас з оператором?",
        (false, Language::Ru) => "Извините, точно этого не знаю. Соединить вас с оператором?",
    }
}

/// Has a result of this tool to do with a claim of this kind?
fn fits(tool: &str, kind: &str) -> bool {
    let tools: &[&str] = match kind {
        "money" | "price" | "brand" | "quantity" | "number" | "stock" => &[
            "search_tires",
            "check_availability",
            "create_order_draft",
            "update_order_delivery",
            "confirm_order",
            "get_fitting_price",
            "get_order_status",
        ],
        "tire_size" | "diameter" => &["search_tires", "get_vehicle_tire_sizes"],
        "date" | "weekday" | "time" => {
            &["get_fitting_slots", "book_fitting", "cancel_fitting", "get_customer_bookings"]
        }
        "done" => &["book_fitting", "confirm_order", "cancel_fitting"],
        _ => &[],
    };
    tools.contains(&tool)
}

fn sentence(tool: &str, result: &Value, language: Language) -> Option<String> {
    match tool {
        "search_tires" | "check_availability" => offers(result, language),
        "get_vehicle_tire_sizes" => sizes(result, language),
        "create_order_draft" | "update_order_delivery" | "confirm_order" => total(result, language),
        "get_fitting_slots" => slots(result, language),
        "book_fitting" | "cancel_fitting" => appointment(result, language),
        _ => None,
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn words(language: Language, all: [&'static str; 3]) -> &'static str {
    match language {
        Language::En => all[0],
        Language::Uk => all[1],
        Language::Ru => all[2],
    }
}

fn offers(result: &Value, language: Language) -> Option<String> {
    let at = words(language, ["at", "по", "по"]);
    let hryvnias = words(language, ["UAH", "грн", "грн"]);
    let items = list(result, "items");
    let mut told = items.iter().take(SPOKEN_MAX).filter_map(|item| {
        let brand = text(item, "brand")?;
        // A model's name is the shop's data and may hold anything: a short one without a sum is one.
        let model = text(item, "model").filter(|model| is_name(model)).unwrap_or_default();
        Some(format!(
            "{} {at} {} {hryvnias}",
            format!("{brand} {model}").trim(),
            text(item, "price")?
        ))
    });
    let first = told.next()?;
    let rest: Vec<String> = std::iter::once(first).chain(told).collect();
    let start = words(language, ["What I have", "Є такі", "Есть такие"]);
    Some(format!("{start}: {}.", rest.join(", ")))
}

/// Characters of a model's name that is worth saying.
const NAME_CHARS_MAX: usize = 40;

fn is_name(text: &str) -> bool {
    let folded = text.to_lowercase();
    let priced = ["uah", "грн", "гривен", "hryv"].iter().any(|word| folded.contains(word));
    !priced && text.chars().count() <= NAME_CHARS_MAX
}

fn sizes(result: &Value, language: Language) -> Option<String> {
    let key =
        if list(result, "stock_sizes").is_empty() { "acceptable_sizes" } else { "stock_sizes" };
    let sizes: Vec<&str> =
        list(result, key).iter().take(SPOKEN_MAX).filter_map(Value::as_str).collect();
    let start =
        words(language, ["Sizes for this car", "Розміри для цього авто", "Размеры для этого авто"]);
    (!sizes.is_empty()).then(|| format!("{start}: {}.", sizes.join(", ")))
}

fn total(result: &Value, language: Language) -> Option<String> {
    let total = text(result, "total")?;
    Some(match language {
        Language::En => format!("The total is {total} UAH."),
        Language::Uk => format!("Разом {total} грн."),
        Language::Ru => format!("Всего {total} грн."),
    })
}

fn day(value: &Value, language: Language) -> Option<String> {
    let date: NaiveDate = text(value, "date")?.parse().ok()?;
    Some(on_day(date, language))
}

/// Results list times under a day, or slots with a day each.
fn slots(result: &Value, language: Language) -> Option<String> {
    let at = words(language, ["at", "о", "в"]);
    let days = ["days", "slots", "alternatives"].map(|key| list(result, key)).concat();
    let mut told: Vec<String> = Vec::new();
    for one in &days {
        let Some(day) = day(one, language) else { continue };
        let times = list(one, "times").iter().filter_map(Value::as_str).take(SPOKEN_MAX);
        let times: Vec<&str> = text(one, "time").into_iter().chain(times).collect();
        if !times.is_empty() && told.len() < SPOKEN_MAX {
            told.push(format!("{day} {at} {}", times.join(", ")));
        }
    }
    let start = words(language, ["The free times are", "Вільний час", "Свободное время"]);
    (!told.is_empty()).then(|| format!("{start}: {}.", told.join("; ")))
}

fn appointment(result: &Value, language: Language) -> Option<String> {
    let (status, station) = (text(result, "status")?, text(result, "station")?);
    let (day, time) = (day(result, language)?, text(result, "time")?);
    let state = match status {
        "confirmed" => words(language, ["You are booked", "Вас записано", "Вы записаны"]),
        "moved" => words(language, ["It is moved", "Запис перенесено", "Запись перенесена"]),
        "cancelled" => words(language, ["It is cancelled", "Запис скасовано", "Запись отменена"]),
        _ => return None,
    };
    let at = words(language, ["at", "о", "в"]);
    Some(format!("{state}: {day} {at} {time}, {station}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_latest_fitting_result_is_told_in_the_language_of_the_call() {
        let mut facts = Facts::default();
        let today = NaiveDate::default();
        let tyres = json!({ "items": [{ "brand": "Nokian", "model": "R5", "price": "4720" }] });
        facts.learn("search_tires", &json!({}), &tyres, true, today);
        let times = json!({ "days": [{ "date": "2026-11-25", "times": ["10:20", "11:00"] }] });
        facts.learn("get_fitting_slots", &json!({}), &times, true, today);
        let told = |kind: &str, language| {
            let flaw = Evidence::new(kind, "", None);
            instead(&facts, &flaw, language).map(|(_, text)| text)
        };
        assert_eq!(
            told("money", Language::En).as_deref(),
            Some("What I have: Nokian R5 at 4720 UAH.")
        );
        assert_eq!(
            told("time", Language::Uk).as_deref(),
            Some("Вільний час: у середу, 25 листопада о 10:20, 11:00.")
        );
        assert_eq!(told("done", Language::Ru), None);
    }
}
