//! Tokens of programs: the page and the command line make them alike.

use super::secret::{self, HashError};
use crate::db::tokens::{self, May};
use crate::ids::TenantId;
use sqlx::PgPool;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// What a token begins with, so that one that lies about is known for what it is.
const PREFIX: &str = "tl_";
/// The longest name, characters.
const NAME_CHARS_MAX: usize = 64;
/// What a limit of a token's own may be, requests in a minute.
pub const PER_MINUTE: RangeInclusive<i32> = 1..=100_000;

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The machine gives no random numbers.
    #[error("no token can be made: {0}")]
    Random(#[from] HashError),
    /// Postgres.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// True if the database takes it as a name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= NAME_CHARS_MAX
}

/// Makes a token; which it is, and itself, to be shown once. `None` if the name is taken.
///
/// # Errors
/// [`MintError`].
pub async fn mint(
    pool: &PgPool,
    tenant: TenantId,
    name: String,
    may: &[May],
    per_minute: Option<i32>,
) -> Result<Option<(Uuid, String)>, MintError> {
    let token = format!("{PREFIX}{}", secret::token()?);
    let hash = secret::digest(&token);
    let made = tokens::add_limited(pool, tenant, name, hash, may, per_minute).await?;
    Ok(made.map(|id| (id, token)))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_small_letters_digits_and_a_few_signs() {
        for good in ["erp", "1c", "erp-sync_2.x"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-erp", "ERP", "ключ", "a b", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
