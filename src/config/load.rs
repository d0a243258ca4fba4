//! Layers: `config.toml`, `config.local.toml` over it, the environment over both. Everything that
//! is wrong is reported at once, with the place and the key.

use super::{Config, Secrets, check};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use toml::{Table, Value};

const PREFIX: &str = "TREADLINE__";
const ENVIRONMENT: &str = "environment";

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or `environment`.
    pub place: String,
    /// The key, dotted; in the environment the variable. Empty if the whole place is meant.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            write!(f, "{}: {}", self.place, self.message)
        } else {
            write!(f, "{}: {}: {}", self.place, self.key, self.message)
        }
    }
}

/// All that is wrong, at once.
#[derive(Debug)]
pub struct ConfigError(pub Vec<Problem>);

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the configuration has {count} problem{}", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Reads the configuration of the current folder.
///
/// # Errors
/// Every problem found.
pub fn load() -> Result<(Config, Secrets), ConfigError> {
    // A variable that is not text is none of ours; `std::env::vars` would panic on it.
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    load_from(Path::new("."), environment)
}

/// Reads the configuration of `folder` under the given environment. A missing file is an empty
/// one.
///
/// # Errors
/// Every problem found.
pub fn load_from(
    folder: &Path,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Secrets), ConfigError> {
    let mut layers = Layers::over_defaults();
    for name in ["config.toml", "config.local.toml"] {
        layers.add_file(folder, name);
    }
    let mut secrets = Secrets::default();
    let mut variables: Vec<_> = environment.collect();
    variables.sort();
    for (name, value) in variables {
        let secret = match name.as_str() {
            "OPENAI_API_KEY" => &mut secrets.openai_api_key,
            "DATABASE_URL" => &mut secrets.database_url,
            "TREADLINE_CALL_SECRET" => &mut secrets.call_secret,
            "TREADLINE_STORE_KEY" => &mut secrets.store_key,
            "TREADLINE_ARI_PASSWORD" => &mut secrets.ari_password,
            "TREADLINE_SMTP_PASSWORD" => &mut secrets.smtp_password,
            "TREADLINE_TELEGRAM_TOKEN" => &mut secrets.telegram_token,
            "TREADLINE_WEBHOOK_SECRET" => &mut secrets.webhook_secret,
            _ => {
                layers.add_variable(&name, &value);
                continue;
            }
        };
        // An empty variable is how shells and compose files say "none".
        *secret = (!value.is_empty()).then(|| value.into());
    }
    layers.finish().map(|config| (config, secrets))
}

/// The configuration as it grows, and what was wrong with its parts.
struct Layers {
    /// Complete at any time: the defaults with every good value put over them.
    tree: Value,
    /// Which place set a key last, by dotted key.
    places: BTreeMap<String, (String, String)>,
    problems: Vec<Problem>,
}

impl Layers {
    fn over_defaults() -> Self {
        let tree =
            Value::try_from(Config::default()).unwrap_or_else(|_| Value::Table(Table::new()));
        Self { tree, places: BTreeMap::new(), problems: Vec::new() }
    }

    fn add_file(&mut self, folder: &Path, name: &str) {
        let text = match std::fs::read_to_string(folder.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.problem(name, "", format!("cannot be read: {error}")),
        };
        match text.parse::<Table>() {
            Ok(table) => self.add_table(name, &[], table),
            Err(error) => {
                let line = error.span().map_or(1, |span| {
                    text.get(..span.start).unwrap_or(&text).matches('\n').count() + 1
                });
                self.problem(
                    name,
                    "",
                    format!("line {line}: {}", error.message().replace('\n', " ")),
                );
            }
        }
    }

    fn add_table(&mut self, place: &str, above: &[String], table: Table) {
        for (key, value) in table {
            let path: Vec<String> = above.iter().cloned().chain([key]).collect();
            let dotted = path.join(".");
            match (find(&self.tree, &path), value) {
                (None, _) => {
                    let message = self.unknown(&path);
                    self.problem(place, &dotted, message);
                }
                (Some(Value::Table(_)), Value::Table(inner)) => {
                    self.add_table(place, &path, inner);
                }
                (Some(Value::Table(_)), other) => {
                    let found = other.type_str();
                    self.problem(place, &dotted, format!("is a section, not a {found}"));
                }
                (Some(_), value) => self.set(place, &dotted, &path, value),
            }
        }
    }

    /// `TREADLINE__LIMITS__CALL__TURNS_MAX=40`; other variables are none of ours.
    fn add_variable(&mut self, name: &str, text: &str) {
        let Some(rest) = name.strip_prefix(PREFIX) else { return };
        let path: Vec<String> = rest.to_lowercase().split("__").map(str::to_owned).collect();
        match find(&self.tree, &path) {
            None => {
                let message = self.unknown(&path);
                self.problem(ENVIRONMENT, name, message);
            }
            Some(Value::Table(_)) => {
                self.problem(ENVIRONMENT, name, "is a section; name a key in it".into());
            }
            Some(like) => match read_like(like, text) {
                Ok(value) => self.set(ENVIRONMENT, name, &path, value),
                Err(message) => self.problem(ENVIRONMENT, name, message),
            },
        }
    }

