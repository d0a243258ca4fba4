//! A version as a text: a few lines of `key: value` between lines of `---`, then the instructions.

use super::{NewPrompt, PromptVersion};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Characters of instructions: more than that no model obeys.
pub const TEXT_CHARS_MAX: usize = 60_000;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 50;

/// Reads a version. What the head does not say is taken from `name`, or else from `stem`; `known` are
/// the tools that it may hide.
///
/// # Errors
/// What is wrong and what would be right, one sentence.
pub fn read(
    text: &str,
    name: Option<String>,
    stem: &str,
    known: &[&str],
) -> Result<NewPrompt, String> {
    let text = text.replace("\r\n", "\n");
    let (head, body) = match text.strip_prefix("---\n") {
        Some(rest) => rest.split_once("\n---\n").ok_or("the head has no closing line `---`")?,
        None => ("", text.as_str()),
    };
    let Head { said, hide, rules, scenarios } = self::head(head)?;
    if let Some(unknown) = hide.iter().find(|tool| !known.contains(&tool.as_str())) {
        return Err(format!("hide: there is no tool {unknown:?}; there are {}", known.join(", ")));
    }
    let name = name.or(said).unwrap_or_else(|| stem.replace(' ', "-"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let legal = (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with(['.', '_', '-']);
    if !legal {
        return Err(format!(
            "the name {name:?} must be small letters, digits, `.`, `_` and `-`, at most \
             {NAME_BYTES_MAX}"
        ));
    }
    if name.starts_with("builtin-") {
        return Err("names that begin with builtin- are the program's own".into());
    }
    let body = body.trim();
    if body.is_empty() {
        return Err("there are no instructions".into());
    }
    if body.chars().count() > TEXT_CHARS_MAX {
        return Err(format!("is longer than {TEXT_CHARS_MAX} characters"));
    }
    let tools_config = if hide.is_empty() { json!({}) } else { json!({ "hide": hide }) };
    let mut metadata = json!({});
    if !rules.is_empty() {
        metadata["hard_rules"] = json!(rules);
    }
    if !scenarios.is_empty() {
        metadata["scenarios"] = Value::Object(scenarios);
    }
    Ok(NewPrompt { name, system_prompt: body.to_owned(), tools_config, metadata })
}

#[derive(Default)]
struct Head {
    said: Option<String>,
    hide: Vec<String>,
    rules: Vec<String>,
    scenarios: Map<String, Value>,
}

fn head(text: &str) -> Result<Head, String> {
    let mut head = Head::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (key, value) =
            line.split_once(':').ok_or_else(|| format!("{line:?} must be `key: value`"))?;
        let value = value.trim();
        match key.trim() {
            "name" => head.said = Some(value.to_owned()),
            "hide" => head.hide.extend(value.split(',').map(|tool| tool.trim().to_owned())),
            "rule" => head.rules.push(value.to_owned()),
            other => {
                let scenario = other.strip_prefix("scenario.").ok_or_else(|| {
                    format!("the head has {other:?}; it may have name, hide, rule, scenario.…")
                })?;
                head.scenarios.insert(scenario.to_owned(), json!(value));
            }
        }
    }
    Ok(head)
}

/// A version as such a text, without its name: to be changed and added under another one.
#[must_use]
pub fn written(version: &PromptVersion) -> String {
    let mut head = String::new();
    let words = |value: &Value| -> Vec<String> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let hide = words(&version.tools_config["hide"]);
    if !hide.is_empty() {
        let _ = writeln!(head, "hide: {}", hide.join(", "));
    }
    for rule in words(&version.metadata["hard_rules"]) {
        let _ = writeln!(head, "rule: {rule}");
    }
    for (scenario, value) in version.metadata["scenarios"].as_object().into_iter().flatten() {
        let _ = writeln!(head, "scenario.{scenario}: {}", value.as_str().unwrap_or_default());
    }
    if head.is_empty() {
        return version.system_prompt.clone();
    }
    format!("---\n{head}---\n\n{}", version.system_prompt)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOOLS: &[&str] = &["find_storage", "add_to_wishlist"];

    #[test]
    fn a_file_says_name_hidden_tools_and_rules() {
        let text = "---\nname: short-1\nhide: find_storage, add_to_wishlist\nrule: Be short.\n\
                    scenario.order: Ask for the branch.\n---\n\nYou answer a phone.\n";
        let new = read(text, None, "file", TOOLS).unwrap();
        assert_eq!(new.name, "short-1");
        assert_eq!(new.system_prompt, "You answer a phone.");
        assert_eq!(new.tools_config, json!({ "hide": ["find_storage", "add_to_wishlist"] }));
        assert_eq!(new.metadata["hard_rules"], json!(["Be short."]));
        assert_eq!(new.metadata["scenarios"]["order"], "Ask for the branch.");
        assert_eq!(read("Text", None, "my prompt", TOOLS).unwrap().name, "my-prompt");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, wrong) in [
            ("", "no instructions"),
            ("---\nname: x\n", "closing"),
            ("---\nhide: fly\n---\nText", "no tool"),
            ("---\ncolour: red\n---\nText", "colour"),
            ("---\nname: Ключ\n---\nText", "small letters"),
            ("---\nname: builtin-1\n---\nText", "own"),
        ] {
            let error = read(text, None, "file", TOOLS).unwrap_err();
            assert!(error.contains(wrong), "{text:?}: {error}");
        }
    }

    #[test]
    fn what_was_read_can_be_written_and_read_again() {
        let text = "---\nhide: find_storage\nrule: Be short.\nrule: Be kind.\n\
                    scenario.order: Ask: where?\n---\n\nYou answer a phone.\nAlways.";
        let new = read(text, None, "one", TOOLS).unwrap();
        let version = PromptVersion {
            id: uuid::Uuid::nil(),
            name: new.name.clone(),
            system_prompt: new.system_prompt.clone(),
            tools_config: new.tools_config.clone(),
            is_active: false,
            metadata: new.metadata.clone(),
            created_at: chrono::Utc::now(),
        };
        assert_eq!(written(&version), text);
        assert_eq!(read(&written(&version), None, "one", TOOLS).unwrap(), new);
    }
}
