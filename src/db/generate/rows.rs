//! What is written of a day, table by table.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

/// A row of `calls`.
#[derive(Debug, Clone)]
pub(super) struct CallRow {
    pub(super) id: Uuid,
    pub(super) started_at: DateTime<Utc>,
    pub(super) ended_at: DateTime<Utc>,
    pub(super) duration_s: i32,
    pub(super) channel: &'static str,
    pub(super) caller: Option<String>,
    pub(super) customer: Option<Uuid>,
    pub(super) language: &'static str,
    pub(super) scenario: Option<&'static str>,
    pub(super) outcome: &'static str,
    pub(super) drop_off: Option<&'static str>,
    pub(super) transfer_reason: Option<&'static str>,
    pub(super) order: Option<Uuid>,
    pub(super) booking: Option<Uuid>,
    pub(super) quality: Option<f64>,
    pub(super) sentiment: &'static str,
    pub(super) csat: Option<i16>,
    pub(super) stt_usd: Decimal,
    pub(super) llm_usd: Decimal,
    pub(super) tts_usd: Decimal,
}

/// A row of `call_turns`.
#[derive(Debug, Clone)]
pub(super) struct TurnRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) call_started_at: DateTime<Utc>,
    pub(super) number: i32,
    pub(super) speaker: &'static str,
    pub(super) content: &'static str,
    pub(super) language: &'static str,
    pub(super) confidence: Option<f32>,
    pub(super) stt_ms: Option<i32>,
    pub(super) llm_ms: Option<i32>,
    pub(super) tts_ms: Option<i32>,
    pub(super) endpointing_ms: Option<i32>,
    pub(super) first_audio_ms: Option<i32>,
    pub(super) interrupted: bool,
    pub(super) at: DateTime<Utc>,
}

/// A row of `call_tool_calls`.
#[derive(Debug, Clone)]
pub(super) struct ToolRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) call_started_at: DateTime<Utc>,
    pub(super) turn_number: i32,
    pub(super) name: &'static str,
    pub(super) args: Value,
    pub(super) result: Value,
    pub(super) duration_ms: i32,
    pub(super) success: bool,
    pub(super) trace: Uuid,
    pub(super) approval: Option<Uuid>,
    pub(super) at: DateTime<Utc>,
}

/// A row of `call_traces`.
#[derive(Debug, Clone)]
pub(super) struct TraceRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) call_started_at: DateTime<Utc>,
    pub(super) turn_number: i32,
    pub(super) step: &'static str,
    pub(super) agent: &'static str,
    pub(super) provider: Option<&'static str>,
    pub(super) model: Option<&'static str>,
    pub(super) tokens_input: Option<i32>,
    pub(super) tokens_cached: Option<i32>,
    pub(super) tokens_output: Option<i32>,
    pub(super) units: Option<Decimal>,
    pub(super) unit: Option<&'static str>,
    pub(super) cost_usd: Decimal,
    pub(super) at: DateTime<Utc>,
    pub(super) duration_ms: i32,
    pub(super) status: &'static str,
}

/// A row of `call_transfers`.
#[derive(Debug, Clone)]
pub(super) struct TransferRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) call_started_at: DateTime<Utc>,
    pub(super) reason: &'static str,
    pub(super) requested_at: DateTime<Utc>,
    pub(super) answered_at: DateTime<Utc>,
    pub(super) ended_at: DateTime<Utc>,
}

/// The caller's yes to an order or a booking: a row of `approvals`.
#[derive(Debug, Clone)]
pub(super) struct ApprovalRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) call_started_at: DateTime<Utc>,
    pub(super) tool: &'static str,
    pub(super) at: DateTime<Utc>,
}

/// A row of `orders` with its only line.
#[derive(Debug, Clone)]
pub(super) struct OrderRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) approval: Uuid,
    pub(super) customer: Uuid,
    pub(super) phone: String,
    pub(super) sku: String,
    pub(super) product: String,
    pub(super) quantity: i32,
    pub(super) price: Decimal,
    pub(super) at: DateTime<Utc>,
}

/// A row of `fitting_bookings`.
#[derive(Debug, Clone)]
pub(super) struct BookingRow {
    pub(super) id: Uuid,
    pub(super) call: Uuid,
    pub(super) approval: Uuid,
    pub(super) customer: Uuid,
    pub(super) phone: String,
    pub(super) station: Uuid,
    pub(super) day: NaiveDate,
    pub(super) time: NaiveTime,
    pub(super) service: &'static str,
    pub(super) diameter: i16,
    pub(super) price: Decimal,
    pub(super) status: &'static str,
    pub(super) at: DateTime<Utc>,
}

/// Everything of a day.
#[derive(Debug, Clone, Default)]
pub(super) struct DayRows {
    pub(super) customers: Vec<(Uuid, String)>,
    pub(super) approvals: Vec<ApprovalRow>,
    pub(super) orders: Vec<OrderRow>,
    pub(super) bookings: Vec<BookingRow>,
    pub(super) calls: Vec<CallRow>,
    pub(super) turns: Vec<TurnRow>,
    pub(super) tools: Vec<ToolRow>,
    pub(super) traces: Vec<TraceRow>,
    pub(super) transfers: Vec<TransferRow>,
}
