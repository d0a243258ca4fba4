//! `dashboard.audit_log`: who did what. What was written once is never changed.

mod list;

pub use list::{Filter, Line, PAGE_DEEDS, list};

use crate::db::with_tenant;
use crate::ids::TenantId;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Digits in a row from which on they may be somebody's number.
const DIGITS_MAX: usize = 6;
/// Length of a written day.
const DAY_CHARS: usize = 10;

/// Something that was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// In which shop.
    pub tenant: TenantId,
    /// By whom; none: by the command line.
    pub user: Option<Uuid>,
    /// By whom, in words.
    pub actor: String,
    /// What: `transcript.read`.
    pub action: &'static str,
    /// To what kind of thing: `call`.
    pub object_kind: &'static str,
    /// To which.
    pub object_id: String,
    /// As it was.
    pub before: Option<Value>,
    /// As it is.
    pub after: Option<Value>,
    /// From where.
    pub address: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Notes a deed. Numbers of people do not get in: long rows of digits are masked, so that who is
/// forgotten elsewhere is not remembered here.
///
/// # Errors
/// What Postgres says.
pub async fn note(pool: &PgPool, deed: Deed) -> Result<(), sqlx::Error> {
    with_tenant(pool, deed.tenant, move |conn| Box::pin(async move { write(conn, deed).await }))
        .await
}

/// The same within the transaction that does the deed: both are there, or neither.
///
/// # Errors
/// What Postgres says.
pub async fn write(conn: &mut PgConnection, deed: Deed) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into dashboard.audit_log (tenant_id, user_id, actor, action, object_kind, \
             object_id, before, after, address, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(deed.tenant.0)
    .bind(deed.user)
    .bind(deed.actor)
    .bind(deed.action)
    .bind(deed.object_kind)
    .bind(deed.object_id)
    .bind(deed.before.map(masked))
    .bind(deed.after.map(masked))
    .bind(deed.address)
    .bind(deed.at)
    .execute(conn)
    .await
    .map(drop)
}

/// The value with every long row of digits, however it is spaced, made unreadable.
#[must_use]
pub fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(masked_text(&text)),
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, masked(value))).collect()
        }
        other => other,
    }
}

/// The text with the digits of every telephone number in it made unreadable, but for the last two.
/// Days are no numbers.
#[must_use]
pub fn masked_text(text: &str) -> String {
    let mut out: Vec<char> = text.chars().collect();
    let mut run: Vec<usize> = Vec::new();
    let mut at = 0;
    while at <= out.len() {
        let day = is_day(&out, at);
        match out.get(at) {
            Some(c) if c.is_ascii_digit() && !day => run.push(at),
            Some(' ' | '-' | '(' | ')' | '.' | '\u{a0}') if !run.is_empty() => {}
            _ => {
                if run.len() > DIGITS_MAX {
                    let keep = run.len() - 2;
                    for digit in &run[..keep] {
                        out[*digit] = '*';
                    }
                }
                run.clear();
            }
        }
        at += if day { DAY_CHARS } else { 1 };
    }
    out.into_iter().collect()
}

/// True if `2026-11-24` or `24.11.2026` stands at this place, and no other digit beside it.
fn is_day(text: &[char], at: usize) -> bool {
    let Some(day) = text.get(at..at + DAY_CHARS) else { return false };
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    let alone = !digit(before) && !digit(text.get(at + DAY_CHARS));
    let like = |shape: &str| {
        shape.chars().zip(day).all(|(s, c)| if s == '0' { c.is_ascii_digit() } else { *c == s })
    };
    alone && (like("0000-00-00") || like("00.00.0000"))
}

#[cfg(test)]
mod tests {
    use super::masked_text;

    #[test]
    fn numbers_of_people_are_masked_and_other_numbers_stay() {
        for (text, shown) in [
            ("call +380 67 123-45-67 back", "call +*** ** ***-**-67 back"),
            ("0671234567", "********67"),
            ("205/55 R16, 4 pieces, 2800.00", "205/55 R16, 4 pieces, 2800.00"),
            ("on 2026-11-24 10:20", "on 2026-11-24 10:20"),
            ("24.11.2026 067 123 45 67", "24.11.2026 *** *** ** 67"),
            ("", ""),
        ] {
            assert_eq!(masked_text(text), shown);
        }
    }
}
