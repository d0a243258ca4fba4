//! Who may announce calls: trusted addresses, and those who know the secret.

use super::{ApiError, HttpState};
use axum::http::{HeaderMap, StatusCode, header};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;

/// Lets a request pass, or says why not.
///
/// A web page in a browser on a trusted machine is not trusted: browsers name the page's origin,
/// Asterisk does not.
pub(super) fn check(
    state: &HttpState,
    address: IpAddr,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let from_browser = headers.contains_key(header::ORIGIN);
    if state.0.registry.is_trusted(address) && !from_browser {
        return Ok(());
    }
    let denied =
        |message: &str| Err(ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", message));
    let Some(secret) = &state.0.secret else {
        return denied(
            "this address is not trusted and TREADLINE_CALL_SECRET is not set: add the address to \
             audiosocket.trusted_peers or set the secret",
        );
    };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match given {
        None => denied("send the header Authorization: Bearer with TREADLINE_CALL_SECRET"),
        Some(given) if same(given, secret.expose_secret()) => Ok(()),
        Some(_) => denied("the secret is wrong"),
    }
}

/// Compares without telling by its time how much was right: digests of equal length, every byte.
fn same(given: &str, secret: &str) -> bool {
    let (given, secret) = (Sha256::digest(given), Sha256::digest(secret));
    given.iter().zip(secret.iter()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_whole_secret_is_the_secret() {
        assert!(same("correct horse", "correct horse"));
        for wrong in ["", "correct", "correct horse ", "Correct horse"] {
            assert!(!same(wrong, "correct horse"), "{wrong:?}");
        }
    }
}
