//! What the core of a call is made from.

use super::{Opening, Services};
use crate::clock::WallClock;
use crate::config::Shop;
use crate::language::Language;
use crate::pii::Phone;
use crate::spool::CallOpened;
use crate::store::Profile;
use crate::turn::{CallFacts, Caller, Setup, TurnTaking};
use chrono::Timelike as _;

/// Limits, tools, and how turns are taken: a typed line is a whole turn, there is no pause to
/// judge, and a brain that gains nothing is not asked ahead.
pub(super) fn setup(services: &Services, opening: &Opening) -> Setup {
    let turn = if opening.channel == "chat" {
        TurnTaking::fixed()
    } else {
        services.config.turn.clone().with_brain(services.llm.name())
    };
    let rules = services.tool_rules.as_ref().clone();
    Setup::of_this_core(services.config.limits.call.clone(), rules).taking_turns(turn)
}

/// What the core is told at the beginning.
pub(super) fn facts(
    shop: &Shop,
    clock: &WallClock,
    opening: &Opening,
    caller: Caller,
    language: Language,
    profile: Option<&Profile>,
) -> CallFacts {
    let local = clock.now_in(shop.timezone);
    CallFacts {
        call: opening.call,
        caller,
        language,
        shop_name: shop.name.clone(),
        customer_name: profile.and_then(|profile| profile.name.clone()),
        today: local.date_naive(),
        hour: local.hour(),
        keypad_menu: shop.keypad_menu.clone(),
        ask_rating: shop.ask_rating,
        transfers_return: opening.line.is_some(),
    }
}

/// What the journal is told at the beginning.
pub(super) fn opened(
    services: &Services,
    opening: &Opening,
    caller: Option<Phone>,
    (language, prompt_version): (Language, &str),
) -> CallOpened {
    CallOpened {
        channel: opening.channel.into(),
        origin: opening.origin.clone(),
        caller,
        called: opening.called.clone(),
        asterisk_channel: opening.asterisk_channel.clone(),
        language,
        node: services.node.to_string(),
        prompt_version: prompt_version.into(),
        data: opening.data.clone(),
    }
}
