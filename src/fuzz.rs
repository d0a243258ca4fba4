//! Inputs that nobody expects, for the parsers that meet the network.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, with the keys that a protocol knows among its keys.
pub fn json(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(keys).prop_map(str::to_owned),
        ".{0,12}",
        Just("\u{0}\u{202e}'; drop table calls".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        let field = (prop::sample::select(keys).prop_map(str::to_owned), inner.clone());
        let other = (".{0,8}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            prop::collection::vec(prop_oneof![4 => field, 1 => other], 0..6)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// `good` with some of its bytes changed, lost or said twice.
pub fn spoilt(good: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let blow = (0..good.len(), 0..3u8, any::<u8>());
    prop::collection::vec(blow, 1..6).prop_map(move |blows| {
        let mut bytes = good.to_vec();
        for (at, how, byte) in blows {
            let at = at.min(bytes.len().saturating_sub(1));
            match how {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}
