//! The fixed phrases in English.

use super::{DayPart, Lookup, Phrase, day_part};

const FILLERS: [&str; 4] = ["One moment.", "Let me see.", "Just a second.", "Bear with me."];

pub(super) fn phrase(phrase: Phrase<'_>) -> String {
    let words = match phrase {
        Phrase::Greeting { shop_name, hour, customer_name } => {
            return greeting(shop_name, hour, customer_name);
        }
        Phrase::ContactRight(number) => return format!("Your number is {number}. Is that right?"),
        Phrase::Filler(n) => FILLERS[n as usize % FILLERS.len()],
        Phrase::ToolWait => "I am checking that for you.",
        Phrase::LookingUp(what) => looking_up(what),
        Phrase::SilencePrompt(0 | 1) => "I am here, go ahead please.",
        Phrase::SilencePrompt(_) => "Are you still there?",
        Phrase::SilenceYesNo => "Please say yes or no.",
        Phrase::SilenceFarewell => "I cannot hear you, so I will end the call. Goodbye!",
        Phrase::Farewell => "Thank you for calling. Goodbye!",
        Phrase::ApologyRepeat => "Sorry, I did not catch that. Could you say it again?",
        Phrase::ApologyTrouble => "Sorry, something went wrong on our side. Please say that again.",
        Phrase::TransferNow => "I am connecting you to a colleague. Please stay on the line.",
        Phrase::TransferBecauseTrouble => {
            "Sorry, I cannot help you with this now. I am connecting you to a colleague."
        }
        Phrase::TakenOver => {
            "A colleague would like to help you in person, please stay on the line."
        }
        Phrase::LimitFarewell => "Sorry, we have to finish here. Please call again. Goodbye!",
        Phrase::ShutdownFarewell => {
            "Sorry, I have to end this call. Please call again in a few minutes. Goodbye!"
        }
        Phrase::RecordingOff => "All right, from now on I keep no transcript of this call.",
        Phrase::RepeatQuestion => "I asked:",
        Phrase::Refused => "All our lines are busy. Please call again in a few minutes.",
        Phrase::Notice => "By the way, I am an automatic assistant.",
        Phrase::TakeYourTime => "Of course, take your time.",
        Phrase::Done => "It is done as we agreed. Is there anything else?",
        Phrase::NobodyOfferCallback { .. }
        | Phrase::NobodyGoOn
        | Phrase::CallbackSaved { .. }
        | Phrase::CallbackDeclined
        | Phrase::BriefingCaller { .. }
        | Phrase::BriefingKeys => "",
    };
    words.to_owned()
}

const fn looking_up(what: Lookup) -> &'static str {
    match what {
        Lookup::Tires => "Let me check the tyres in stock.",
        Lookup::Stations => "Let me see which stations there are.",
        Lookup::Slots => "Let me check the free times.",
        Lookup::Prices => "Let me check the prices.",
        Lookup::Orders => "Let me look up your order.",
        Lookup::Bookings => "Let me look up your bookings.",
        Lookup::Storage => "Let me look up your stored tyres.",
        Lookup::Saving => "I am writing that down.",
    }
}

fn greeting(shop_name: &str, hour: u32, customer_name: Option<&str>) -> String {
    let hello = match day_part(hour) {
        DayPart::Morning => "Good morning",
        DayPart::Day => "Good afternoon",
        DayPart::Evening => "Good evening",
        DayPart::Night => "Hello",
    };
    let name = customer_name.map(str::trim).filter(|name| !name.is_empty());
    let hello = name.map_or_else(|| hello.to_owned(), |name| format!("{hello}, {name}"));
    format!(
        "{hello}! This is the automatic assistant of {shop_name}. \
         The call is transcribed. How can I help?"
    )
}
