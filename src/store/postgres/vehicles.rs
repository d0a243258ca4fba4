//! What fits a car, found by the words that callers use for it.

use super::transaction::Fault;
use crate::shop::{TireSize, fold};
use crate::store::VehicleSizes;
use sqlx::PgConnection;
use std::sync::LazyLock;

/// Other names of makes and models: a line names the make, the model (empty for the make itself)
/// and, separated by commas, what callers say.
const ALIASES: &str = include_str!("vehicle_aliases.csv");

/// From this many letters on one wrong letter is forgiven.
const SLIP_LETTERS_MIN: usize = 5;

struct Alias {
    brand: String,
    model: String,
    said: Vec<String>,
}

static KNOWN: LazyLock<Vec<Alias>> = LazyLock::new(|| {
    let alias = |line: &str| {
        let mut fields = line.split(';');
        let mut next = || fields.next().unwrap_or_default();
        let (brand, model) = (sound(next()), sound(next()));
        Alias { brand, model, said: next().split(',').map(sound).collect() }
    };
    ALIASES.lines().skip(1).map(alias).collect()
});

#[derive(sqlx::FromRow)]
struct Row {
    brand: String,
    model: String,
    year_from: i16,
    year_to: Option<i16>,
    stock_sizes: Vec<String>,
    acceptable_sizes: Vec<String>,
}

/// The sizes for a car: of the year that was named, otherwise of the newest generation.
pub(super) async fn sizes(
    conn: &mut PgConnection,
    (brand, model, year): &(String, String, Option<i32>),
) -> Result<Option<VehicleSizes>, Fault> {
    let brands: Vec<String> =
        sqlx::query_scalar("select distinct brand from vehicles").fetch_all(&mut *conn).await?;
    let Some(brand) = best(brand, "", &brands) else { return Ok(None) };
    let rows: Vec<Row> = sqlx::query_as(
        "select brand, model, year_from, year_to, stock_sizes, acceptable_sizes \
         from vehicles where brand = $1 order by year_from desc, model",
    )
    .bind(&brand)
    .fetch_all(conn)
    .await?;
    let models: Vec<String> = rows.iter().map(|row| row.model.clone()).collect();
    let Some(model) = best(model, &brand, &models) else { return Ok(None) };
    let of_year = |row: &&Row| {
        year.is_none_or(|year| {
            i32::from(row.year_from) <= year && row.year_to.is_none_or(|to| year <= i32::from(to))
        })
    };
    let found = rows.iter().filter(|row| row.model == model).find(of_year);
    Ok(found.map(|row| VehicleSizes {
        brand: row.brand.clone(),
        model: row.model.clone(),
        years: (row.year_from.into(), row.year_to.map(i32::from)),
        stock_sizes: read(&row.stock_sizes),
        acceptable_sizes: read(&row.acceptable_sizes),
    }))
}

/// Sizes in their canonical writing; one that is not is left out rather than guessed.
fn read(sizes: &[String]) -> Vec<TireSize> {
    sizes.iter().filter_map(|text| text.parse().ok()).collect()
}

/// The name among `known` that `said` means: the same sound, a known other name, or, if nothing
/// else fits, one letter off. `brand` is empty where makes are compared.
fn best(said: &str, brand: &str, known: &[String]) -> Option<String> {
    let (said, brand) = (sound(said), sound(brand));
    if said.is_empty() {
        return None;
    }
    let meant = |name: &str| {
        let name = sound(name);
        KNOWN.iter().any(|alias| {
            let (of, canonical) = if brand.is_empty() {
                ("", &alias.brand)
            } else {
                (alias.brand.as_str(), &alias.model)
            };
            let kind = if brand.is_empty() { alias.model.is_empty() } else { of == brand };
            kind && *canonical == name && alias.said.contains(&said)
        })
    };
    let found = |fits: &dyn Fn(&str) -> bool| known.iter().find(|name| fits(name)).cloned();
    found(&|name| sound(name) == said).or_else(|| found(&meant)).or_else(|| {
        let near = |name: &&String| {
            let name = sound(name);
            name.chars().count().min(said.chars().count()) >= SLIP_LETTERS_MIN
                && one_slip(&name, &said)
        };
        let mut all: Vec<&String> = known.iter().filter(near).collect();
        // A model stands there once for each of its generations.
        all.sort();
        all.dedup();
        match all.as_slice() {
            [only] => Some((*only).clone()),
            _ => None,
        }
    })
}

/// How a name sounds, roughly: one writing for letters that spellings of two alphabets exchange,
/// doubled letters once, nothing but letters and digits.
fn sound(text: &str) -> String {
    let folded = fold(text)
        .replace("sch", "sh")
        .replace("kh", "h")
        .replace("ck", "k")
        .replace("ch", "\u{1}")
        .replace('c', "k")
        .replace('\u{1}', "ch")
        .replace('q', "k")
        .replace('x', "ks")
        .replace('w', "v")
        .replace("ph", "f")
        .replace("oo", "u")
        .replace("ou", "u")
        .replace("ee", "i")
        .replace("iu", "u")
        .replace("ia", "a");
    let mut plain = String::with_capacity(folded.len());
    for letter in folded.chars().filter(|c| c.is_alphanumeric()) {
        if letter.is_ascii_digit() || !plain.ends_with(letter) {
            plain.push(letter);
        }
    }
    plain
}

/// True if the words differ in at most one letter: changed, left out or added.
fn one_slip(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let (a, b) = (&left[common..], &right[common..]);
    match a.len().abs_diff(b.len()) {
        0 => a.iter().skip(1).eq(b.iter().skip(1)),
        1 if a.len() > b.len() => a[1..] == *b,
        1 => *a == b[1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn makes_are_found_in_three_languages() {
        let known = names(&["Škoda", "Skoda", "Volkswagen", "Renault", "Hyundai", "BMW", "ZAZ"]);
        for (said, make) in [
            ("шкода", "Skoda"),
            ("Фольксваген", "Volkswagen"),
            ("фольц", "Volkswagen"),
            ("рено", "Renault"),
            ("хюндай", "Hyundai"),
            ("хундай", "Hyundai"),
            ("бмв", "BMW"),
            ("бееме", "BMW"),
            ("volkswagon", "Volkswagen"),
        ] {
            assert_eq!(best(said, "", &known).as_deref(), Some(make), "{said}");
        }
        assert_eq!(best("трактор", "", &known), None);
        assert_eq!(best("", "", &known), None);
    }

    #[test]
    fn models_are_found_within_their_make() {
        let known = names(&["Octavia", "Fabia", "Rapid", "Superb"]);
        assert_eq!(best("октавія", "Skoda", &known).as_deref(), Some("Octavia"));
        assert_eq!(best("Октавия", "Skoda", &known).as_deref(), Some("Octavia"));
        assert_eq!(best("фабія", "Skoda", &known).as_deref(), Some("Fabia"));
        assert_eq!(best("голф", "Skoda", &known), None);
    }

    #[test]
    fn one_letter_is_forgiven_in_a_long_word_only_and_never_guessed_between_two() {
        assert!(one_slip("duster", "dustr") && one_slip("duster", "dusten"));
        assert!(!one_slip("duster", "dust") && !one_slip("abc", "acb"));
        let generations = names(&["Octavia", "Fabia", "Octavia"]);
        assert_eq!(best("Octovia", "Skoda", &generations).as_deref(), Some("Octavia"));
        assert_eq!(best("Q5", "Audi", &names(&["Q3", "Q7"])), None);
        assert_eq!(best("Model A", "X", &names(&["Model B", "Model C"])), None);
    }
}
