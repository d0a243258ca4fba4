//! What the model is shown of the conversation.

use serde::{Deserialize, Serialize};

/// One entry of the history. A tool call and its result are one value, so that an unpaired one
/// cannot exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// What the caller said in one turn.
    Caller {
        /// The recognised text.
        text: String,
    },
    /// What the caller *heard* of ours (cut where a barge-in cut it).
    Agent {
        /// The text whose frames were played.
        text: String,
    },
    /// A finished tool call.
    Tool {
        /// The canonical tool name.
        name: String,
        /// The arguments as the model gave them.
        args: serde_json::Value,
        /// What the tool, or the core in its place, answered.
        result: serde_json::Value,
    },
}
