//! The ledger of tool calls: which are open, which are spent, what came of them.
//!
//! A call enters the history only together with its result. Nothing here runs a tool with an
//! effect: that takes [`super::consent`].

use super::call::Call;
use super::{Approval, Effect, Message, Note, ToolCallId, ToolOutcome, ToolRule};
use crate::clock::CallTime;
use crate::language::phrases::Phrase;
use serde_json::{Value, json};

/// A tool call that waits for its answer.
#[derive(Debug)]
pub(super) struct OpenCall {
    pub(super) id: ToolCallId,
    pub(super) name: String,
    /// As the model gave them.
    pub(super) args: Value,
    since: CallTime,
    approval: Option<Approval>,
    /// The turn that it belongs to, and its line in the log.
    serial: u32,
    turn_number: u32,
}

/// All tool calls of a call.
#[derive(Debug, Default)]
pub(super) struct Tools {
    open: Vec<OpenCall>,
    /// What was called in this turn, so that a repeat is not run again.
    seen: Vec<(u32, String, Value)>,
    in_call: u32,
    last_id: u32,
    /// Names of the tools that did what was asked, each once, the latest last.
    succeeded: Vec<String>,
}

impl Tools {
    /// A new answer must wait: for the tools of this turn, and for every effect under way.
    pub(super) fn is_waited_for(&self, serial: u32) -> bool {
        self.open.iter().any(|call| call.serial == serial) || self.has_effect()
    }

    /// An effect that the caller agreed to is under way.
    pub(super) fn has_effect(&self) -> bool {
        self.open.iter().any(|call| call.approval.is_some())
    }

    /// The tool that this turn waits for now: the latest.
    pub(super) fn waited_for(&self, serial: u32) -> Option<&str> {
        let mut open = self.open.iter().rev();
        let waits = |call: &&OpenCall| call.serial == serial || call.approval.is_some();
        open.find(waits).map(|call| call.name.as_str())
    }

    /// May the model use this tool now? The latest success that says anything about it decides.
    fn shows(&self, rule: &ToolRule) -> bool {
        let latest = self.succeeded.iter().rev().find_map(|name| {
            let shown = rule.shown_by.contains(name);
            (shown || rule.hidden_by.contains(name)).then_some(shown)
        });
        latest.unwrap_or(rule.visible_at_start)
    }

    fn succeeds(&mut self, name: &str) {
        self.succeeded.retain(|earlier| earlier != name);
        self.succeeded.push(name.to_owned());
    }

    /// When the oldest open call is given up.
    pub(super) fn due(&self, tool_ms_max: u64) -> Option<CallTime> {
        self.open.iter().map(|call| call.since.plus_ms(tool_ms_max)).min()
    }
}

/// A refusal as the model is told of it.
pub(super) fn refusal(code: &str, message: &str) -> Value {
    json!({ "error": code, "message": message })
}

impl Call {
    /// Tool calls that are left in this turn.
    pub(super) fn tool_budget_left(&self) -> u32 {
        let turn = self.limits.tools_per_turn_max.saturating_sub(self.turn.tools);
        turn.min(self.limits.tools_per_call_max.saturating_sub(self.tools.in_call))
    }

    /// The tools that fit where the call stands.
    pub(super) fn tools_shown(&self) -> Vec<String> {
        let shown = self.rules.iter().filter(|rule| self.tools.shows(rule));
        shown.map(|rule| rule.name.clone()).collect()
    }

    fn rule(&self, name: &str) -> Option<ToolRule> {
        self.rules.iter().find(|rule| rule.name == name).cloned()
    }

    /// The model wants a tool.
    pub(super) fn call_tool(&mut self, name: String, args: Value, words_only: bool) {
        let call = self.open_call(name, args);
        if words_only || self.tool_budget_left() == 0 {
            // Beyond the budget there is not even a history: one refusal a turn says it all.
            self.turn.tools = self.turn.tools.saturating_add(1);
            if self.turn.tools > self.limits.tools_per_turn_max.saturating_add(2) {
                return;
            }
            let result = refusal("too_many_tools", "No more tools now. Answer in words.");
            return self.refuse(&call, result);
        }
        self.turn.tools += 1;
        self.tools.in_call += 1;
        let Some(rule) = self.rule(&call.name) else {
            return self.refuse(&call, refusal("unknown_tool", "There is no such tool."));
        };
        if !self.tools.shows(&rule) {
            let message = "This tool does not fit where the call stands. Use another one first.";
            return self.refuse(&call, refusal("not_now", message));
        }
        if self.is_repeat(&call) {
            if !self.tools.is_waited_for(call.serial) && self.consent.is_none() {
                let message = "This was already called in this turn. Answer from its result.";
                self.refuse(&call, refusal("repeated", message));
            }
            return;
        }
        self.standing.visited(&rule);
        self.scenario_is(&rule.intent, &call.name);
        if rule.is_transfer {
            self.transfer_asked(&call);
        } else if let Some(phone) = self.unheard_contact(&call.args) {
            self.read_contact_back(call, phone);
        } else {
            self.go_on(call);
        }
    }

    /// Nothing stands in the way of a call but the caller's yes to its effect, if it has one.
    pub(super) fn go_on(&mut self, mut call: OpenCall) {
        if self.rule(&call.name).is_some_and(|rule| rule.needs_consent) {
            call.serial = self.turn.serial;
            self.prepare(call);
        } else {
            self.run(call, None, None);
        }
    }

