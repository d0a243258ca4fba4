//! What callers said, as they meant it: words that the recogniser hears wrong again and again are
//! put right before the core sees them, and counted once the core has taken the line.

use super::Session;
use super::medium::Medium;
use crate::config::settings::Book;
use crate::ids::TenantId;
use crate::turn::{Event, Note, Speaker};
use uuid::Uuid;

/// What a session keeps of corrections.
pub(super) struct Corrected {
    tenant: TenantId,
    /// Those of the latest transcript, which may be asked for again before it is taken.
    heard: Vec<Uuid>,
    /// Those of the caller's turn that is being answered, until something came of it.
    taken: Vec<Uuid>,
}

impl Corrected {
    pub(super) const fn of(tenant: TenantId) -> Self {
        Self { tenant, heard: Vec::new(), taken: Vec::new() }
    }

    /// The core has taken a line of the caller, or a tool has answered to it.
    pub(super) fn noted(&mut self, note: &Note, book: &Book) {
        match note {
            Note::Turn(turn) if turn.speaker == Speaker::Customer => {
                self.taken = std::mem::take(&mut self.heard);
                if !self.taken.is_empty() {
                    book.applied(self.tenant, &self.taken);
                }
            }
            Note::ToolCall { success: true, .. } if !self.taken.is_empty() => {
                book.helped(self.tenant, &std::mem::take(&mut self.taken));
            }
            _ => {}
        }
    }
}

impl<M: Medium> Session<M> {
    /// The event as the caller meant it.
    pub(super) fn as_meant(&mut self, mut event: Event) -> Event {
        if let Event::Transcript { text, .. } = &mut event
            && let Some(chosen) = &self.services.in_force
        {
            self.corrected.heard.clear();
            if let Some(corrected) = chosen.corrections.apply(text) {
                *text = corrected.text;
                self.corrected.heard = corrected.by;
            }
        }
        event
    }
}
