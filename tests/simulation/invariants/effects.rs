//! What must hold of single effects.

use super::{Verdict, Watch, ensure};
use treadline::ids::sha256_hex;
use treadline::turn::{Approval, Call, Effect, Event};

impl Watch {
    /// Nothing of an answer counts before the question that was asked ahead is the caller's turn.
    pub(super) fn ahead_answered(
        &mut self,
        event: &Event,
        effects: &[Effect],
        call: &Call,
    ) -> Verdict {
        self.taken.after(effects, call);
        match (&mut self.ahead, event) {
            (ahead, Event::ModelFailed { .. }) => *ahead = None,
            (Some((_, over)), Event::ModelDone { .. }) => *over = true,
            _ => {}
        }
        ensure(effects.is_empty(), || format!("effects before the turn was over: {effects:?}"))
    }

    /// A person who has taken the call hears nothing of ours any more; a caller whom nobody took is
    /// told so at once.
    pub(super) fn transfer_ends(&mut self, event: &Event, effects: &[Effect]) -> Verdict {
        let Event::TransferEnded { attempt, outcome, .. } = event else { return Ok(()) };
        if self.away.is_none() || *attempt != self.attempts || self.ended {
            return Ok(());
        }
        self.away = None;
        let says = effects.iter().any(|effect| matches!(effect, Effect::Say { .. }));
        if outcome.is_taken() {
            self.totals.taken += 1;
            return ensure(!says, || "went on talking after the call was taken".into());
        }
        self.totals.nobody_came += 1;
        ensure(says, || "said nothing to a caller who came back".into())
    }

    pub(super) fn tool_runs(
        &mut self,
        name: &str,
        args: &serde_json::Value,
        approval: Option<&Approval>,
    ) -> Verdict {
        self.totals.tools += 1;
        if name != "book_fitting" {
            return ensure(
                approval.is_none() && name != "unknown" && name != "transfer_to_operator",
                || format!("{name} must not run like this"),
            );
        }
        let approval = approval.ok_or("an effect without approval")?;
        self.totals.consents += 1;
        let history = self.approvals.get(&approval.id.to_string()).cloned().unwrap_or_default();
        ensure(history == ["pending", "approved"], || format!("approval went {history:?}"))?;
        ensure(*args == approval.args, || "the arguments are not the agreed ones".into())?;
        ensure(self.ran.insert(approval.id.to_string()), || "one yes, two effects".into())?;
        let yes = self.last_key == Some('1')
            || self.last_key.is_none()
                && self
                    .last_words
                    .split_whitespace()
                    .all(|w| ["yes", "так", "Yes.", "ага", "uh-huh"].contains(&w));
        ensure(yes, || format!("not a yes: {:?} {:?}", self.last_words, self.last_key))?;
        let read_back =
            self.said.iter().filter(|(_, text)| sha256_hex(text) == approval.readback_hash);
        let heard = read_back.filter_map(|(id, _)| self.heard.get(id));
        let in_time = heard.filter(|(share, at)| {
            *share >= 0.95 && *at <= self.voice_began.plus_ms(self.limits.barge_in_ms)
        });
        ensure(in_time.count() > 0, || "a yes before the read-back was heard".into())
    }

    /// A text of ours is the beginning of things that we said one after the other.
    pub(super) fn was_said(&self, text: &str) -> Verdict {
        let said = |from: usize| {
            let mut rest = text;
            for (_, sentence) in &self.said[from..] {
                if sentence.starts_with(rest) {
                    return true;
                }
                if let Some(more) = rest.strip_prefix(sentence.as_str()) {
                    rest = more.trim_start();
                }
            }
            rest.is_empty()
        };
        ensure((0..self.said.len()).any(said), || format!("nobody said: {text}"))
    }
}
