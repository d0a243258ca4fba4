//! The fixed things that the agent says. Short, friendly, and every question is closed: open ones
//! get long answers that no recogniser ends.

mod english;
mod russian;
mod transfer;
mod ukrainian;

use super::Language;
use chrono::{NaiveDate, NaiveDateTime};

/// An occasion for a fixed phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {
    /// The first thing that is heard: an automatic assistant answers, the call is transcribed.
    Greeting {
        /// The shop.
        shop_name: &'a str,
        /// Hour of the day in the shop, 0 to 23.
        hour: u32,
        /// The caller's name, if an earlier call left it.
        customer_name: Option<&'a str>,
    },
    /// A sign of life while the model thinks; the number walks through a small pool.
    Filler(u32),
    /// A sign of life while a tool works.
    ToolWait,
    /// The same, saying what is looked up: a wrong context confuses callers.
    LookingUp(Lookup),
    /// The caller is silent, for the first (1) or a later time.
    SilencePrompt(u32),
    /// The caller is silent after a yes/no question.
    SilenceYesNo,
    /// The caller stays silent: we end the call.
    SilenceFarewell,
    /// The answer to a goodbye.
    Farewell,
    /// We did not understand; the caller should say it again.
    ApologyRepeat,
    /// Something of ours does not work, but the call goes on.
    ApologyTrouble,
    /// The caller gets an operator as wished.
    TransferNow,
    /// The caller gets an operator because we cannot help.
    TransferBecauseTrouble,
    /// A person who has followed the call takes it over.
    TakenOver,
    /// The call reached its limit.
    LimitFarewell,
    /// The program is stopping.
    ShutdownFarewell,
    /// From now on no transcript is kept.
    RecordingOff,
    /// Leads in a question that is asked once more.
    RepeatQuestion,
    /// All lines are busy.
    Refused,
    /// Says again that an automatic assistant answers, when the greeting was cut off.
    Notice,
    /// The caller asked for a moment.
    TakeYourTime,
    /// A number that the caller said, as it was understood, +380671234567, and whether it is right.
    ContactRight(&'a str),
    /// The agreed effect was done, but the model cannot say so.
    Done,
    /// Nobody could be reached: shall somebody call back?
    NobodyOfferCallback {
        /// By then, on the shop's wall; none if that cannot be said.
        by: Option<NaiveDateTime>,
        /// Today on the shop's wall.
        today: NaiveDate,
    },
    /// Nobody could be reached, and no callback can be written either.
    NobodyGoOn,
    /// The callback is written.
    CallbackSaved {
        /// By then, on the shop's wall; none if that cannot be said.
        by: Option<NaiveDateTime>,
        /// Today on the shop's wall.
        today: NaiveDate,
    },
    /// The caller wants no callback.
    CallbackDeclined,
    /// To an operator who has picked up: who calls, and why.
    BriefingCaller {
        /// The caller's number, if the network gave one.
        number: Option<&'a str>,
        /// The reason of the transfer.
        reason: &'a str,
    },
    /// To an operator: which key takes the call.
    BriefingKeys,
}

/// What a tool looks up or does while the caller waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// Tyres, sizes, stock.
    Tires,
    /// Fitting stations and pickup points.
    Stations,
    /// Free times.
    Slots,
    /// Prices of the fitting.
    Prices,
    /// An order that exists.
    Orders,
    /// The caller's own bookings.
    Bookings,
    /// Tyres in storage.
    Storage,
    /// Something is being written: a draft, an address, a wish, a callback.
    Saving,
}

impl Lookup {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Tires,
        Self::Stations,
        Self::Slots,
        Self::Prices,
        Self::Orders,
        Self::Bookings,
        Self::Storage,
        Self::Saving,
    ];

    /// What a tool of this name does; `None` for names that are not ours and for tools that need
    /// no wait phrase (a hand-over has its own).
    #[must_use]
    pub fn of_tool(name: &str) -> Option<Self> {
        Some(match name {
            "get_vehicle_tire_sizes" | "search_tires" | "check_availability" => Self::Tires,
            "get_fitting_stations" | "get_pickup_points" => Self::Stations,
            "get_fitting_slots" => Self::Slots,
            "get_fitting_price" => Self::Prices,
            "get_order_status" => Self::Orders,
            "get_customer_bookings" => Self::Bookings,
            "find_storage" => Self::Storage,
            "create_order_draft"
            | "update_order_delivery"
            | "update_customer_profile"
            | "reserve_fitting_slot"
            | "create_callback_request"
            | "add_to_wishlist" => Self::Saving,
            _ => return None,
        })
    }
}