    /// Puts a value over what is there, if the whole still makes sense to its types.
    fn set(&mut self, place: &str, shown: &str, path: &[String], value: Value) {
        let mut changed = self.tree.clone();
        let Some(slot) = find_mut(&mut changed, path) else { return };
        *slot = value;
        match changed.clone().try_into::<Config>() {
            Ok(_) => {
                self.tree = changed;
                self.places.insert(path.join("."), (place.to_owned(), shown.to_owned()));
            }
            Err(error) => {
                let why = error.message().lines().next().unwrap_or_default().to_owned();
                self.problem(place, shown, why);
            }
        }
    }

    fn finish(mut self) -> Result<Config, ConfigError> {
        let config = match self.tree.clone().try_into::<Config>() {
            Ok(config) => config,
            Err(error) => {
                self.problem("config.toml", "", error.to_string());
                return Err(ConfigError(self.problems));
            }
        };
        for (key, message) in check::problems(&config) {
            // Two keys that disagree are reported under the first; either may have been set.
            let (place, shown) = self
                .places
                .get(key)
                .cloned()
                .unwrap_or_else(|| ("config.toml".to_owned(), key.to_owned()));
            self.problem(&place, &shown, message);
        }
        if self.problems.is_empty() { Ok(config) } else { Err(ConfigError(self.problems)) }
    }

    fn problem(&mut self, place: &str, key: &str, message: String) {
        self.problems.push(Problem { place: place.to_owned(), key: key.to_owned(), message });
    }

    fn unknown(&self, path: &[String]) -> String {
        let key = path.last().map_or("", String::as_str);
        if let Some(variable) = secret_variable(path) {
            return format!(
                "secrets come only from the environment: set {variable} there and remove this key"
            );
        }
        let known = known_beside(&self.tree, path);
        match nearest(key, &known) {
            Some(near) => format!("is not a key; did you mean `{near}`?"),
            None if known.is_empty() => "is not a key".into(),
            None => format!("is not a key; there are {}", known.join(", ")),
        }
    }
}

/// The variable that a key which looks like a secret belongs into.
fn secret_variable(path: &[String]) -> Option<&'static str> {
    let key = path.last()?.to_lowercase();
    let like = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let is_key_of_store = path.len() == 2 && path[0] == "store" && key == "key";
    if !is_key_of_store && !like(&["secret", "password", "passwd", "token", "api_key", "apikey"]) {
        return None;
    }
    let section = path.first().map_or("", String::as_str);
    Some(match section {
        "database" => "DATABASE_URL",
        "server" | "audiosocket" => "TREADLINE_CALL_SECRET",
        "store" => "TREADLINE_STORE_KEY",
        "ari" => "TREADLINE_ARI_PASSWORD",
        "webhooks" => "TREADLINE_WEBHOOK_SECRET",
        "alerts" if like(&["telegram"]) => "TREADLINE_TELEGRAM_TOKEN",
        "alerts" => "TREADLINE_SMTP_PASSWORD",
        _ if like(&["call_secret"]) => "TREADLINE_CALL_SECRET",
        _ => "OPENAI_API_KEY",
    })
}

fn find<'t>(tree: &'t Value, path: &[String]) -> Option<&'t Value> {
    path.iter().try_fold(tree, |at, key| at.as_table()?.get(key))
}

fn find_mut<'t>(tree: &'t mut Value, path: &[String]) -> Option<&'t mut Value> {
    path.iter().try_fold(tree, |at, key| at.as_table_mut()?.get_mut(key))
}

/// The keys of the nearest section above `path` that exists.
fn known_beside(tree: &Value, path: &[String]) -> Vec<String> {
    let above = path.split_last().map_or(&[][..], |(_, above)| above);
    match find(tree, above).and_then(Value::as_table) {
        Some(section) => section.keys().cloned().collect(),
        None => Vec::new(),
    }
}

/// Reads a variable's text as a value of the same kind as `like`. Lists are separated by commas.
fn read_like(like: &Value, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match like {
        Value::Integer(_) => text
            .replace('_', "")
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("`{text}` is not a whole number")),
        Value::Float(_) => {
            text.parse().map(Value::Float).map_err(|_| format!("`{text}` is not a number"))
        }
        Value::Boolean(_) => match text {
            "true" | "1" | "yes" => Ok(Value::Boolean(true)),
            "false" | "0" | "no" => Ok(Value::Boolean(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        Value::Array(items) => {
            let item = items.first().cloned().unwrap_or_else(|| Value::String(String::new()));
            text.split(',')
                .map(str::trim)
                .filter(|piece| !piece.is_empty())
                .map(|piece| read_like(&item, piece))
                .collect::<Result<_, _>>()
                .map(Value::Array)
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// The known key that differs least, if that is little enough for a slip of the hand.
fn nearest<'k>(key: &str, known: &'k [String]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (edits(key, candidate), candidate.as_str()))
        .filter(|(edits, candidate)| *edits <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, delete or replace to make one word of the other (Levenshtein).
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
