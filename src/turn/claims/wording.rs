//! Claims that are words: "booked", "in stock", "free of charge", "let me check".

use super::Evidence;
use super::facts::{Fact, Facts};
use crate::language::words::{Kind, fold, tokens};
use rust_decimal::Decimal;
use serde_json::Value;

/// Something that a tool did, or told that it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::turn) enum Deed {
    Booked,
    Ordered,
    Cancelled,
    Moved,
    Saved,
    Held,
    Callback,
    /// A booking of the caller's was shown.
    BookingStands,
    /// An order of the caller's was shown.
    OrderStands,
}

impl Deed {
    /// What a tool's success amounts to.
    pub(super) fn of(tool: &str, result: &Value) -> Vec<Self> {
        let is = |key: &str, word: &str| result.get(key).and_then(Value::as_str) == Some(word);
        let some = |key: &str| {
            result.get(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty())
        };
        match tool {
            "book_fitting" => vec![Self::Booked],
            "reserve_fitting_slot" => vec![Self::Held],
            "confirm_order" => vec![Self::Ordered],
            "cancel_fitting" if is("status", "moved") => vec![Self::Moved, Self::Booked],
            "cancel_fitting" => vec![Self::Cancelled],
            "update_customer_profile" | "add_to_wishlist" => vec![Self::Saved],
            "create_callback_request" => vec![Self::Saved, Self::Callback],
            "get_customer_bookings" if some("bookings") => vec![Self::BookingStands],
            "get_order_status" if some("orders") => vec![Self::OrderStands],
            _ => Vec::new(),
        }
    }

    /// It was done in this call.
    pub(super) const fn is_own(self) -> bool {
        !matches!(self, Self::BookingStands | Self::OrderStands)
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Booked | Self::BookingStands => "booked",
            Self::Ordered | Self::OrderStands => "ordered",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
            Self::Saved => "saved",
            Self::Held => "held",
            Self::Callback => "callback",
        }
    }
}

/// Words that say that a thing is done, between spaces, and the deeds of which one must have
/// happened. None: any. A word with a star is a stem.
const DONE: &[(&str, &[Deed])] = &[
    (
        "booked scheduled записано записаний записана записані заброньован* забронював \
         забронювала забронювали записан записаны забронирова*",
        &[Deed::Booked, Deed::BookingStands, Deed::Moved],
    ),
    (
        // What a person writes down: a booking, but also a wish to be phoned.
        "записав записала записали записал",
        &[Deed::Booked, Deed::BookingStands, Deed::Moved, Deed::Saved],
    ),
    (
        "reserved зарезервован* зарезервирован* притримав придержал",
        &[Deed::Held, Deed::Booked, Deed::Ordered],
    ),
    (
        "ordered purchased замовлено замовив замовила замовили заказано заказал заказала заказали \
         shipped dispatched відправлено отправлен* paid сплачено оплачен* оплачено",
        &[Deed::Ordered, Deed::OrderStands],
    ),
    (
        "cancelled canceled скасовано скасований скасована скасував скасувала скасували відмінено \
         отменен* отменён* отменил*",
        &[Deed::Cancelled, Deed::OrderStands, Deed::BookingStands],
    ),
    (
        "moved rescheduled перенесено перенесений перенесена переніс перенесла перенесли перенесен \
         перенесён* перенёс перенес",
        &[Deed::Moved],
    ),
    ("saved updated збережено зберіг зберегла сохранен* сохранён* сохранил*", &[Deed::Saved]),
    (
        "confirmed placed done completed готово зроблено сделано оформлено оформлений оформлена \
         оформлене оформив оформила оформили оформлен оформил підтверджено підтверджений \
         підтверджена підтверджене подтвержден* подтверждён* прийнято принят принято створено \
         создан",
        &[],
    ),
];

/// Close before a word of [`DONE`] these say that it is not done, or not yet.
const NOT_DONE: &str = "not nothing never cannot can could will would should to be if once when \
    until before unless after fully get без не ні нічого якщо коли щоб буде будуть можу можна \
    після ничего если когда чтобы будет могу можно после поки пока";
/// Words of a question at its beginning.
const ASKING: &str = "shall do does did would should can could may is are will has want which what \
    how when чи хочете бажаєте може вам який яка яке скільки на хотите желаете может какой какая \
    сколько";
/// How many words before are looked at.
const NEAR_WORDS: usize = 4;

const FREE_OF_CHARGE: &str = "free of charge|for free|free delivery|free shipping|delivery is free|\
    shipping is free|no charge|безкоштовн|бесплатн";
const IN_STOCK: &str = "in stock|out of stock|sold out|в наявності|на складі|закінчил|в наличии|\
    на складе|закончил";
