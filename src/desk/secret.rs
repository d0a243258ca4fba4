//! Secrets that browsers hold, and passwords.

use crate::ids::sha256_hex;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Passwords that are looked at in the same moment: each takes 19 MB and a core for some 20 ms, and
/// calls need the cores.
const AT_ONCE: usize = 2;
/// How long somebody waits for a turn at that.
const TURN_MAX: Duration = Duration::from_secs(5);
/// The current recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;
/// The shortest and the longest password, characters.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=200;

/// Why a password was not looked at.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HashError {
    /// Too many others were before.
    #[error("too many passwords are being looked at")]
    Busy,
    /// The machine gives no random numbers, or the task broke.
    #[error("the password cannot be hashed")]
    Broken,
}

/// Bytes that nobody can guess.
fn random<const N: usize>() -> Result<[u8; N], HashError> {
    let mut bytes = [0; N];
    let source = rustls::crypto::aws_lc_rs::default_provider().secure_random;
    source.fill(&mut bytes).map_err(|_| HashError::Broken)?;
    Ok(bytes)
}

/// A secret of 256 bits for a cookie or a link, fit for both.
///
/// # Errors
/// The machine gives no random numbers.
pub fn token() -> Result<String, HashError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What the database knows of a secret.
#[must_use]
pub fn digest(token: &str) -> String {
    sha256_hex(token)
}

/// The token of the forms of whoever holds `secret` in a cookie: another site can neither read
/// nor guess it.
#[must_use]
pub fn form_token(secret: &str) -> String {
    sha256_hex(&format!("form\n{secret}"))
}

/// True if both are the same, in a time that does not tell how much of them is.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(other.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// Hashes passwords, a few at a time.
#[derive(Debug, Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Hasher {
    /// The hash of a password, as the database keeps it.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, password: SecretString) -> Result<String, HashError> {
        self.work(move || hash(password.expose_secret())).await
    }

    /// True if `password` is the one with this hash. Without a hash it takes as long, so that
    /// nobody learns who has an account.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn verify(
        &self,
        password: SecretString,
        known: Option<String>,
    ) -> Result<bool, HashError> {
        self.work(move || Ok(verify(password.expose_secret(), known.as_deref()))).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(TURN_MAX, turn).await.map_err(|_| HashError::Busy)?;
        let turn = turn.map_err(|_| HashError::Broken)?;
        let work = tokio::task::spawn_blocking(move || {
            // Held by the work itself: who stops waiting does not make room for another.
            let _turn = turn;
            work()
        });
        work.await.map_err(|_| HashError::Broken)?
    }
}

fn hash(password: &str) -> Result<String, HashError> {
    let salt = random::<SALT_BYTES>()?;
    let hash = derive(password, &salt, MEMORY_KIB, PASSES, LANES).ok_or(HashError::Broken)?;
    Ok(format!(
        "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(hash)
    ))
}

fn derive(
    password: &str,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(memory_kib, passes, lanes, Some(HASH_BYTES)).ok()?;
    let mut out = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .ok()?;
    Some(out)
}

fn verify(password: &str, known: Option<&str>) -> bool {
    let parsed = known.and_then(parse);
    let (salt, wanted, [memory, passes, lanes]) = match &parsed {
        Some((salt, hash, costs)) => (salt.as_slice(), hash.as_slice(), *costs),
        None => {
            ([0; SALT_BYTES].as_slice(), [0; HASH_BYTES].as_slice(), [MEMORY_KIB, PASSES, LANES])
        }
    };
    let Some(got) = derive(password, salt, memory, passes, lanes) else { return false };
    let difference = got.iter().zip(wanted).fold(0, |difference, (a, b)| difference | (a ^ b));
    parsed.is_some() && wanted.len() == HASH_BYTES && difference == 0
}

/// Salt, hash and costs (memory in KiB, passes, lanes) of a hash as the database keeps it.
fn parse(known: &str) -> Option<(Vec<u8>, Vec<u8>, [u32; 3])> {
    let rest = known.strip_prefix("$argon2id$v=19$")?;
    let [costs, salt, hash] = rest.split('$').collect::<Vec<_>>().try_into().ok()?;
    let [memory, passes, lanes] = costs.split(',').collect::<Vec<_>>().try_into().ok()?;
    let number = |text: &str, name: &str| text.strip_prefix(name)?.parse().ok();
    let costs = [number(memory, "m=")?, number(passes, "t=")?, number(lanes, "p=")?];
    Some((STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(hash).ok()?, costs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_right_and_no_two_hashes_are_alike() {
        let (one, two) = (hash("correct horse").unwrap(), hash("correct horse").unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(verify("correct horse", Some(&one)));
        for wrong in ["", "correct", "Correct horse", "correct horse "] {
            assert!(!verify(wrong, Some(&one)), "{wrong}");
        }
    }

    #[test]
    fn a_damaged_hash_or_none_lets_nobody_in() {
        let good = hash("correct horse").unwrap();
        let cut = &good[..good.len() - 4];
        for known in [None, Some(""), Some("$argon2id$v=19$"), Some(cut), Some("$2b$10$abc")] {
            assert!(!verify("correct horse", known), "{known:?}");
        }
    }

    /// From the reference implementation's own tests, so that hashes can move to other programs.
    #[test]
    fn the_hash_is_what_others_make_of_it() {
        let hash = derive("password", b"somesalt", 65_536, 2, 1).unwrap();
        let hex = hash.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!(hex, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    }

    #[test]
    fn tokens_differ_and_fit_into_links() {
        let tokens: std::collections::HashSet<String> =
            (0..100).map(|_| token().unwrap()).collect();
        assert_eq!(tokens.len(), 100);
        assert!(tokens.iter().all(|t| t.len() == 43
            && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')));
        assert_ne!(form_token("a"), form_token("b"));
    }
}
