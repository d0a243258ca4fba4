//! The fixed phrases in Ukrainian.

use super::{DayPart, Lookup, Phrase, day_part};

const FILLERS: [&str; 4] = ["Хвилинку.", "Зараз подивлюся.", "Секунду.", "Одну мить."];

pub(super) fn phrase(phrase: Phrase<'_>) -> String {
    let words = match phrase {
        Phrase::Greeting { shop_name, hour, customer_name } => {
            return greeting(shop_name, hour, customer_name);
        }
        Phrase::ContactRight(number) => return format!("Ваш номер {number}. Правильно?"),
        Phrase::Filler(n) => FILLERS[n as usize % FILLERS.len()],
        Phrase::ToolWait => "Зараз перевірю для вас.",
        Phrase::LookingUp(what) => looking_up(what),
        Phrase::SilencePrompt(0 | 1) => "Я на лінії, слухаю вас.",
        Phrase::SilencePrompt(_) => "Ви ще на лінії?",
        Phrase::SilenceYesNo => "Скажіть, будь ласка, так або ні.",
        Phrase::SilenceFarewell => "Я вас не чую, тому завершую дзвінок. До побачення!",
        Phrase::Farewell => "Дякуємо за дзвінок. До побачення!",
        Phrase::ApologyRepeat => "Перепрошую, я не розчув. Повторіть, будь ласка.",
        Phrase::ApologyTrouble => "Перепрошую, у нас стався збій. Скажіть, будь ласка, ще раз.",
        Phrase::TransferNow => "З'єдную вас з колегою. Залишайтеся, будь ласка, на лінії.",
        Phrase::TransferBecauseTrouble => {
            "Перепрошую, зараз я не можу вам допомогти. З'єдную вас з колегою."
        }
        Phrase::TakenOver => "З вами хоче поговорити колега особисто, залишайтеся на лінії.",
        Phrase::LimitFarewell => {
            "Перепрошую, маємо завершити розмову. Зателефонуйте ще раз. До побачення!"
        }
        Phrase::ShutdownFarewell => {
            "Перепрошую, маю завершити дзвінок. Зателефонуйте за кілька хвилин. До побачення!"
        }
        Phrase::RecordingOff => "Добре, відтепер текст цієї розмови не зберігається.",
        Phrase::RepeatQuestion => "Повторю запитання:",
        Phrase::Refused => "Усі лінії зайняті. Зателефонуйте, будь ласка, за кілька хвилин.",
        Phrase::Notice => "До речі, я автоматичний помічник.",
        Phrase::TakeYourTime => "Звісно, не поспішайте.",
        Phrase::Done => "Готово, усе оформлено, як домовились. Чим ще допомогти?",
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
        Lookup::Tires => "Дивлюся шини на складі.",
        Lookup::Stations => "Дивлюся, де є шиномонтаж.",
        Lookup::Slots => "Перевіряю вільний час.",
        Lookup::Prices => "Перевіряю ціни.",
        Lookup::Orders => "Перевіряю ваше замовлення.",
        Lookup::Bookings => "Перевіряю ваші записи.",
        Lookup::Storage => "Перевіряю зберігання шин.",
        Lookup::Saving => "Зараз усе запишу.",
    }
}

fn greeting(shop_name: &str, hour: u32, customer_name: Option<&str>) -> String {
    let hello = match day_part(hour) {
        DayPart::Morning => "Доброго ранку",
        DayPart::Day => "Добрий день",
        DayPart::Evening => "Добрий вечір",
        DayPart::Night => "Вітаю",
    };
    let name = customer_name.map(str::trim).filter(|name| !name.is_empty());
    let hello = name.map_or_else(|| hello.to_owned(), |name| format!("{hello}, {name}"));
    format!(
        "{hello}! Вас вітає автоматичний помічник {shop_name}. \
         Розмова записується текстом. Чим допомогти?"
    )
}