const REMAINS: &str = " left|залиш|остал";
const FREE_TIME: &str = "is free|are free|free slot|free time|fully booked|already taken|not free|\
    is taken|are taken|all taken|been taken|no slots|no times|\
    вільн|зайнят|свободн|свободен|занят";
/// The same words in sentences about something else.
const NO_TIME: &str = "feel free|taken care|pickup is free|delivery is free|shipping is free|\
    free of charge|collection is free";
const TAKEN: &str = "not free|taken|booked|busy|зайнят|занят|немає|нема|нет |no free";
const CALL_BACK: &str = "call you back|ring you back|call back to you|передзвон|зателефонуємо вам|\
    вам зателефонують|перезвон";
const PROMISES: &str = "let me check|let me look|let me see|let me find|let me search|i'll check|\
    i will check|i'll look|i will look|i'll find|i will find|i'll search|i will search|\
    i'll take a look|checking|searching|looking it up|one moment|just a moment|just a second|\
    hold on|give me a moment|give me a second|connecting you|connect you now|transferring you|\
    i'll transfer|зараз подив|зараз перев|зараз глян|зараз пошук|зараз знайд|зараз дізна|\
    зараз уточн|перевіряю|шукаю|дивлюся|дивлюсь|хвилинку|секунд|одну мить|з'єдную|перемикаю|\
    сейчас посмотр|сейчас провер|сейчас глян|сейчас поищ|сейчас найд|сейчас уточн|проверяю|ищу |\
    минутк|минуточк|соединяю|переключаю";

/// A sentence that is a question from its first word on.
pub(super) fn asks(sentence: &str) -> bool {
    let first = tokens(sentence).into_iter().find(|token| token.kind == Kind::Word);
    sentence.trim_end().ends_with('?') && first.is_some_and(|word| is_one_of(&word.text, ASKING))
}

/// One of the phrases between bars is in the text.
fn contains_any(folded: &str, phrases: &str) -> bool {
    phrases.split('|').any(|phrase| folded.contains(phrase))
}

/// The word is one of these, between spaces; one with a star is a stem.
fn is_one_of(word: &str, words: &str) -> bool {
    words
        .split_ascii_whitespace()
        .any(|one| one.strip_suffix('*').map_or(word == one, |stem| word.starts_with(stem)))
}

/// It speaks of what the shop has, so that a number in it is stock.
pub(super) fn speaks_of_stock(folded: &str) -> bool {
    contains_any(folded, IN_STOCK) || contains_any(folded, REMAINS)
}

fn speaks_of_times(folded: &str) -> bool {
    contains_any(folded, FREE_TIME) && !contains_any(folded, NO_TIME)
}

/// It says that a time can be had, or is taken: (positive, negative).
pub(super) fn speaks_of_free_time(folded: &str) -> (bool, bool) {
    let negative = contains_any(folded, TAKEN);
    (speaks_of_times(folded) && !negative, negative)
}

/// It promises to look, or to connect: a tool call must follow.
pub(in crate::turn) fn is_promise(answer: &str) -> bool {
    let folded = fold(answer);
    let last = folded.trim_end_matches(['.', '!', '…', ' ']);
    let last = last.rsplit(['.', '!', '?']).next().unwrap_or_default();
    !answer.trim_end().ends_with('?') && contains_any(last, PROMISES)
}

/// Claims that are words.
pub(super) fn claims(sentence: &str, facts: &Facts) -> Vec<Evidence> {
    let folded = fold(sentence);
    let mut found = Vec::new();
    if asks(sentence) {
        return found;
    }
    found.extend(done(sentence, facts));
    if contains_any(&folded, FREE_OF_CHARGE) {
        let source = facts.held(&Fact::Money(Decimal::ZERO));
        found.push(Evidence::new("money", "0.00 UAH", source));
    }
    if contains_any(&folded, IN_STOCK) {
        let known = facts.holds_any(|fact| matches!(fact, Fact::Stock(_)));
        let source = known.or_else(|| facts.asked(&["search_tires", "check_availability"]));
        found.push(Evidence::new("stock", "in_stock", source));
    }
    if speaks_of_times(&folded) {
        let known = facts.holds_any(|fact| matches!(fact, Fact::Time(_)));
        let source = known.or_else(|| facts.asked(&["get_fitting_slots"]));
        found.push(Evidence::new("time", "free", source));
    }
    if contains_any(&folded, CALL_BACK) && !sentence.trim_end().ends_with('?') {
        found.push(Evidence::new("done", "callback", facts.deed(Deed::Callback)));
    }
    found
}

