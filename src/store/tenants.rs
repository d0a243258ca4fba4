//! `tenants`: the called number decides whose call it is.
//!
//! The numbers of all shops are few and change seldom, and a call must not wait for them: they are
//! kept in memory, looked up again after a while, and what is known stays in use while the database
//! is away.

use crate::ids::TenantId;
use crate::language::Language;
use chrono_tz::Tz;
use serde_json::Value;
use sqlx::PgPool;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

/// What is known is looked up again after so long: a number that moves to another shop is answered
/// by it within these seconds, without a restart.
const FRESH: Duration = Duration::from_secs(5);
/// How long a call may wait for that; the caller hears nothing yet.
const LOOK_MAX: Duration = Duration::from_millis(200);
/// The same as long as nothing is known: a wrong shop is worse than a late greeting.
const LOOK_FIRST_MAX: Duration = Duration::from_secs(1);
/// Shops beyond these are not looked at; a log line says so.
const TENANTS_MAX: i64 = 1_000;

/// A shop as its row says it; what the row does not say is the configuration's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The name in the greeting.
    pub name: String,
    /// Where its clocks are.
    pub timezone: Option<Tz>,
    /// The language in which its calls begin: `metadata.language`.
    pub language: Option<Language>,
    /// The country prefix of its callers' numbers: `metadata.phone_prefix`.
    pub phone_prefix: Option<String>,
}

#[derive(Debug, Default)]
struct Known {
    looked_at: Option<Instant>,
    /// The database has answered once.
    answered: bool,
    by_number: HashMap<String, Tenant>,
}

/// All shops by the numbers that are called.
#[derive(Debug)]
pub struct Tenants {
    pool: PgPool,
    known: Mutex<Known>,
}

type Row = (Uuid, String, String, Value, Vec<String>);

impl Tenants {
    /// The shops in this database; nothing is asked yet.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self { pool, known: Mutex::default() }
    }

    /// The shop whose number this is, written with or without `+`, spaces and brackets; `None` if it
    /// is nobody's.
    pub async fn of_line(&self, called: &str) -> Option<Tenant> {
        let number = digits(called)?;
        let mut known = self.known.lock().await;
        self.refresh(&mut known).await;
        known.by_number.get(&number).cloned()
    }

    /// All shops that have a number.
    pub async fn all(&self) -> Vec<TenantId> {
        let mut known = self.known.lock().await;
        self.refresh(&mut known).await;
        let mut all: Vec<TenantId> = known.by_number.values().map(|tenant| tenant.id).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    async fn refresh(&self, known: &mut Known) {
        if known.looked_at.is_some_and(|at| at.elapsed() < FRESH) {
            return;
        }
        let patience = if known.answered { LOOK_MAX } else { LOOK_FIRST_MAX };
        let answer = timeout(patience, self.rows()).await;
        known.looked_at = Some(Instant::now());
        match answer {
            Ok(Ok(rows)) => {
                known.by_number = by_number(rows);
                known.answered = true;
            }
            Ok(Err(error)) => tracing::debug!(%error, "the shops' numbers cannot be read"),
            Err(_) => tracing::debug!("the shops' numbers did not come in time"),
        }
    }

    /// In a task of its own: a call that stops waiting must not leave a connection half-way.
    async fn rows(&self) -> Result<Vec<Row>, sqlx::Error> {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            sqlx::query_as(
                "select id, name, timezone, metadata, called_numbers from tenants \
                 where is_active and called_numbers <> '{}' order by created_at, id limit $1",
            )
            .bind(TENANTS_MAX)
            .fetch_all(&pool)
            .await
        });
        task.await.unwrap_or_else(|stopped| Err(sqlx::Error::Io(std::io::Error::other(stopped))))
    }
}

fn by_number(rows: Vec<Row>) -> HashMap<String, Tenant> {
    if rows.len() as i64 == TENANTS_MAX {
        tracing::error!(TENANTS_MAX, "not all shops are answered: there are too many");
    }
    let mut by_number = HashMap::new();
    for (id, name, timezone, metadata, called_numbers) in rows {
        let word = |key: &str| metadata.get(key).and_then(Value::as_str);
        let tenant = Tenant {
            id: TenantId(id),
            name,
            timezone: timezone.parse().ok(),
            language: word("language").and_then(Language::from_code),
            phone_prefix: word("phone_prefix").map(str::to_owned),
        };
        for number in called_numbers.iter().filter_map(|number| digits(number)) {
            let owner = by_number.entry(number).or_insert_with(|| tenant.clone());
            if owner.id != tenant.id {
                tracing::warn!(first = %owner.id.0, second = %id, "two shops have the same number");
            }
        }
    }
    by_number
}

/// The digits of a number; `None` if it has none.
fn digits(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_number_is_the_same_however_it_is_written_and_the_first_shop_keeps_it() {
        let row = |id: u128, name: &str, zone: &str, metadata: Value, numbers: &[&str]| {
            let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
            (Uuid::from_u128(id), name.to_owned(), zone.to_owned(), metadata, numbers)
        };
        let known = by_number(vec![
            row(2, "East", "Europe/Kyiv", json!({ "language": "uk" }), &["+380 (44) 123-45-67"]),
            row(3, "West", "nowhere", json!({ "language": "xx" }), &["380441234567", "", "2000"]),
        ]);
        let east = &known[&digits("+380441234567").unwrap()];
        assert_eq!((east.name.as_str(), east.language), ("East", Some(Language::Uk)));
        let west = &known["2000"];
        assert_eq!((west.timezone, west.language, known.len()), (None, None, 2));
        assert_eq!(digits("anonymous"), None);
    }
}
