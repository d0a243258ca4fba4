//! How a receiver knows that it was us.
//!
//! Each address has a key of its own, made of the installation's secret and the address' id, so
//! that none stands in the database. A delivery carries `Treadline-Timestamp` (seconds since 1970)
//! and `Treadline-Signature: v1=HEX`, HMAC-SHA256 under that key of `TIMESTAMP.BODY`. A receiver
//! refuses what does not match, and what is older than some minutes.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use uuid::Uuid;

const BLOCK_BYTES: usize = 64;

/// The key of an address, as its receiver is told it.
#[must_use]
pub fn key_of(secret: &SecretString, webhook: Uuid) -> String {
    let name = format!("webhook {webhook}");
    hex(&hmac(secret.expose_secret().as_bytes(), name.as_bytes()))
}

/// What `Treadline-Signature` says of a body.
#[must_use]
pub fn signature(key: &str, timestamp: i64, body: &str) -> String {
    format!("v1={}", hex(&hmac(key.as_bytes(), format!("{timestamp}.{body}").as_bytes())))
}

/// HMAC-SHA256 as RFC 2104 has it.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK_BYTES];
    if key.len() > BLOCK_BYTES {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 4231: cases 1, 2 and 6, the last with a key longer than a block.
    #[test]
    fn the_sums_are_those_that_everybody_gets() {
        let long = [0xaa_u8; 131];
        for (key, message, sum) in [
            (
                &[0x0b_u8; 20][..],
                "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &long,
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&hmac(key, message.as_bytes())), sum);
        }
    }

    #[test]
    fn each_address_has_a_key_of_its_own_and_each_moment_a_signature() {
        let secret = SecretString::from("correct horse".to_owned());
        let (one, two) = (key_of(&secret, Uuid::from_u128(1)), key_of(&secret, Uuid::from_u128(2)));
        assert_ne!(one, two);
        assert_ne!(signature(&one, 1, "{}"), signature(&one, 2, "{}"));
        assert_ne!(signature(&one, 1, "{}"), signature(&one, 1, "{ }"));
        assert!(signature(&one, 1, "{}").starts_with("v1="));
    }
}
