//! The fixed phrases in Russian, as it is spoken in Ukraine.

use super::{DayPart, Lookup, Phrase, day_part};

const FILLERS: [&str; 4] = ["Минутку.", "Сейчас посмотрю.", "Секунду.", "Одно мгновение."];

pub(super) fn phrase(phrase: Phrase<'_>) -> String {
    let words = match phrase {
        Phrase::Greeting { shop_name, hour, customer_name } => {
            return greeting(shop_name, hour, customer_name);
        }
        Phrase::ContactRight(number) => return format!("Ваш номер {number}. Верно?"),
        Phrase::Filler(n) => FILLERS[n as usize % FILLERS.len()],
        Phrase::ToolWait => "Сейчас проверю для вас.",
        Phrase::LookingUp(what) => looking_up(what),
        Phrase::SilencePrompt(0 | 1) => "Я на линии, слушаю вас.",
        Phrase::SilencePrompt(_) => "Вы ещё на линии?",
        Phrase::SilenceYesNo => "Скажите, пожалуйста, да или нет.",
        Phrase::SilenceFarewell => "Я вас не слышу, поэтому завершаю звонок. До свидания!",
        Phrase::Farewell => "Спасибо за звонок. До свидания!",
        Phrase::ApologyRepeat => "Простите, я не расслышал. Повторите, пожалуйста.",
        Phrase::ApologyTrouble => "Простите, у нас произошёл сбой. Скажите, пожалуйста, ещё раз.",
        Phrase::TransferNow => "Соединяю вас с коллегой. Оставайтесь, пожалуйста, на линии.",
        Phrase::TransferBecauseTrouble => {
            "Простите, сейчас я не могу вам помочь. Соединяю вас с коллегой."
        }
        Phrase::TakenOver => "С вами хочет поговорить коллега лично, оставайтесь на линии.",
        Phrase::LimitFarewell => {
            "Простите, нам нужно завершить разговор. Позвоните ещё раз. До свидания!"
        }
        Phrase::ShutdownFarewell => {
            "Простите, я должен завершить звонок. Позвоните через несколько минут. До свидания!"
        }
        Phrase::RecordingOff => "Хорошо, с этого момента текст разговора не сохраняется.",
        Phrase::RepeatQuestion => "Повторю вопрос:",
        Phrase::Refused => "Все линии заняты. Позвоните, пожалуйста, через несколько минут.",
        Phrase::Notice => "Кстати, я автоматический помощник.",
        Phrase::TakeYourTime => "Конечно, не спешите.",
        Phrase::Done => "Готово, всё оформлено, как договорились. Чем ещё помочь?",
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
        Lookup::Tires => "Смотрю шины на складе.",
        Lookup::Stations => "Смотрю, где есть шиномонтаж.",
        Lookup::Slots => "Проверяю свободное время.",
        Lookup::Prices => "Проверяю цены.",
        Lookup::Orders => "Проверяю ваш заказ.",
        Lookup::Bookings => "Проверяю ваши записи.",
        Lookup::Storage => "Проверяю хранение шин.",
        Lookup::Saving => "Сейчас всё запишу.",
    }
}

fn greeting(shop_name: &str, hour: u32, customer_name: Option<&str>) -> String {
    let hello = match day_part(hour) {
        DayPart::Morning => "Доброе утро",
        DayPart::Day => "Добрый день",
        DayPart::Evening => "Добрый вечер",
        DayPart::Night => "Здравствуйте",
    };
    let name = customer_name.map(str::trim).filter(|name| !name.is_empty());
    let hello = name.map_or_else(|| hello.to_owned(), |name| format!("{hello}, {name}"));
    format!(
        "{hello}! Вас приветствует автоматический помощник {shop_name}. \
         Разговор записывается текстом. Чем помочь?"
    )
}