/// The words for an occasion.
#[must_use]
pub fn phrase(phrase: Phrase<'_>, language: Language) -> String {
    if let Some(words) = transfer::phrase(phrase, language) {
        return words;
    }
    match language {
        Language::En => english::phrase(phrase),
        Language::Uk => ukrainian::phrase(phrase),
        Language::Ru => russian::phrase(phrase),
    }
}

/// A part of the day that has a greeting of its own.
enum DayPart {
    Morning,
    Day,
    Evening,
    Night,
}

/// From the hour, 0 to 23: 5 to 11, 12 to 17, 18 to 22, night.
const fn day_part(hour: u32) -> DayPart {
    match hour {
        5..=11 => DayPart::Morning,
        12..=17 => DayPart::Day,
        18..=22 => DayPart::Evening,
        _ => DayPart::Night,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Phrase<'static>; 36] = [
        Phrase::Greeting { shop_name: "Шина", hour: 9, customer_name: None },
        Phrase::Filler(0),
        Phrase::Filler(1),
        Phrase::ToolWait,
        Phrase::LookingUp(Lookup::Tires),
        Phrase::LookingUp(Lookup::Stations),
        Phrase::LookingUp(Lookup::Slots),
        Phrase::LookingUp(Lookup::Prices),
        Phrase::LookingUp(Lookup::Orders),
        Phrase::LookingUp(Lookup::Bookings),
        Phrase::LookingUp(Lookup::Storage),
        Phrase::LookingUp(Lookup::Saving),
        Phrase::SilencePrompt(1),
        Phrase::SilencePrompt(2),
        Phrase::SilenceYesNo,
        Phrase::SilenceFarewell,
        Phrase::Farewell,
        Phrase::ApologyRepeat,
        Phrase::ApologyTrouble,
        Phrase::TransferNow,
        Phrase::TransferBecauseTrouble,
        Phrase::TakenOver,
        Phrase::LimitFarewell,
        Phrase::ShutdownFarewell,
        Phrase::RecordingOff,
        Phrase::Refused,
        Phrase::Notice,
        Phrase::TakeYourTime,
        Phrase::ContactRight("+380671234567"),
        Phrase::Done,
        Phrase::NobodyOfferCallback { by: None, today: NaiveDate::MAX },
        Phrase::NobodyGoOn,
        Phrase::CallbackSaved { by: None, today: NaiveDate::MAX },
        Phrase::CallbackDeclined,
        Phrase::BriefingCaller { number: None, reason: "" },
        Phrase::BriefingKeys,
    ];

    #[test]
    fn every_phrase_has_its_own_words_in_every_language() {
        for language in [Language::En, Language::Uk, Language::Ru] {
            let mut said: Vec<String> = ALL.iter().map(|one| phrase(*one, language)).collect();
            for text in &said {
                assert!(text.ends_with(['.', '?', '!', '…', ',']), "{text}");
                assert!(text.chars().count() <= 160, "too long for a phone: {text}");
                // The word is stressed wrongly by every Ukrainian voice that was tried.
                assert!(!text.to_lowercase().contains("шукаю"), "{text}");
            }
            said.sort();
            said.dedup();
            assert_eq!(said.len(), ALL.len());
        }
    }

    #[test]
    fn the_greeting_names_the_shop_the_caller_the_machine_and_the_transcript() {
        let greeting = |hour, customer_name, language| {
            phrase(Phrase::Greeting { shop_name: "Treadline", hour, customer_name }, language)
        };
        let english = greeting(9, Some("Olena"), Language::En);
        for part in ["Good morning, Olena", "Treadline", "automatic assistant", "transcribed"] {
            assert!(english.contains(part), "{english}");
        }
        let ukrainian = greeting(19, None, Language::Uk);
        for part in ["Добрий вечір", "Treadline", "автоматичний помічник", "записується"]
        {
            assert!(ukrainian.contains(part), "{ukrainian}");
        }
        let russian = greeting(13, Some("Ольга"), Language::Ru);
        for part in ["Добрый день, Ольга", "Treadline", "автоматический помощник", "записывается"]
        {
            assert!(russian.contains(part), "{russian}");
        }
        assert!(greeting(2, None, Language::En).starts_with("Hello"));
        assert!(!greeting(2, Some("  "), Language::En).contains(", "), "a blank name is no name");
    }

    #[test]
    fn fillers_walk_through_a_pool() {
        for language in [Language::En, Language::Uk, Language::Ru] {
            let said: std::collections::BTreeSet<String> =
                (0..20).map(|n| phrase(Phrase::Filler(n), language)).collect();
            assert!(said.len() >= 3);
            assert_ne!(phrase(Phrase::Filler(u32::MAX), language), "");
        }
    }
}
