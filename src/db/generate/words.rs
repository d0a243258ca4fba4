//! What people phone for, how that goes, and what is said: the shape of the generated calls.

/// What a call was about, and how such calls go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scenario {
    /// As in `calls.scenario`; `None` for a caller who said nothing that could be understood.
    pub(super) name: Option<&'static str>,
    /// The usual number of questions and answers.
    pub(super) exchanges: u64,
    /// What is looked up or done, in order.
    pub(super) tools: &'static [&'static str],
    /// Where such a call stands when it ends without a result.
    pub(super) stages: &'static [&'static str],
    /// How such calls end.
    pub(super) outcomes: &'static [(&'static str, u64)],
}

/// How most calls end, parts of a thousand.
const USUAL: &[(&str, u64)] = &[
    ("resolved", 700),
    ("transferred", 90),
    ("callback", 40),
    ("abandoned", 140),
    ("leg_lost", 20),
    ("error", 5),
    ("lost_process", 5),
];
const OF_SILENCE: &[(&str, u64)] =
    &[("abandoned", 800), ("refused", 90), ("leg_lost", 80), ("error", 30)];
const OF_OPERATOR: &[(&str, u64)] = &[("transferred", 850), ("callback", 100), ("abandoned", 50)];

const fn usual(
    name: &'static str,
    exchanges: u64,
    tools: &'static [&'static str],
    stages: &'static [&'static str],
) -> Scenario {
    Scenario { name: Some(name), exchanges, tools, stages, outcomes: USUAL }
}

/// The scenarios and how often each of them comes, of a hundred calls.
pub(super) const SCENARIOS: &[(Scenario, u64)] = &[
    (usual("tire_search", 4, &["search_tires", "check_availability"], &["tire_search"]), 25),
    (
        usual(
            "order",
            8,
            &[
                "search_tires",
                "check_availability",
                "create_order_draft",
                "update_order_delivery",
                "confirm_order",
            ],
            &["order_items", "delivery", "confirmation"],
        ),
        9,
    ),
    (
        usual(
            "fitting_booking",
            7,
            &["get_fitting_stations", "get_fitting_slots", "get_fitting_price", "book_fitting"],
            &["station_selection", "time_selection", "details", "confirmation"],
        ),
        24,
    ),
    (usual("order_status", 3, &["get_order_status"], &["order_items"]), 10),
    (usual("price_query", 3, &["get_fitting_price"], &["station_selection"]), 8),
    (
        usual(
            "fitting_change",
            5,
            &["get_customer_bookings", "get_fitting_slots"],
            &["time_selection", "confirmation"],
        ),
        3,
    ),
    (usual("knowledge", 3, &["search_knowledge_base"], &["greeting"]), 7),
    (usual("storage", 3, &["find_storage"], &["station_selection"]), 3),
    (
        Scenario {
            name: Some("operator"),
            exchanges: 2,
            tools: &["transfer_to_operator"],
            stages: &["greeting"],
            outcomes: OF_OPERATOR,
        },
        4,
    ),
    (
        Scenario {
            name: None,
            exchanges: 0,
            tools: &[],
            stages: &["greeting"],
            outcomes: OF_SILENCE,
        },
        7,
    ),
];

/// Why calls go to a person.
pub(super) const TRANSFER_REASONS: &[(&str, u64)] =
    &[("customer_request", 60), ("cannot_help", 25), ("not_understood", 12), ("cost_ceiling", 3)];

/// How callers sound.
pub(super) const SENTIMENTS: &[(&str, u64)] =
    &[("neutral", 70), ("positive", 18), ("negative", 12)];

/// The languages of the shop.
pub(super) const LANGUAGES: &[(&str, u64)] = &[("uk", 62), ("ru", 28), ("en", 10)];