    /// A tool call of this turn that nothing has been done about yet.
    pub(super) fn open_call(&mut self, name: String, args: Value) -> OpenCall {
        self.tools.last_id += 1;
        OpenCall {
            id: ToolCallId(self.tools.last_id),
            name,
            args,
            since: self.now,
            approval: None,
            serial: self.turn.serial,
            turn_number: self.turn.number,
        }
    }

    fn is_repeat(&mut self, call: &OpenCall) -> bool {
        let serial = call.serial;
        self.tools.seen.retain(|(of, _, _)| *of == serial);
        let known =
            self.tools.seen.iter().any(|(_, name, args)| *name == call.name && *args == call.args);
        if !known {
            self.tools.seen.push((serial, call.name.clone(), call.args.clone()));
        }
        known
    }

    fn prepare(&mut self, call: OpenCall) {
        if !self.consent.is_none() {
            let message = "Another read-back waits. One agreement at a time.";
            return self.refuse(&call, refusal("one_at_a_time", message));
        }
        let (id, name, args) = (call.id, call.name.clone(), call.args.clone());
        self.emit(Effect::PrepareTool { call: id, name, args });
        self.consent_prepares(call);
    }

    fn transfer_asked(&mut self, call: &OpenCall) {
        let word = |key: &str| call.args.get(key).and_then(Value::as_str).unwrap_or_default();
        let reason = match word("reason") {
            known @ ("customer_request" | "cannot_help" | "complex_question"
            | "negative_emotion") => known,
            _ => "customer_request",
        };
        let (reason, summary) = (reason.to_owned(), self.clean(word("summary")));
        self.resolve(call, json!({ "status": "transferring" }), true, 0);
        self.hand_over(&reason, summary, Phrase::TransferNow);
    }

    /// Runs a tool: a reading one at once, one with an effect under its approval and with the
    /// arguments that were agreed to.
    pub(super) fn run(
        &mut self,
        mut call: OpenCall,
        approval: Option<Approval>,
        agreed: Option<Value>,
    ) {
        call.since = self.now;
        call.approval.clone_from(&approval);
        // The wait belongs to the turn in which the caller agreed.
        call.serial = self.turn.serial;
        let args = agreed.unwrap_or_else(|| call.args.clone());
        let effect = Effect::RunTool { call: call.id, name: call.name.clone(), args, approval };
        self.tools.open.push(call);
        self.emit(effect);
    }

    pub(super) fn tool_finished(&mut self, id: ToolCallId, outcome: ToolOutcome) {
        if let Some(call) = self.consent_preparation_refused(id) {
            self.turn.owed = true;
            return self.resolve(&call, outcome.result, false, outcome.duration_ms);
        }
        let Some(at) = self.tools.open.iter().position(|call| call.id == id) else {
            return self.stale("tool");
        };
        let call = self.tools.open.remove(at);
        if outcome.ok && call.approval.is_some() {
            self.turn.effect_done = true;
            let rule = self.rule(&call.name);
            self.standing.achieved(rule);
        }
        self.resolve(&call, outcome.result, outcome.ok, outcome.duration_ms);
        self.offer_saved(id, outcome.ok);
    }

    /// The oldest open call has not answered in its time.
    pub(super) fn tool_timed_out(&mut self) {
        let Some(at) = (0..self.tools.open.len()).min_by_key(|at| self.tools.open[*at].since)
        else {
            return;
        };
        let call = self.tools.open.remove(at);
        let result = if call.approval.is_some() {
            let message =
                "It is not known whether this was done. Do not say that it was; offer an operator.";
            refusal("unknown_outcome", message)
        } else {
            refusal("timeout", "No answer in time. Say so, offer to try again or an operator.")
        };
        let duration_ms = self.now.ms_since(call.since);
        self.resolve(&call, result, false, duration_ms);
        self.offer_saved(call.id, false);
    }

    /// Answers a call in the tool's place.
    pub(super) fn refuse(&mut self, call: &OpenCall, result: Value) {
        self.resolve(call, result, false, 0);
    }

    /// A call and its result become one value of the history and one row of the log.
    pub(super) fn resolve(
        &mut self,
        call: &OpenCall,
        result: Value,
        success: bool,
        duration_ms: u64,
    ) {
        if call.serial == self.turn.serial {
            self.turn.informed |= success;
        }
        if success {
            self.tools.succeeds(&call.name);
        }
        let (name, args) = (call.name.clone(), call.args.clone());
        self.learn_facts(&name, &args, &result, success);
        self.learn_earlier(&result);
        self.history.push(Message::Tool {
            name: name.clone(),
            args: args.clone(),
            result: result.clone(),
        });
        self.emit(Effect::Note(Note::ToolCall {
            call: call.id,
            turn_number: call.turn_number,
            name,
            args,
            result,
            duration_ms,
            success,
            approval: call.approval.as_ref().map(|approval| approval.id),
        }));
    }

    /// A refusal may bring the answer of an earlier effect, which came too late at its time: it
    /// stands, and may be spoken of.
    fn learn_earlier(&mut self, result: &Value) {
        let earlier = &result["earlier"];
        let Some(tool) = earlier["tool"].as_str() else { return };
        self.learn_facts(tool, &earlier["args"], &earlier["result"], true);
        self.tools.succeeds(tool);
        self.turn.informed = true;
        let rule = self.rule(tool);
        self.standing.achieved(rule);
    }

    /// An answer for an id that is dead, or never was.
    pub(super) fn stale(&mut self, what: &str) {
        self.emit(Effect::Note(Note::Stale { what: what.to_owned() }));
    }
}
