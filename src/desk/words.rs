//! What the desk says, in Ukrainian and English. A message is a function: one that is missing in a
//! language does not compile.

use crate::db::desk::users::Role;

/// A language of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Ukrainian.
    Uk,
    /// English.
    En,
}

impl Tongue {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Uk, Self::En];

    /// As in `lang` and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::En => "en",
        }
    }

    /// From its code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.code() == code)
    }

    /// What a browser prefers of the two, by its header `Accept-Language`; Ukrainian if neither.
    #[must_use]
    pub fn preferred(accept: &str) -> Self {
        let mut best = (Self::Uk, 0.0_f32);
        for range in accept.split(',').take(16) {
            let mut parts = range.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q=").and_then(|q| q.parse().ok()))
                .unwrap_or(1.0);
            let tongue = Self::from_code(name.split('-').next().unwrap_or_default());
            if let Some(tongue) = tongue.filter(|_| weight > best.1) {
                best = (tongue, weight);
            }
        }
        best.0
    }
}

/// The messages in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Tongue);

macro_rules! words {
    ($($name:ident: $uk:literal, $en:literal;)*) => {
        #[allow(missing_docs, reason = "each is the sentence that it gives")]
        impl Words {
            $(pub const fn $name(self) -> &'static str {
                match self.0 { Tongue::Uk => $uk, Tongue::En => $en }
            })*
        }
    };
}

mod alerts;
mod calls;
mod console;
mod office;
mod people;
mod programs;
mod settings;
mod trial;
mod work;

words! {
    skip: "До вмісту", "Skip to content";
    main_menu: "Головне меню", "Main menu";
    nav_console: "Пульт", "Desk";
    nav_calls: "Дзвінки", "Calls";
    sign_in: "Увійти", "Sign in";
    sign_out: "Вийти", "Sign out";
    email: "Електронна пошта", "E-mail";
    password: "Пароль", "Password";
    password_again: "Пароль ще раз", "Password again";
    your_name: "Як до вас звертатися", "Your name";
    remember: "Памʼятати цей пристрій 30 днів", "Remember this device for 30 days";
    wrong_login: "Пошта або пароль не підходять.", "The e-mail or the password is wrong.";
    forgot: "Забули пароль? Попросіть адміністратора про одноразове посилання.",
        "Forgot the password? Ask an administrator for a one-time link.";
    link_dead: "Це посилання вже не діє. Попросіть адміністратора про нове.",
        "This link does not work any more. Ask an administrator for a new one.";
    choose_password: "Оберіть пароль", "Choose a password";
    password_rule: "Щонайменше 10 знаків; найкраще кілька слів.",
        "At least 10 characters; several words are best.";
    password_short: "Пароль має щонайменше 10 і щонайбільше 200 знаків.",
        "A password has at least 10 and at most 200 characters.";
    password_differs: "Паролі різні.", "The two passwords differ.";
    email_bad: "Це не схоже на адресу пошти.", "This does not look like an e-mail address.";
    first_admin: "Перший обліковий запис", "The first account";
    first_admin_why: "Він може все і в кожному магазині; інших додасте потім.",
        "It may do everything in every shop; add the others later.";
    save: "Зберегти", "Save";
    come_in: "Увійти без пароля", "Sign in without a password";
    come_in_why: "Посилання спрацює один раз.", "The link works once.";
    not_found: "Такої сторінки немає", "There is no such page";
    not_found_why: "Її могли видалити, або адреса неточна.",
        "It may have been removed, or the address is not exact.";
    denied: "Немає дозволу", "No permission";
    denied_why: "Ваша роль цього не бачить. Дозволи змінює адміністратор.",
        "Your role does not see this. An administrator changes roles.";
    stale: "Форма застаріла", "The form is out of date";
    stale_why: "Поверніться, оновіть сторінку і надішліть ще раз: нічого не змінено.",
        "Go back, reload the page and send it again: nothing was changed.";
    busy: "Зараз не виходить", "It does not work right now";
    busy_why: "База даних не відповідає. Дзвінки йдуть далі; спробуйте за хвилину.",
        "The database does not answer. Calls go on; try again in a minute.";
    bad: "Запит незрозумілий", "The request makes no sense";
    bad_why: "У ньому бракує чогось або щось зайве: нічого не змінено.",
        "Something is missing in it, or too much: nothing was changed.";
    too_many: "Забагато спроб", "Too many attempts";
    home: "На початок", "To the start page";
    look: "Вигляд", "Look";
    scheme_auto: "як у системі", "as the system";
    scheme_light: "світлий", "light";
    scheme_dark: "темний", "dark";
    language: "Мова", "Language";
    apply: "Застосувати", "Apply";
    times_in: "Час:", "Times in";
    calls: "Дзвінки", "Calls";
    filters: "Фільтри", "Filters";
    show: "Показати", "Show";
    clear: "Скинути", "Clear";
    from_day: "Від", "From";
    to_day: "До", "To";
    outcome: "Результат", "Outcome";
    origin: "Походження", "Origin";
    channel: "Канал", "Channel";
    scenario: "Тема", "Topic";
    caller: "Хто дзвонив", "Caller";
    number_end: "Кінець номера", "End of the number";
    transcript_words: "Слова розмови", "Words said";
    made: "Створено", "Made";
    made_order: "замовлення", "order";
    made_booking: "запис", "booking";
    any: "будь-що", "any";
    began: "Початок", "Began";
    length: "Тривалість", "Length";
    cost: "Вартість", "Cost";
    next_page: "Давніші", "Older";
    first_page: "Найновіші", "Newest";
    no_calls: "Жоден дзвінок не підходить. Послабте фільтри.",
        "No call matches. Loosen the filters.";
    no_calls_yet: "Дзвінків ще не було. Перший зʼявиться тут, щойно хтось подзвонить.",
        "No calls yet. The first one appears here as soon as somebody phones.";
    withheld: "номер приховано", "number withheld";
    unknown: "невідомо", "not known";
    open_call: "триває", "in progress";
    call: "Дзвінок", "Call";
    facts: "Факти", "Facts";
    number_called: "Набраний номер", "Number called";
    stage_left: "На чому зупинилися", "Where it stood";
    mood: "Настрій", "Mood";
    quality: "Якість", "Quality";
    rating: "Оцінка абонента", "Rating by the caller";
    instructions: "Версія інструкцій", "Instructions";
    node: "Вузол", "Node";
    led_to: "До чого привело", "What it led to";
    transfers: "Передачі оператору", "Transfers";
    transcript: "Розмова", "Transcript";
    transcript_off: "Абонент просив не записувати: далі без слів.",
        "The caller asked not to be recorded: no words from there on.";
    no_transcript: "Рядків розмови немає (ще або вже).", "There are no lines (yet, or any more).";
    time_line: "Часова шкала", "Time line";
    time_line_table: "Кроки таблицею", "The steps as a table";
    step: "Крок", "Step";
    turn: "Репліка", "Turn";
    at: "Коли", "At";
    took: "Скільки", "Took";
    state: "Стан", "State";
    by: "Хто", "By";
    arguments: "Аргументи", "Arguments";
    answer: "Відповідь", "Answer";
    agreed: "за згодою абонента", "with the caller's consent";
    tool_failed: "не вдалося", "failed";
    interrupted: "перебито", "interrupted";
    not_sure: "розпізнано непевно", "not sure";
    replay: "Відтворити журнал", "Replay the journal";
    replay_why: "На сервері покаже ті самі дії або першу розбіжність.",
        "On the server: shows the same deeds, or the first difference.";
    reading_noted: "Перегляд цієї розмови записано в журнал.",
        "That you read this transcript was noted.";
    customer: "абонент", "caller";
    bot: "агент", "agent";
    operator: "оператор", "operator";
    live_now: "Дзвінки зараз", "Calls in progress";
    nobody_calls: "Зараз ніхто не розмовляє. Дзвінок зʼявиться тут сам.",
        "Nobody is on the line. A call appears here by itself.";
    stream_ok: "наживо", "live";
    stream_lost: "звʼязок втрачено, дані застаріли", "connection lost, data are old";
    stream_wait: "зʼєднання…", "connecting…";
    last_words: "Останні слова", "Last words";
    shop: "Магазин", "Shop";
}

