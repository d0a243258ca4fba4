//! What the demonstration prints, and what it must hold true to be `ok`.

use super::Demonstration;
use super::script::steps;
use crate::cli::out::line;
use crate::db::calls::TurnRow;
use anyhow::{bail, ensure};

/// Both sides of the conversation: the caller's words as spoken and as recognised, the agent's as
/// heard.
pub fn conversation(shown: &Demonstration) {
    line("\nThe conversation, as both sides heard it");
    let mut spoken = shown.steps.iter();
    for turn in &shown.record.turns {
        if turn.speaker == "customer" {
            if let Some(step) = spoken.next() {
                line(format!("  caller said   {}", step.text));
            }
            line(format!("  agent heard   {}", turn.content));
        } else {
            let cut = if turn.interrupted { "  (interrupted)" } else { "" };
            line(format!("  agent said    {}{cut}", turn.content));
        }
    }
}

/// The latencies of each answer: what the log has, and what the caller's own clock says.
pub fn latencies(shown: &Demonstration) {
    line("\nLatencies of each answer, milliseconds");
    line("  turn  endpointing  stt  llm  tts  first audio  by the caller's clock");
    let mut measured = shown.report.turns.iter().skip(1);
    let mut stt = None;
    for turn in &shown.record.turns {
        if turn.speaker == "customer" {
            stt = turn.stt_latency_ms;
            continue;
        }
        // Only the first line after the caller's turn carries its first audio.
        if turn.first_audio_ms.is_none() {
            continue;
        }
        let heard = measured.next().and_then(|turn| turn.first_audio_ms);
        line(format!(
            "  {:>4}  {:>11}  {:>3}  {:>3}  {:>3}  {:>11}  {:>21}",
            turn.turn_number,
            figure(turn.endpointing_ms),
            figure(stt.take()),
            figure(turn.llm_latency_ms),
            figure(turn.tts_latency_ms),
            figure(turn.first_audio_ms),
            heard.map_or_else(|| "-".into(), |ms| ms.to_string()),
        ));
    }
}

fn figure(ms: Option<i32>) -> String {
    ms.map_or_else(|| "-".into(), |ms| ms.to_string())
}

/// The rows that the call left.
pub fn rows(shown: &Demonstration) {
    let call = &shown.record.call;
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
    line("\nRows written");
    line(format!(
        "  calls             1  {} origin={} outcome={} scenario={} language={} {} s",
        call.id,
        call.origin,
        text(&call.outcome),
        text(&call.scenario),
        text(&call.language),
        call.duration_seconds.unwrap_or_default(),
    ));
    line(format!("  call_turns       {:>2}", shown.record.turns.len()));
    line(format!("  call_tool_calls  {:>2}", shown.record.tool_calls.len()));
    for tool in &shown.record.tool_calls {
        let result = if tool.success { "ok" } else { "refused" };
        let ms = tool.duration_ms.unwrap_or_default();
        line(format!("      {:<22} {result:<8} {ms:>4} ms", tool.tool_name));
    }
    for approval in &shown.agreements.approvals {
        line(format!("  approvals         1  {} {}", approval.tool_name, approval.status));
    }
    for order in &shown.agreements.orders {
        line(format!(
            "  orders            1  {}: {}, {} UAH, {}, {}, for {}: {}",
            text(&order.order_number),
            order.summary,
            order.total.normalize(),
            text(&order.delivery_type),
            text(&order.payment_method),
            order.recipient,
            order.status,
        ));
    }
    for booking in &shown.agreements.bookings {
        line(format!(
            "  fitting_bookings  1  {} at {}, {}, for {}, {}: {}",
            booking.booking_date,
            booking.booking_time.format("%H:%M"),
            booking.station,
            booking.customer_name,
            booking.vehicle_info,
            booking.status,
        ));
    }
}

/// What must be true of the rows for the call to have been served; the figures of the last line.
///
/// # Errors
/// The first thing that is not true.
pub fn verdict(shown: &Demonstration) -> anyhow::Result<String> {
    let call = &shown.record.call;
    let used =
        |name: &str| shown.record.tool_calls.iter().any(|t| t.tool_name == name && t.success);
    ensure!(call.ended_at.is_some(), "the call is still open in the database");
    ensure!(used("search_tires"), "the agent never found tyres");
    ensure!(used("book_fitting"), "the agent never booked a fitting");
    let ordered = ordered(shown)?;
    let approved = shown.agreements.approvals.iter().filter(|a| a.status == "approved").count();
    let due = 1 + usize::from(!ordered.is_empty());
    ensure!(approved == due, "{approved} approvals stand in the database instead of {due}");
    let booked = &shown.agreements.bookings;
    ensure!(booked.len() == 1, "{} bookings stand in the database instead of one", booked.len());
    ensure!(
        call.fitting_booking_id == Some(booked[0].id),
        "the call does not name the booking that it made"
    );
    ensure!(call.outcome.as_deref() == Some("resolved"), "the outcome is {:?}", call.outcome);
    ensure!(call.origin == "demo", "the call is marked {:?}", call.origin);
    ensure!(shown.next == "hangup", "the dialplan was told {:?}", shown.next);
    ensure!(dense(&shown.record.turns), "the lines of the call are not numbered from 1 on");
    let mut first: Vec<u64> =
        shown.report.turns.iter().skip(1).filter_map(|turn| turn.first_audio_ms).collect();
    first.sort_unstable();
    let median = first.get(first.len() / 2).copied().unwrap_or_default();
    Ok(format!(
        "demo: ok — {} lines, {} tool calls, {ordered}1 booking on {} at {}, first audio {median} ms \
         (median of {}), {}",
        shown.record.turns.len(),
        shown.record.tool_calls.len(),
        booked[0].booking_date,
        booked[0].booking_time.format("%H:%M"),
        first.len(),
        late(shown.report.late_frames),
    ))
}

/// The order that the caller of the longer call must have made; nothing for the other's.
fn ordered(shown: &Demonstration) -> anyhow::Result<String> {
    if shown.steps.len() == steps(false).len() {
        return Ok(String::new());
    }
    let orders: Vec<_> =
        shown.agreements.orders.iter().filter(|order| order.status == "confirmed").collect();
    let [order] = orders.as_slice() else {
        bail!("{} confirmed orders stand in the database instead of one", orders.len())
    };
    ensure!(order.summary.starts_with("4 Michelin"), "ordered were {}", order.summary);
    Ok(format!("1 order of {} UAH, ", order.total.normalize()))
}

/// Late frames are the machine's affair as much as ours: a figure, and a hint where to look.
fn late(frames: u32) -> String {
    match frames {
        0 => "0 late frames".into(),
        1 => "1 late frame (is the machine busy?)".into(),
        more => format!("{more} late frames (is the machine busy?)"),
    }
}

fn dense(turns: &[TurnRow]) -> bool {
    turns.iter().zip(1..).all(|(turn, number)| turn.turn_number == number)
}
