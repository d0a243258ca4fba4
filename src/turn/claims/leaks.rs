//! What is ours alone and never spoken: names of tools, ids, markup, instructions.

use super::facts::Facts;
use uuid::Uuid;

/// Beginnings of words that only our own instructions use.
const INSIDE: &[&str] = &[
    "system prompt",
    "next step:",
    "tool result",
    "tool call",
    "function call",
    "tool_call",
    "```",
    "${",
    "sip:",
    "pjsip/",
    "local/",
    "action_required",
    "[ ]",
    "[x]",
    "✅",
    "☐",
];

/// Marks that are formatting on a screen.
const MARKS: [&str; 5] = ["**", "__", "`", "*", "#"];

/// What of ours is in the sentence, if anything.
pub(super) fn leak(sentence: &str, facts: &Facts, tools: &[String]) -> Option<String> {
    let folded = sentence.to_lowercase();
    if let Some(found) = INSIDE.iter().find(|inside| folded.contains(**inside)) {
        return Some((*found).to_owned());
    }
    if sentence.trim_start().starts_with("# ") || sentence.trim_start().starts_with("##") {
        return Some("heading".into());
    }
    let quoted_key = sentence.contains("\":") || sentence.contains("\" :");
    if sentence.contains(['{', '}']) || quoted_key {
        return Some("json".into());
    }
    words(&folded).find_map(|word| {
        let tool = word.contains('_') && tools.iter().any(|tool| tool == word);
        if tool {
            return Some(word.to_owned());
        }
        let id = Uuid::try_parse(word).is_ok() || is_alias(word) || facts.is_id(word);
        id.then(|| "id".to_owned())
    })
}

/// Pieces between spaces, without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';' | '"' | '\'' | '/'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// "D1", "B12", "S3", "P4": names within a call for rows that have an id.
fn is_alias(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['d', 'b', 's', 'p']) else { return false };
    (1..=2).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sentence without bullets, emphasis and tags.
pub(super) fn plain(sentence: &str) -> String {
    let mut text = without_tags(sentence);
    for mark in MARKS {
        if text.contains(mark) {
            text = text.replace(mark, "");
        }
    }
    let text = text.trim();
    let text = text.strip_prefix(['-', '•', '–']).map_or(text, str::trim_start);
    let figures = text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=2).contains(&figures)
        && text[figures..].strip_prefix(['.', ')']).is_some_and(|rest| rest.starts_with(' '));
    if numbered { text[figures + 1..].trim_start().to_owned() } else { text.to_owned() }
}

/// Without `<break time="1s"/>` and the like; a lone `<` stays.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let tag = rest[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let Some(close) = rest[open..].find('>').filter(|_| tag) else { break };
        out.push_str(&rest[..open]);
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_ours_is_found() {
        let mut facts = Facts::default();
        let result = json!({ "stations": [{ "station_id": "100001", "name": "North" }] });
        facts.learn(
            "get_fitting_stations",
            &json!({}),
            &result,
            true,
            chrono::NaiveDate::default(),
        );
        let tools = ["search_tires".to_owned()];
        for text in [
            "I will call search_tires now.",
            "Station 100001 is free.",
            "Your draft is D1.",
            "{\"price\": 12}",
            "# Checklist",
            "[x] station chosen",
            "The id is 6d9a1a5e-5f3d-4be0-9d39-000000000001.",
            "Dial ${SHELL(id)} for more.",
        ] {
            assert!(leak(text, &facts, &tools).is_some(), "{text}");
        }
        for text in ["It is 205/55 R16.", "The North station is near.", "A BMW X5, is it?"] {
            assert_eq!(leak(text, &facts, &tools), None, "{text}");
        }
    }

    #[test]
    fn marks_of_a_screen_are_taken_off() {
        let cases = [
            ("- **Nokian** at 4720", "Nokian at 4720"),
            ("1. Nokian", "Nokian"),
            ("<speak>Good<break time=\"1s\"/> day</speak>", "Good day"),
            ("less < more", "less < more"),
            ("10:20 suits", "10:20 suits"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected);
        }
    }
}