impl Words {
    /// The language's code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0.code()
    }

    /// The name of a role.
    #[must_use]
    pub const fn role(self, role: Role) -> &'static str {
        match (self.0, role) {
            (Tongue::Uk, Role::SuperAdmin) => "головний адміністратор",
            (Tongue::Uk, Role::Admin) => "адміністратор",
            (Tongue::Uk, Role::Operator) => "оператор",
            (Tongue::Uk, Role::Analyst) => "аналітик",
            (Tongue::En, Role::SuperAdmin) => "super admin",
            (Tongue::En, Role::Admin) => "admin",
            (Tongue::En, Role::Operator) => "operator",
            (Tongue::En, Role::Analyst) => "analyst",
        }
    }

    /// So many calls; `more` if there are more than that.
    #[must_use]
    pub fn calls_found(self, count: i64, more: bool) -> String {
        let plus = if more { "+" } else { "" };
        match self.0 {
            Tongue::En => {
                format!("{count}{plus} {}", if count == 1 && !more { "call" } else { "calls" })
            }
            Tongue::Uk => {
                let word = plural_uk(count, ["дзвінок", "дзвінки", "дзвінків"]);
                format!("{count}{plus} {word}")
            }
        }
    }

    /// When another attempt to sign in is allowed.
    #[must_use]
    pub fn wait_minutes(self, seconds: i64) -> String {
        let minutes = (seconds + 59) / 60;
        match self.0 {
            Tongue::En => {
                format!(
                    "Try again in {minutes} {}.",
                    if minutes == 1 { "minute" } else { "minutes" }
                )
            }
            Tongue::Uk => {
                let word = plural_uk(minutes, ["хвилину", "хвилини", "хвилин"]);
                format!("Спробуйте за {minutes} {word}.")
            }
        }
    }
}

/// The form of a noun after a number: one, few, many.
#[must_use]
pub const fn plural_uk(count: i64, forms: [&'static str; 3]) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ukrainian_counts_in_its_three_forms() {
        let words = Words(Tongue::Uk);
        for (count, said) in [
            (0, "0 дзвінків"),
            (1, "1 дзвінок"),
            (2, "2 дзвінки"),
            (4, "4 дзвінки"),
            (5, "5 дзвінків"),
            (11, "11 дзвінків"),
            (12, "12 дзвінків"),
            (21, "21 дзвінок"),
            (22, "22 дзвінки"),
            (111, "111 дзвінків"),
        ] {
            assert_eq!(words.calls_found(count, false), said);
        }
        assert_eq!(Words(Tongue::En).calls_found(1, false), "1 call");
        assert_eq!(Words(Tongue::En).calls_found(500, true), "500+ calls");
    }

    #[test]
    fn a_browser_gets_the_language_that_it_prefers() {
        for (header, tongue) in [
            ("", Tongue::Uk),
            ("en-GB,en;q=0.9,uk;q=0.8", Tongue::En),
            ("uk-UA,uk;q=0.9,en;q=0.8", Tongue::Uk),
            ("de,en;q=0.4", Tongue::En),
            ("fr", Tongue::Uk),
            ("en;q=banana", Tongue::En),
        ] {
            assert_eq!(Tongue::preferred(header), tongue, "{header}");
        }
    }
}
