//! Makes and models as callers say them: Latin, or by ear in Cyrillic letters.

/// What a line says of a car.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) make: Option<String>,
    pub(super) model: Option<String>,
}

/// A maker and the stems that it is heard by.
type Heard = (&'static str, &'static [&'static str]);

const MAKES: &[Heard] = &[
    ("Toyota", &["toyota", "тойот", "таёт", "тайот"]),
    ("Volkswagen", &["volkswagen", "vw", "фольксваген", "фольц", "фольксваґен"]),
    ("Skoda", &["skoda", "шкод", "škoda"]),
    ("Renault", &["renault", "рено"]),
    ("Dacia", &["dacia", "дачі", "дачи", "дача"]),
    ("Ford", &["ford", "форд"]),
    ("Opel", &["opel", "опел"]),
    ("Hyundai", &["hyundai", "хюнда", "хундай", "хендай", "гюнда", "хьюнда", "хёнда"]),
    ("Kia", &["kia", "кіа", "киа", "кія", "кия"]),
    ("Nissan", &["nissan", "нісан", "нисан", "ніссан", "ниссан"]),
    ("Mazda", &["mazda", "мазд"]),
    ("Honda", &["honda", "хонд", "гонд"]),
    ("Mitsubishi", &["mitsubishi", "міцубіш", "мицубиш", "мітсубіш", "митсубиш"]),
    ("Subaru", &["subaru", "субар"]),
    ("Suzuki", &["suzuki", "сузук"]),
    ("Chevrolet", &["chevrolet", "шевролет", "шевроле"]),
    ("Daewoo", &["daewoo", "део", "деу", "дэу", "даево"]),
    ("ZAZ", &["zaz", "заз"]),
    ("Audi", &["audi", "ауді", "ауди"]),
    ("BMW", &["bmw", "бмв", "бемве", "беемве", "бумер"]),
    ("Mercedes-Benz", &["mercedes", "мерседес", "мерс"]),
    ("Peugeot", &["peugeot", "пежо"]),
    ("Citroen", &["citroen", "сітроен", "ситроен", "citroën", "сітроєн"]),
    ("Fiat", &["fiat", "фіат", "фиат"]),
    ("Lexus", &["lexus", "лексус"]),
    ("Volvo", &["volvo", "вольво"]),
    ("Jeep", &["jeep", "джип"]),
    ("Tesla", &["tesla", "тесл"]),
    ("Chery", &["chery", "чері", "чери"]),
    ("Geely", &["geely", "джилі", "джили"]),
    ("BYD", &["byd", "бід", "билл"]),
    ("Zeekr", &["zeekr", "зікр", "зикр"]),
    ("Lada", &["lada", "лад", "ваз"]),
    ("Seat", &["seat", "сеат"]),
    ("Land Rover", &["landrover", "лендровер", "рендж", "range"]),
    ("Porsche", &["porsche", "порш"]),
    ("Infiniti", &["infiniti", "інфініт", "инфинит"]),
    ("SsangYong", &["ssangyong", "санйонг", "саньйонг", "санг"]),
];

/// Models by ear; everything else is taken as it was written.
const MODELS: &[Heard] = &[
    ("Camry", &["камрі", "камри", "кемрі"]),
    ("Corolla", &["корол"]),
    ("RAV4", &["рав4", "рав", "rav4", "rav"]),
    ("Yaris", &["яріс", "ярис"]),
    ("Land Cruiser", &["ленд", "прадо", "land"]),
    ("Golf", &["гольф"]),
    ("Passat", &["пасат", "пассат"]),
    ("Polo", &["поло"]),
    ("Tiguan", &["тігуан", "тигуан"]),
    ("Jetta", &["джетт", "джет"]),
    ("Octavia", &["октав"]),
    ("Fabia", &["фабі", "фаби"]),
    ("Superb", &["суперб"]),
    ("Rapid", &["рапід", "рапид"]),
    ("Kodiaq", &["кодіак", "кодиак"]),
    ("Logan", &["логан"]),
    ("Duster", &["дастер"]),
    ("Sandero", &["сандеро"]),
    ("Megane", &["меган"]),
    ("Clio", &["кліо", "клио"]),
    ("Focus", &["фокус"]),
    ("Fiesta", &["фієст", "фиест"]),
    ("Kuga", &["куг"]),
    ("Mondeo", &["мондео"]),
    ("Fusion", &["фьюжн", "фюжн", "фюжин"]),
    ("Astra", &["астр"]),
    ("Corsa", &["корс"]),
    ("Insignia", &["інсігн", "инсигн"]),
    ("Vectra", &["вектр"]),
    ("Accent", &["акцент"]),
    ("Elantra", &["елантр", "элантр"]),
    ("Tucson", &["туксон", "тусон", "тукс"]),
    ("Santa Fe", &["санта", "santa"]),
    ("Sonata", &["сонат"]),
    ("Sportage", &["спортейдж", "спортаж"]),
    ("Sorento", &["соренто"]),
    ("Rio", &["ріо", "рио"]),
    ("Ceed", &["сід", "сид"]),
    ("Cerato", &["церато", "черато"]),
    ("Qashqai", &["кашкай"]),
    ("X-Trail", &["ікстрейл", "икстрейл", "екстрейл"]),
    ("Juke", &["джук"]),
    ("Leaf", &["ліф", "лиф"]),
    ("Civic", &["цивік", "сівік", "цивик", "сивик"]),
    ("Accord", &["акорд", "аккорд"]),
    ("CR-V", &["срв", "сіарві", "црв"]),
    ("Lancer", &["лансер"]),
    ("Outlander", &["аутлендер", "аутлэндер"]),
    ("Pajero", &["паджеро"]),
    ("Forester", &["форестер"]),
    ("Outback", &["аутбек", "аутбэк"]),
    ("Vitara", &["вітар", "витар"]),
    ("Aveo", &["авео"]),
    ("Lacetti", &["лачет", "лацет"]),
    ("Cruze", &["круз"]),
    ("Lanos", &["ланос"]),
    ("Nexia", &["нексі", "некси"]),
    ("Sens", &["сенс"]),
];

/// Words that end a model: what follows says something else.
const STOPS: [&str; 55] = [
    "tyres",
    "tires",
    "winter",
    "summer",
    "all",
    "and",
    "from",
    "year",
    "of",
    "for",
    "the",
    "with",
    "it's",
    "please",
    "size",
    "a",
    "i",
    "in",
    "on",
    "шини",
    "шин",
    "гума",
    "гуму",
    "гуми",
    "зимові",
    "зимова",
    "зимову",
    "літні",
    "літню",
    "всесезонні",
    "рік",
    "року",
    "на",
    "для",
    "і",
    "та",
    "у",
    "в",
    "мені",
    "будь",
    "резина",
    "резину",
    "резины",
    "шины",
    "зимние",
    "зимнюю",
    "летние",
    "летнюю",
    "год",
    "года",
    "мне",
    "и",
    "р",
    "з",
    "дві",
];

/// Short stems stand for whole words only, with at most an ending.
fn is_form(word: &str, stem: &str) -> bool {
    word.strip_prefix(stem).is_some_and(|rest| {
        let ending = rest.chars().count();
        let short = stem.chars().count() <= 3;
        ending <= if short { 1 } else { 3 }
    })
}

fn find(word: &str, table: &[Heard]) -> Option<&'static str> {
    table
        .iter()
        .find(|(name, stems)| {
            name.eq_ignore_ascii_case(word) || stems.iter().any(|stem| is_form(word, stem))
        })
        .map(|(name, _)| *name)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.chars().all(|c| c.is_ascii_digit())
}

/// The make and the model in the words of a line (lower case).
pub(super) fn named(words: &[String]) -> Named {
    let make = words.iter().enumerate().find_map(|(at, word)| Some((at, find(word, MAKES)?)));
    let Some((at, make)) = make else {
        let model = words.iter().find_map(|word| find(word, MODELS)).map(str::to_owned);
        return Named { make: None, model };
    };
    let mut rest = words[at + 1..]
        .iter()
        .skip_while(|word| matches!(word.as_str(), "benz" | "бенц" | "rover" | "ровер"));
    let first = rest.next().filter(|word| !STOPS.contains(&word.as_str()) && !is_year(word));
    let model = first.map(|word| {
        if let Some(known) = find(word, MODELS) {
            return known.to_owned();
        }
        // "CX 5", "Golf 7" stay together, "Camry 2018" does not.
        let figure = |next: &&String| next.len() <= 2 && next.chars().all(|c| c.is_ascii_digit());
        let next = rest.next().filter(figure);
        next.map_or_else(|| word.clone(), |next| format!("{word} {next}"))
    });
    Named { make: Some(make.to_owned()), model }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::local::keywords::words_of;

    #[test]
    fn cars_are_heard_in_both_alphabets() {
        for (text, make, model) in [
            ("tyres for a Toyota Camry 2018", "Toyota", Some("Camry")),
            ("шини на Тойоту Камрі", "Toyota", Some("Camry")),
            ("резина на Шкоду Октавию 2012 года", "Skoda", Some("Octavia")),
            ("у мене Рено Логан", "Renault", Some("Logan")),
            ("Mazda CX 5", "Mazda", Some("cx 5")),
            ("на Мазду зимові шини", "Mazda", None),
        ] {
            let heard = named(&words_of(text));
            assert_eq!(heard.make.as_deref(), Some(make), "{text}");
            assert_eq!(heard.model.as_deref(), model, "{text}");
        }
        assert_eq!(named(&words_of("потрібні зимові шини")), Named::default());
    }
}