/// Calls of each hour on the shop's wall, of a thousand.
pub(super) const HOURS: [(u32, u64); 24] = [
    (0, 1),
    (1, 1),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (6, 4),
    (7, 18),
    (8, 62),
    (9, 108),
    (10, 118),
    (11, 106),
    (12, 84),
    (13, 78),
    (14, 82),
    (15, 90),
    (16, 88),
    (17, 74),
    (18, 46),
    (19, 22),
    (20, 10),
    (21, 4),
    (22, 2),
    (23, 1),
];

/// Calls of each weekday, Monday first, and of each month, January first, against the mean of 100:
/// tyres are changed in spring and in autumn.
pub(super) const WEEKDAYS: [u64; 7] = [115, 105, 100, 100, 110, 100, 70];
pub(super) const MONTHS: [u64; 12] = [75, 80, 130, 140, 85, 75, 70, 75, 90, 140, 150, 90];

/// What the agent says first.
pub(super) fn greeting(language: &str) -> &'static str {
    match language {
        "ru" => "Добрый день! Вас приветствует автоматический помощник. Чем помочь?",
        "en" => "Good afternoon! This is the automatic assistant. How can I help?",
        _ => "Добрий день! Вас вітає автоматичний помічник. Чим допомогти?",
    }
}

/// What callers say.
pub(super) fn of_caller(language: &str) -> &'static [&'static str] {
    match language {
        "ru" => &[
            "Здравствуйте, мне нужны зимние шины двести пять пятьдесят пять на шестнадцать.",
            "Да, подходит.",
            "А сколько это будет стоить?",
            "Запишите меня на переобувку на завтра.",
            "Нет, лучше после обеда.",
            "Хорошо, спасибо.",
        ],
        "en" => &[
            "Hello, I need winter tyres, two hundred five fifty five R sixteen.",
            "Yes, that is right.",
            "How much is that together?",
            "I would like to book a fitting for tomorrow.",
            "No, rather in the afternoon.",
            "All right, thank you.",
        ],
        _ => &[
            "Добрий день, мені потрібні зимові шини двісті п'ять п'ятдесят п'ять на шістнадцять.",
            "Так, підходить.",
            "А скільки це буде коштувати?",
            "Запишіть мене на шиномонтаж на завтра.",
            "Ні, краще після обіду.",
            "Гаразд, дякую.",
        ],
    }
}

/// What the agent answers.
pub(super) fn of_agent(language: &str) -> &'static [&'static str] {
    match language {
        "ru" => &[
            "Есть три варианта в наличии. Какой вас интересует?",
            "Это двадцать тысяч шестьсот гривен за комплект. Оформляем?",
            "Свободно завтра в десять и в четырнадцать. Что вам удобнее?",
            "Готово. Чем ещё помочь?",
            "Подскажите, пожалуйста, размер шин.",
        ],
        "en" => &[
            "I have three of them in stock. Which one would you like?",
            "That is twenty thousand six hundred hryvnias for the set. Shall I order it?",
            "Tomorrow at ten and at two is free. What suits you?",
            "Done. Anything else?",
            "Please tell me the size of the tyres.",
        ],
        _ => &[
            "Є три варіанти в наявності. Який вас цікавить?",
            "Це двадцять тисяч шістсот гривень за комплект. Оформлюємо?",
            "Вільно завтра о десятій та о чотирнадцятій. Що вам зручніше?",
            "Готово. Чим ще допомогти?",
            "Підкажіть, будь ласка, розмір шин.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_what_they_are_parts_of() {
        assert_eq!(WEEKDAYS.iter().sum::<u64>(), 700);
        assert_eq!(MONTHS.iter().sum::<u64>(), 1_200);
        assert_eq!(HOURS.iter().map(|(_, weight)| weight).sum::<u64>(), 1_000);
        assert_eq!(SCENARIOS.iter().map(|(_, weight)| weight).sum::<u64>(), 100);
        for (scenario, _) in SCENARIOS {
            let parts: u64 = scenario.outcomes.iter().map(|(_, part)| part).sum();
            assert_eq!(parts, 1_000, "{scenario:?}");
        }
    }
}
