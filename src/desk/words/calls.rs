//! What the list of calls, the page of one and the figures say.

use super::{Tongue, Words};

words! {
    nav_numbers: "Показники", "Numbers";
    words_window: "Слова шукаються за 92 дні до останнього дня; найшвидше від трьох літер.",
        "Words are looked for in the 92 days before the last day; quickest from three letters on.";
    stage: "Етап", "Stage";
    person_wanted: "Передача", "Transfer";
    farther_back: "Давніші за ці дні", "Before these days";
    day_of_figures: "Показники цього дня", "Figures of this day";
    take_off: "Зняти фільтр", "Take the filter off";
    waited: "Очікування відповіді", "Wait for the answer";
    ours: "наше", "ours";
    beside: "поруч", "beside";
    filler: "перед відповіддю звучала заповнювальна фраза", "a filler sounded before the answer";
    bill: "Рахунок за кроками", "The bill by step";
    provider: "Постачальник", "Provider";
    used: "Використано", "Used";
    times: "Разів", "Times";
    price_unknown: "ціна невідома", "price not known";
    judged_by: "Хто оцінив", "Judged by";
    missed: "не виконано", "missed";
    trouble: "Помилка", "Trouble";
    not_judged: "Ще не оцінено.", "Not judged yet.";
}

impl Words {
    /// The days that a list looks at.
    #[must_use]
    pub fn looked_at(self, from: &str, to: Option<&str>) -> String {
        match (self.0, to) {
            (_, Some(to)) if to == from => from.to_owned(),
            (_, Some(to)) => format!("{from} – {to}"),
            (Tongue::En, None) => format!("since {from}"),
            (Tongue::Uk, None) => format!("від {from}"),
        }
    }

    /// Tokens that went into a model, those of them that it knew already, and those that came out.
    #[must_use]
    pub fn tokens(self, input: i64, cached: i64, output: i64) -> String {
        match self.0 {
            Tongue::En => format!("{input} tokens in ({cached} cached), {output} out"),
            Tongue::Uk => {
                format!("токенів: {input} на вхід ({cached} з памʼяті), {output} на вихід")
            }
        }
    }

    /// Seconds of sound, or characters.
    #[must_use]
    pub fn units(self, amount: &str, unit: &str) -> String {
        let unit = match (self.0, unit) {
            (Tongue::En, "second") => "s of sound",
            (Tongue::Uk, "second") => "с звуку",
            (Tongue::En, "character") => "characters",
            (Tongue::Uk, "character") => "знаків",
            (_, other) => other,
        };
        format!("{amount} {unit}")
    }
}
