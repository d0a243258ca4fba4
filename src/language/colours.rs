//! Colours of cars in three languages, as whole words in all their forms.

/// A colour and its words: English ones as they are, then stems of Ukrainian and Russian adjectives,
/// marked by a star, which take the endings of either language.
const COLOURS: &[(&str, &str)] = &[
    ("black", "black чорн* черн* чёрн*"),
    ("white", "white біл* бел*"),
    ("grey", "grey gray сір* сер*"),
    ("silver", "silver срібн* сріблян* сріблист* срібляст* серебрист* серебрян*"),
    ("red", "red червон* красн*"),
    ("blue", "blue navy син* голуб* блакитн*"),
    ("green", "green зелен* зелён*"),
    ("yellow", "yellow жовт* желт* жёлт*"),
    ("brown", "brown коричнев*"),
    ("beige", "beige бежев*"),
    ("orange", "orange помаранчев* оранжев*"),
    ("golden", "golden золотист*"),
    ("purple", "purple violet фіолетов* фиолетов*"),
    ("maroon", "maroon burgundy бордов* вишнев*"),
    ("pink", "pink рожев* розов*"),
];
/// Endings of adjectives.
const ENDINGS: &str = "ий ій ый ой а я ая яя е є ое ее і ї ые ие у ю ую юю ого его ього ої ьої \
    ому ему ьому ою ьою ей им ім ым их іх ых ими іми ыми";
/// Words that only look like one.
const OTHER: &str = "син сина сині сину сера серу сере серий серии серия серію беля била білю";

/// The colour that a word names, by its English name; `word` is in lower case.
#[must_use]
pub(crate) fn colour_of(word: &str) -> Option<&'static str> {
    if OTHER.split(' ').any(|other| other == word) {
        return None;
    }
    let names = |form: &str| match form.strip_suffix('*') {
        Some(stem) => word
            .strip_prefix(stem)
            .is_some_and(|ending| ENDINGS.split_whitespace().any(|one| one == ending)),
        None => word == form,
    };
    COLOURS.iter().find(|(_, forms)| forms.split(' ').any(names)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::colour_of;

    #[test]
    fn colours_are_known_in_all_their_forms() {
        for (word, colour) in [
            ("black", "black"),
            ("чорна", "black"),
            ("чорного", "black"),
            ("черная", "black"),
            ("білу", "white"),
            ("белый", "white"),
            ("сірий", "grey"),
            ("серой", "grey"),
            ("срібляста", "silver"),
            ("синя", "blue"),
            ("синій", "blue"),
            ("зеленою", "green"),
            ("красную", "red"),
        ] {
            assert_eq!(colour_of(word), Some(colour), "{word}");
        }
        for word in ["середа", "син", "сервіс", "більше", "red's", "серия", "голубка", "reduced"]
        {
            assert_eq!(colour_of(word), None, "{word}");
        }
    }
}
