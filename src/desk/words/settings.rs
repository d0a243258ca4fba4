//! The words of the settings.

use super::{Tongue, Words};
use crate::config::settings::{SettingKey, Why};
use crate::language::corrections::Unfit;

words! {
    nav_settings: "Налаштування", "Settings";
    settings_why: "Зберегли — і вже наступний дзвінок іде за новим; перезапуск не потрібен. Файл налаштувань — це межа: тут її можна лише звузити.",
        "What is saved here holds from the next call on, without a restart. The configuration file is the fence: here it can only be made narrower.";
    setting_from_file: "З файлу: тут ще нічого не обирали.",
        "From the file: nothing was chosen here yet.";
    setting_saved: "Збережено. Діє з наступного дзвінка.", "Saved. It holds from the next call on.";
    setting_wrong: "Не збережено: виправте позначене.", "Not saved: correct what is marked.";
    setting_why: "Навіщо (для історії)", "Why (for the history)";
    setting_read_only: "Змінює адміністратор.", "An administrator may change it.";
    setting_versions: "Попередні версії", "Versions";
    setting_no_versions: "Ще жодної: діє файл.", "None yet: the file is in force.";
    setting_in_force: "діє", "in force";
    setting_put_back: "Повернути", "Put back";
    setting_first: "перший вибір", "the first choice";
    setting_you_wanted: "Ви хотіли", "You wanted";
    setting_no_station: "Такої станції вже немає. Нічого не змінено.",
        "There is no such station any more. Nothing was changed.";
    setting_back_unfit: "Файл налаштувань цього більше не дозволяє. Нічого не змінено.",
        "The configuration file does not allow this any more. Nothing was changed.";
    setting_unreadable: "запис іншої версії програми", "written by another version of the program";
    hours_people: "Коли люди беруть дзвінки", "When people take calls";
    hours_people_hint: "По рядку: mon-fri 09:00-18:00. Порожньо — коли завгодно. Години кожного телефону у файлі звужують це далі; поза ними агент пропонує передзвонити.",
        "A line each: mon-fri 09:00-18:00. Empty: at any time. The hours of each phone in the file narrow it further; outside of them the agent offers a callback.";
    hours_any: "коли завгодно", "at any time";
    hours_holidays: "Вихідні та свята", "Holidays";
    hours_holidays_hint: "По рядку: 2026-12-24..2026-12-26 Різдво, або один день: 2027-01-01 Новий рік. Тоді немає вільних часів на станціях, і нікому не дзвонять.",
        "A line each: 2026-12-24..2026-12-26 Christmas, or one day: 2027-01-01 New Year. No fitting can be booked then, and nobody is rung.";
    hours_none: "немає", "none";
    hours_station_hint: "По рядку: mon-fri 09:00-18:00. Порожньо — зачинено.",
        "A line each: mon-fri 09:00-18:00. Empty: closed.";
    hours_closed: "зачинено", "closed";
    hours_bookings: "На свята вже є записи; їх ніхто не скасував:",
        "There are bookings on holidays already; nobody has cancelled them:";
    transfers_order: "Кому віддавати дзвінки", "To whom calls go";
    transfers_why: "Спершу першому. Якщо не взяв, друга спроба йде другому. Імена — лише з файлу (transfer.allowed).",
        "To the first one first. If nobody comes, the second attempt goes to the second. The names are those of the file alone (transfer.allowed).";
    transfers_not_used: "не віддавати", "not used";
    transfers_place: "місце", "place";
    limits_hint_of_line: "на всю лінію", "of the whole line";
    limits_usd: "долари США", "US dollars";
    limits_no_ceiling: "0: без стелі", "0: no ceiling";
    greeting_name: "Назва магазину у вітанні", "The shop's name in the greeting";
    greeting_language: "Мова, якою починається розмова", "The language that calls begin in";
    greeting_rating: "Питати оцінку перед прощанням", "Ask for a rating before the goodbye";
    corrections: "Виправлення почутого", "Heard-as corrections";
    corrections_why: "Слова, які розпізнавання раз у раз чує не так. Виправлення замінює цілі слова і ніколи не робить із «ні» «так».",
        "Words that the recogniser hears wrong again and again. A correction replaces whole words, and never makes a yes of a no.";
    corrections_none: "Виправлень ще немає.", "There are no corrections yet.";
    correction_heard: "Почуто", "Heard";
    correction_meant: "Малося на увазі", "Meant";
    correction_applied: "Застосовано", "Applied";
    correction_helped: "Допомогло", "Helped";
    correction_helped_why: "Допомогло — після заміни агент у тій самій репліці зробив, що просили.",
        "It helped when a tool of the agent then did what was asked, in the same turn.";
    correction_try: "Спробувати на минулому тижні", "Try it on last week's calls";
    correction_add: "Зберегти виправлення", "Save the correction";
    correction_retire: "Вимкнути", "Switch off";
    correction_restore: "Увімкнути", "Switch on";
    correction_retired: "вимкнено", "switched off";
    correction_before: "Було", "Before";
    correction_after: "Стало б", "After";
    correction_no_examples: "За минулий тиждень цих слів ніхто не казав.",
        "Nobody said these words in the last week.";
    correction_taken: "Ці слова вже виправляються на:", "These words are corrected already, to:";
    correction_full: "Виправлень уже забагато: вимкніть ті, що не допомагають.",
        "There are too many corrections: switch those off that do not help.";
}

