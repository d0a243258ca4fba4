//! Arguments, read strictly, and their schemas.

use super::Refusal;
use chrono::{NaiveDate, NaiveTime};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest text that an argument may hold, characters; a model repeating itself writes more.
const TEXT_CHARS_MAX: usize = 120;

/// Reads the arguments of `tool`; names the field that is wrong.
pub(super) fn read<T: DeserializeOwned>(tool: &str, args: &Value) -> Result<T, Refusal> {
    if !args.is_object() {
        return Err(Refusal::new(
            "bad_arguments",
            format!("The arguments of {tool} must be one JSON object. Call it again with one."),
        ));
    }
    serde_path_to_error::deserialize(args).map_err(|error| {
        let path = error.path().to_string();
        let detail: String = error.inner().to_string().chars().take(200).collect();
        Refusal::new(
            "bad_arguments",
            format!("{tool}, at {path}: {detail}. Call it again with the fields of its schema."),
        )
    })
}

/// The schema of an argument struct: self-contained, without what only validators read.
pub(super) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("title");
        fields.remove("description");
    }
    drop_formats(&mut schema);
    schema
}

/// `"format": "uint16"` is an invention that some model endpoints refuse.
fn drop_formats(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(Value::is_string) {
                fields.remove("format");
            }
            fields.values_mut().for_each(drop_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_formats),
        _ => {}
    }
}

/// A text of a sensible length without control characters; `None` when nothing was written,
/// which models express by an empty string as often as by leaving the field out.
pub(super) fn text(field: &str, given: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    let clean = !given.chars().any(char::is_control) && given.chars().count() <= TEXT_CHARS_MAX;
    if clean {
        return Ok(Some(given.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    Err(Refusal::new(
        "bad_arguments",
        format!("{field} must be at most {TEXT_CHARS_MAX} plain characters. Ask the caller again."),
    ))
}

/// A day written as `2026-11-25`.
pub(super) fn date(field: &str, given: &str) -> Result<NaiveDate, Refusal> {
    NaiveDate::parse_from_str(given.trim(), "%Y-%m-%d").map_err(|_| {
        Refusal::new("bad_date", format!("{field} must be a date written YYYY-MM-DD."))
    })
}

/// A time written as `10:20`.
pub(super) fn time(field: &str, given: &str) -> Result<NaiveTime, Refusal> {
    NaiveTime::parse_from_str(given.trim(), "%H:%M")
        .map_err(|_| Refusal::new("bad_time", format!("{field} must be a time written HH:MM.")))
}
