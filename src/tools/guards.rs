//! The guards: what the tools refuse however a model, or a caller through it, puts the question.
//!
//! All of them are on in the program; nothing in a configuration or an environment can switch
//! one off. A test can, to prove that the guard is what holds: with it off, the effect that it
//! forbids must get through the tools.

/// One thing that the tools refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// An effect runs only under the caller's yes to exactly this content. Off, a tool with an
    /// effect runs with whatever it is given. The core asks for the yes on its own account
    /// ([`crate::turn::ToolRule::needs_consent`]), so both must be off for the effect to happen.
    Consent,
    /// Who phones is who the network says. Off, a number in the text counts as the caller's, and
    /// what exists under it is seen and changed.
    Identity,
    /// Only times that the last answer of `get_fitting_slots` offered. Off, any time can be
    /// asked for; whether it is free is still decided by the database.
    OfferedSlot,
    /// Only stations and pickup points that a result of this call named. Off, any code is looked
    /// up.
    KnownStation,
    /// Only tyres that a result of this call named. Off, any article number of the catalogue.
    KnownProduct,
    /// 1 to 99 pieces of an article, more than 20 in an order go to an operator. Off, the tools
    /// pass any count on; the store refuses by itself, and the database by constraint.
    QuantityLimit,
    /// More than 50,000 UAH go to an operator. Off, the tools let it pass; the database refuses
    /// the confirmation by constraint (`orders_amount_limit_check`).
    AmountLimit,
    /// Three orders in this call. The store counts over all calls of a number and refuses by
    /// itself: off, only this early answer is gone.
    OrdersPerDay,
    /// Two live holds in this call. The store counts over all calls of a number and refuses by
    /// itself: off, only this early answer is gone.
    HoldLimit,
    /// A weekday that the caller named is the weekday of the day that is used. Off, the model's
    /// date counts.
    Weekday,
    /// A name stands in the caller's words or in their profile. Off, any name.
    GroundedName,
    /// A number for contact stands in the caller's words. Off, any number.
    GroundedPhone,
    /// What a tool changes is what this call listed or made. Off, row ids are taken as they are
    /// written; the store still compares the owner's number.
    Ownership,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Self; 13] = [
        Self::Consent,
        Self::Identity,
        Self::OfferedSlot,
        Self::KnownStation,
        Self::KnownProduct,
        Self::QuantityLimit,
        Self::AmountLimit,
        Self::OrdersPerDay,
        Self::HoldLimit,
        Self::Weekday,
        Self::GroundedName,
        Self::GroundedPhone,
        Self::Ownership,
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Which guards are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards(u32);

impl Guards {
    /// All of them, as the program runs.
    #[must_use]
    pub const fn all() -> Self {
        Self(u32::MAX)
    }

    /// These without one, for tests.
    #[must_use]
    pub const fn without(self, guard: Guard) -> Self {
        Self(self.0 & !guard.bit())
    }

    /// True if this guard is on.
    #[must_use]
    pub const fn on(self, guard: Guard) -> bool {
        self.0 & guard.bit() != 0
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self::all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guard_goes_off_and_the_others_stay() {
        for off in Guard::ALL {
            let guards = Guards::all().without(off);
            for guard in Guard::ALL {
                assert_eq!(guards.on(guard), guard != off, "{guard:?} without {off:?}");
            }
        }
    }
}