/// Words of "done" and what they rest on.
fn done(sentence: &str, facts: &Facts) -> Vec<Evidence> {
    let words: Vec<String> = tokens(sentence)
        .into_iter()
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.text)
        .collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some((_, deeds)) = DONE.iter().find(|(words, _)| is_one_of(word, words)) else {
            continue;
        };
        let near = &words[at.saturating_sub(NEAR_WORDS)..at];
        let open = near.iter().any(|w| is_one_of(w, NOT_DONE) || w.ends_with("n't"));
        // "That time is already booked" is about a time, not about the caller.
        let others = word == "booked" && near.iter().any(|w| w == "already" || w == "time");
        if open || (others && !near.iter().any(|w| w == "you" || w == "you're")) {
            continue;
        }
        let source = if deeds.is_empty() {
            let shown = facts.deed(Deed::OrderStands).or_else(|| facts.deed(Deed::BookingStands));
            facts.any_deed().or(shown)
        } else {
            deeds.iter().find_map(|deed| facts.deed(*deed))
        };
        let label = deeds.first().map_or("done", |deed| deed.label());
        found.push(Evidence::new("done", label, source));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flawed(sentence: &str, facts: &Facts) -> bool {
        claims(sentence, facts).iter().any(|one| one.source.is_none())
    }

    #[test]
    fn nothing_is_done_before_a_tool_did_it() {
        let nothing = Facts::default();
        for sentence in [
            "You are booked for it.",
            "I have booked it for you.",
            "Your booking is cancelled.",
            "I moved your appointment.",
            "Your order is confirmed.",
            "Done!",
            "I saved your address.",
            "Вас записано.",
            "Я записав вас.",
            "Готово!",
            "Замовлення оформлено.",
            "Ваш запис скасовано.",
            "Запис перенесено.",
            "Дані збережено.",
            "Я вас записал.",
            "Вы записаны.",
            "Запись отменена.",
            "Заказ оформлен.",
            "Ми вам передзвонимо.",
            "Delivery is free.",
            "Yes, it is in stock.",
            "Так, є в наявності.",
            "Этот час свободен.",
            "All times tomorrow are taken.",
            "There are no times on Friday.",
        ] {
            assert!(flawed(sentence, &nothing), "{sentence}");
        }
        for sentence in [
            "Shall I book it?",
            "It is not booked yet.",
            "Nothing has been ordered.",
            "It can be moved.",
            "Would you like it cancelled?",
            "Ще нічого не записано.",
            "Заказ ещё не оформлен.",
            "Як тільки буде оформлено, скажу.",
            "Оформлення просте.",
            "Замовлення можна забрати.",
            "Is it in stock?",
            "It will be taken care of.",
            "Записати вас?",
        ] {
            assert!(!flawed(sentence, &nothing), "{sentence}");
        }
    }

    #[test]
    fn a_success_allows_its_own_words_only() {
        let mut facts = Facts::default();
        let today = chrono::NaiveDate::default();
        facts.learn("book_fitting", &json!({}), &json!({ "status": "confirmed" }), true, today);
        assert!(!flawed("You are booked.", &facts) && !flawed("Вас записано.", &facts));
        assert!(!flawed("Готово!", &facts));
        assert!(flawed("Your order is ordered.", &facts) && flawed("It is cancelled.", &facts));
        let mut refused = Facts::default();
        refused.learn("book_fitting", &json!({}), &json!({ "error": "slot_taken" }), false, today);
        assert!(flawed("You are booked.", &refused));
    }

    #[test]
    fn what_costs_nothing_is_no_time_and_who_writes_a_wish_down_books_nothing() {
        let today = chrono::NaiveDate::default();
        let mut facts = Facts::default();
        let delivery = json!({ "delivery_cost": "0", "estimated_days": 1, "total": "20600" });
        facts.learn("update_order_delivery", &json!({}), &delivery, true, today);
        assert!(!flawed("Pickup is free, 1 day; 20600 UAH in all.", &facts));
        let saved = json!({ "status": "callback_saved" });
        facts.learn("create_callback_request", &json!({}), &saved, true, today);
        assert!(!flawed("Я записал, вам позвонят.", &facts));
        assert!(!flawed("Я записав, вам зателефонують.", &facts));
        assert!(flawed("Вас записано.", &facts) && flawed("Вы записаны.", &facts));
    }

    #[test]
    fn a_promise_stands_at_the_end_and_is_no_question() {
        for text in [
            "Let me check.",
            "Sure! One moment, please.",
            "Добре, зараз подивлюся.",
            "Сейчас проверю",
        ] {
            assert!(is_promise(text), "{text}");
        }
        for text in ["Let me check. Which size?", "One moment is enough. It costs 5.", "Добре."]
        {
            assert!(!is_promise(text), "{text}");
        }
    }
}
