//! Why a registration or a connection was not taken.

/// Why a registration was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// The UUID waits, is live, or was used.
    #[error("this uuid was registered before; every call needs a new one")]
    Known,
    /// Too many wait.
    #[error("too many registered calls have not come yet")]
    Full,
}

/// Why a connection was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody announced this UUID, or it came too late.
    #[error("the uuid is not registered")]
    Unregistered,
    /// A connection with this UUID is open.
    #[error("a call with this uuid is live")]
    Live,
    /// A call with this UUID is over.
    #[error("a call with this uuid is over")]
    Ended,
    /// All places are taken.
    #[error("the limit of calls at the same time is reached")]
    CallsMax,
    /// This number has too many calls at the same time.
    #[error("the number has too many calls at once")]
    NumberLive,
    /// This number has called too often within an hour.
    #[error("the number has called too often")]
    NumberHour,
    /// The program is about to stop.
    #[error("the program is stopping")]
    Draining,
}

impl Refusal {
    /// The label of `treadline_calls_refused_total`.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Unregistered => "unregistered",
            Self::Live => "uuid_live",
            Self::Ended => "uuid_used",
            Self::CallsMax => "calls_max",
            Self::NumberLive => "number_calls_max",
            Self::NumberHour => "number_hour_max",
            Self::Draining => "draining",
        }
    }
}
