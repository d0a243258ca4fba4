//! English number words.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const POWERS: [&str; 5] = ["", "thousand", "million", "billion", "trillion"];

/// "two thousand eight hundred".
pub(super) fn cardinal(number: u64) -> String {
    if number == 0 {
        return ONES[0].to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    for power in (0..=4_usize).rev() {
        let unit = 1000_u64.pow(power as u32);
        let group = if power == 4 { number / unit } else { number / unit % 1000 };
        if group == 0 {
            continue;
        }
        words.push(if group < 1000 { below_thousand(group) } else { cardinal(group) });
        if power > 0 {
            words.push(POWERS[power].to_owned());
        }
    }
    words.join(" ")
}

fn below_thousand(number: u64) -> String {
    let mut words: Vec<String> = Vec::new();
    if number >= 100 {
        words.push(format!("{} hundred", ONES[(number / 100) as usize]));
    }
    let (tens, ones) = ((number % 100 / 10) as usize, (number % 10) as usize);
    match number % 100 {
        0 => {}
        small @ 1..=19 => words.push(ONES[small as usize].to_owned()),
        _ if ones == 0 => words.push(TENS[tens].to_owned()),
        _ => words.push(format!("{}-{}", TENS[tens], ONES[ones])),
    }
    words.join(" ")
}

/// "twenty-fifth".
pub(super) fn ordinal(number: u64) -> String {
    let words = cardinal(number);
    let cut = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at(cut);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => other
            .strip_suffix('y')
            .map_or_else(|| format!("{other}th"), |stem| format!("{stem}ieth")),
    };
    format!("{head}{last}")
}

/// A year as it is said: "twenty twenty-six", "two thousand five".
pub(super) fn year(year: u64) -> String {
    let (century, rest) = (year / 100, year % 100);
    if !(1000..=9999).contains(&year) || century.is_multiple_of(10) && rest < 10 {
        return cardinal(year);
    }
    match rest {
        0 => format!("{} hundred", cardinal(century)),
        1..=9 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}