impl Words {
    /// The name of a setting.
    #[must_use]
    pub const fn setting(self, key: SettingKey) -> &'static str {
        match (self.0, key) {
            (Tongue::Uk, SettingKey::Hours) => "Години та свята",
            (Tongue::Uk, SettingKey::Transfers) => "Кому передавати дзвінки",
            (Tongue::Uk, SettingKey::Limits) => "Межі",
            (Tongue::Uk, SettingKey::Greeting) => "Вітання",
            (Tongue::En, SettingKey::Hours) => "Hours and holidays",
            (Tongue::En, SettingKey::Transfers) => "Transfer targets",
            (Tongue::En, SettingKey::Limits) => "Limits",
            (Tongue::En, SettingKey::Greeting) => "Greeting",
        }
    }

    /// The name of a ceiling; its own if it has none.
    #[must_use]
    pub fn limit(self, name: &'static str) -> &'static str {
        let (uk, en) = match name {
            "call_usd_max" => ("Провайдерам за дзвінок", "Paid to providers for a call"),
            "hour_usd_max" => ("Провайдерам за годину", "Paid to providers in an hour"),
            "call_s_max" => ("Найдовший дзвінок, секунди", "The longest call, seconds"),
            "turns_max" => ("Реплік абонента за дзвінок", "Lines of the caller in a call"),
            "tools_per_call_max" => ("Дій агента за дзвінок", "Deeds of the agent in a call"),
            "transfers_max" => ("Спроб передати за дзвінок", "Attempts to transfer in a call"),
            "calls_max" => ("Дзвінків одночасно", "Calls at the same time"),
            "calls_per_number_max" => {
                ("Дзвінків з одного номера одночасно", "Calls of one number at the same time")
            }
            "calls_per_number_hour_max" => {
                ("Дзвінків з одного номера за годину", "Calls of one number in an hour")
            }
            other => (other, other),
        };
        if self.0 == Tongue::Uk { uk } else { en }
    }

    /// What may be chosen.
    #[must_use]
    pub fn from_to(self, least: &str, most: &str) -> String {
        match self.0 {
            Tongue::Uk => format!("від {least} до {most}"),
            Tongue::En => format!("{least} to {most}"),
        }
    }

    /// What is wrong with a value.
    #[must_use]
    pub fn flaw(self, why: &Why) -> String {
        match (self.0, why) {
            (Tongue::Uk, Why::Missing) => "Тут нічого немає.".to_owned(),
            (Tongue::En, Why::Missing) => "Nothing is here.".to_owned(),
            (Tongue::Uk, Why::Unreadable(text)) => format!("Незрозуміло: {text}"),
            (Tongue::En, Why::Unreadable(text)) => format!("This cannot be read: {text}"),
            (Tongue::Uk, Why::Outside(least, most)) => {
                format!("Файл дозволяє {}.", self.from_to(least, most))
            }
            (Tongue::En, Why::Outside(least, most)) => {
                format!("The file allows {}.", self.from_to(least, most))
            }
            (Tongue::Uk, Why::NotAllowed(name)) => format!("Файл цього не дозволяє: {name}"),
            (Tongue::En, Why::NotAllowed(name)) => format!("The file does not allow it: {name}"),
            (Tongue::Uk, Why::Twice(name)) => format!("Двічі: {name}"),
            (Tongue::En, Why::Twice(name)) => format!("It is here twice: {name}"),
            (Tongue::Uk, Why::TooLong(most)) => format!("Задовге: щонайбільше {most}."),
            (Tongue::En, Why::TooLong(most)) => format!("Too long: at most {most}."),
        }
    }

    /// Why words cannot be a correction.
    #[must_use]
    pub const fn unfit(self, why: Unfit) -> &'static str {
        match (self.0, why) {
            (Tongue::Uk, Unfit::Short) => "Потрібні щонайменше дві літери з обох боків.",
            (Tongue::En, Unfit::Short) => {
                "At least two letters are needed, and something on each side."
            }
            (Tongue::Uk, Unfit::Long) => "Задовге: щонайбільше 60 знаків.",
            (Tongue::En, Unfit::Long) => "Too long: at most 60 characters.",
            (Tongue::Uk, Unfit::Same) => "Обидва боки однакові.",
            (Tongue::En, Unfit::Same) => "Both sides are the same.",
            (Tongue::Uk, Unfit::Answer) => {
                "Так, ні й подібне не виправляємо: на цих словах тримається згода абонента."
            }
            (Tongue::En, Unfit::Answer) => {
                "Yes, no and the like are not corrected: the caller's consent rests on them."
            }
            (Tongue::Uk, Unfit::Digits) => "Це може бути чийсь номер.",
            (Tongue::En, Unfit::Digits) => "This may be somebody's number.",
            (Tongue::Uk, Unfit::Signs) => "Тут знаки, яких ніхто не вимовляє.",
            (Tongue::En, Unfit::Signs) => "There are signs in it that nobody speaks.",
        }
    }

    /// Where a value comes from.
    #[must_use]
    pub fn setting_from(self, version: i32, by: &str, at: &str) -> String {
        match self.0 {
            Tongue::Uk => format!("Версія {version}: {by}, {at}"),
            Tongue::En => format!("Version {version}: {by}, {at}"),
        }
    }

    /// What a preview found.
    #[must_use]
    pub fn would_change(self, changed: i64, looked_at: i64) -> String {
        match self.0 {
            Tongue::Uk => format!("За минулі сім днів змінилося б {changed} з {looked_at} реплік."),
            Tongue::En => {
                format!("In the last seven days {changed} of {looked_at} lines would have changed.")
            }
        }
    }

    /// How many corrections are in force.
    #[must_use]
    pub fn corrections_in_force(self, count: usize) -> String {
        match self.0 {
            Tongue::Uk => format!("Діє виправлень: {count}"),
            Tongue::En => format!("In force: {count}"),
        }
    }
}
