//! Tickets: what was promised to somebody, and how it goes on.

/// Where a ticket stands, in the words of `tickets.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketStatus {
    /// Nobody has begun.
    Open,
    /// Somebody has it.
    InProgress,
    /// The customer has to say or do something first.
    PendingCustomer,
    /// Somebody who may decide more has to look.
    Escalated,
    /// What was asked for is done.
    Resolved,
    /// Nothing more will be done.
    Closed,
    /// It was done, and was not.
    Reopened,
}

impl TicketStatus {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::InProgress,
        Self::PendingCustomer,
        Self::Escalated,
        Self::Resolved,
        Self::Closed,
        Self::Reopened,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::PendingCustomer => "pending_customer",
            Self::Escalated => "escalated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// What it may become. Whatever is not here is refused.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Open => &[
                Self::InProgress,
                Self::PendingCustomer,
                Self::Escalated,
                Self::Resolved,
                Self::Closed,
            ],
            Self::InProgress => {
                &[Self::Open, Self::PendingCustomer, Self::Escalated, Self::Resolved, Self::Closed]
            }
            Self::PendingCustomer => {
                &[Self::InProgress, Self::Escalated, Self::Resolved, Self::Closed]
            }
            Self::Escalated => {
                &[Self::InProgress, Self::PendingCustomer, Self::Resolved, Self::Closed]
            }
            Self::Resolved => &[Self::Reopened, Self::Closed],
            Self::Closed => &[Self::Reopened],
            Self::Reopened => &[Self::InProgress],
        }
    }

    /// True if it may become `to`.
    #[must_use]
    pub fn may_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// True if nothing more is to be done.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

/// How much a ticket matters, in the words of `tickets.priority`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Priority {
    /// When there is time.
    Low,
    /// As usual.
    Medium,
    /// Soon.
    High,
    /// Before everything else.
    Urgent,
}

impl Priority {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}

/// Why a ticket is closed though nothing came of it, or because it did: `tickets.close_reason`.
pub const CLOSE_REASONS: [&str; 6] =
    ["done", "not_reached", "refused", "duplicate", "wrong_number", "other"];

/// What came of phoning somebody: `ticket_attempts.result`.
pub const ATTEMPT_RESULTS: [&str; 4] = ["reached", "no_answer", "busy", "wrong_number"];

/// So often somebody is phoned who does not answer; then the ticket is closed.
pub const ATTEMPTS_MAX: i32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_comes_back_only_as_reopened_and_is_then_begun_anew() {
        for status in TicketStatus::ALL {
            assert_eq!(TicketStatus::from_word(status.as_str()), Some(status));
            assert!(!status.may_become(status), "{status:?}");
            for to in status.next() {
                assert_eq!(
                    *to == TicketStatus::Reopened,
                    status.is_done() && !to.is_done(),
                    "{status:?} becomes {to:?}"
                );
            }
        }
        assert_eq!(TicketStatus::Reopened.next(), [TicketStatus::InProgress]);
        assert_eq!(TicketStatus::from_word("Open"), None);
        assert_eq!(Priority::from_word("urgent"), Some(Priority::Urgent));
    }
}
