//! What a caller waits for: a size that is out of stock, a day that is full.

use super::ledger::Focus;
use super::{Refusal, ToolDesk, args};
use crate::shop::{Season, TireSize};
use crate::store::{NewWish, Wish};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Canonical name.
pub(super) const NAME: &str = "add_to_wishlist";

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ItemType {
    /// A tyre size.
    Size,
    /// A fitting on a day.
    Slot,
}

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WishArgs {
    /// What is waited for.
    item_type: ItemType,
    /// For size: written 205/55 R16.
    #[serde(default)]
    size: Option<String>,
    /// For size: the season, if named.
    #[serde(default)]
    season: Option<Season>,
    /// For slot: `station_id` of a station that this call named.
    #[serde(default)]
    station_id: Option<String>,
    /// For slot: the day, YYYY-MM-DD.
    #[serde(default)]
    date: Option<String>,
    /// Anything else, in the caller's words.
    #[serde(default)]
    comment: Option<String>,
    /// Only when the system asks for a number: the one that the caller gave, `+380671234567`.
    #[serde(default)]
    phone: Option<String>,
}

/// Remembers a wish.
pub(super) async fn add(desk: &mut ToolDesk, given: &Value) -> Result<Value, Refusal> {
    let given: WishArgs = args::read(NAME, given)?;
    let wish = match given.item_type {
        ItemType::Size => size(&given)?,
        ItemType::Slot => slot(desk, &given).await?,
    };
    let comment = args::text("comment", given.comment.as_deref())?;
    let contact = desk.contact("phone", given.phone.as_deref())?;
    let new = NewWish { wish, phone: contact.phone, phone_verified: contact.verified, comment };
    desk.front.add_wish(&desk.scope, &new).await.map_err(Refusal::from_store)?;
    desk.ledger.focus = Focus::Question;
    Ok(json!({
        "status": "saved",
        "message": "Saved. Say that the shop will phone when it is there; promise no day.",
    }))
}

fn size(given: &WishArgs) -> Result<Wish, Refusal> {
    let size = args::text("size", given.size.as_deref())?.unwrap_or_default();
    let size: TireSize = size.parse().map_err(|()| {
        Refusal::new(
            "size_impossible",
            "size must be written 205/55 R16. Ask the caller for the size.".into(),
        )
    })?;
    let season = given.season.map(|season| season.as_str().to_owned());
    Ok(Wish::Size { size: size.to_string(), season })
}

async fn slot(desk: &ToolDesk, given: &WishArgs) -> Result<Wish, Refusal> {
    let station = args::text("station_id", given.station_id.as_deref())?.unwrap_or_default();
    let station = desk.station(&station).await?.code;
    let date = args::date("date", given.date.as_deref().unwrap_or_default())?;
    let window = desk.window();
    window.check(date).map_err(|problem| super::slots::outside(&window, date, problem))?;
    Ok(Wish::Slot { station, date })
}
