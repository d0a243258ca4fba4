//! What the core of a call is made from.

use super::{Opening, Services};
use crate::turn::{Setup, TurnTaking};

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
