//! What a tool's answer changes: the scenario that owns the tool reads it.

use super::reply::{Ask, Reply, Tell, gives_phone};
use super::scenarios::{CONSENT_TOOLS, SCENARIOS, Topic};
use super::talk::{Act, ReadBack, Talk};
use serde_json::Value;

/// A finished tool call.
pub(super) struct Finished<'a> {
    pub(super) tool: &'a str,
    pub(super) args: &'a Value,
    pub(super) result: &'a Value,
}

impl Talk {
    /// Takes in a finished tool call.
    pub(super) fn learn(&mut self, tool: &str, args: &Value, result: &Value) {
        self.calls.push((tool.to_owned(), args.clone()));
        let call = Finished { tool, args, result };
        if tool == super::scenarios::profile::TOOL {
            return self.learn_remembered(args);
        }
        if tool == super::scenarios::knowledge::TOOL {
            return self.learn_articles(result);
        }
        let consent = CONSENT_TOOLS.contains(&tool);
        if consent || gives_phone(args) {
            self.read_back = ReadBack::None;
        }
        if gives_phone(args) {
            self.person.phone_confirmed = result["error"] != "phone_not_confirmed";
        }
        if tool == "transfer_to_operator" {
            let refused = result["error"].is_string();
            self.act = if refused { Act::Trouble } else { Act::Go };
            self.news = (!refused).then(|| Reply::tell(Tell::Handover));
            return;
        }
        let Some(one) = SCENARIOS.iter().find(|one| one.tools.contains(&tool)) else { return };
        let Some(code) = result["error"].as_str() else { return (one.learn)(self, &call) };
        if let Some(earlier) =
            result["earlier"]["tool"].as_str().filter(|_| code == "earlier_stands")
        {
            return self.learn(earlier, &result["earlier"]["args"], &result["earlier"]["result"]);
        }
        let known = self.learn_common_refusal(code, consent) || (one.refused)(self, &call, code);
        if !known {
            self.act = Act::Trouble;
        }
    }

    /// Refusals that mean the same from every tool.
    fn learn_common_refusal(&mut self, code: &str, consent: bool) -> bool {
        match code {
            "store_away" | "timeout" if !consent => self.act = Act::StoreAway,
            "store_away" => self.act = Act::StoreAway,
            "unknown_outcome" | "timeout" => {
                self.news = Some(Reply::both(Tell::Unsure, Ask::Operator));
            }
            "phone_missing" | "phone_not_said" => {
                self.person.needs_phone = true;
                (self.person.phone, self.person.phone_confirmed) = (None, false);
            }
            // The core tells of it before the words that it heard instead of a yes.
            "phone_not_confirmed" => {
                self.person.phone = None;
                self.read_back = ReadBack::Rejected;
            }
            "identity_unverified" => {
                self.person.needs_phone = true;
                self.topic = Topic::None;
                self.news = Some(Reply::both(Tell::Withheld, Ask::Operator));
            }
            // The core tells that the caller did not agree, before the words they said.
            "rejected" if consent => {
                self.read_back = ReadBack::Rejected;
                for one in SCENARIOS {
                    if one.topic == self.topic {
                        (one.declined)(self);
                    }
                }
            }
            "not_confirmed" | "agreement_changed" if consent => self.read_back = ReadBack::Expired,
            _ => return false,
        }
        true
    }
}
