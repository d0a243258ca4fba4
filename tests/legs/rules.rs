//! Who may come, and how a leg ends.

use crate::legs::line::{Line, PATIENCE, Rules, line};
use crate::legs::{Kind, LEGS, end_of};
use treadline::asterisk::leg::{LegCommand, LegEnd};
use treadline::asterisk::registry::Registration;
use treadline::caller::{CallEnd, Caller, Options};
use uuid::Uuid;

/// A call that must not be served: refused at once, or answered by nothing but a farewell.
async fn is_refused(kind: Kind, line: &mut Line, options: Options) {
    if let Ok(call) = Caller::dial(options).await {
        let end = call.wait_for_end(PATIENCE).await;
        assert!(matches!(end, Some(CallEnd::HandedBack | CallEnd::Closed)), "{kind:?}: {end:?}");
        assert_eq!(call.report().frames, 0, "{kind:?}");
    }
    assert!(line.legs.try_recv().is_err(), "{kind:?}: something was opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_uuid_from_a_stranger_is_refused_and_nothing_is_opened() {
    for leg in LEGS {
        let mut line = line(&Rules { trusted: false, ..Rules::default() });
        let options = leg.options(&line);
        is_refused(leg, &mut line, options).await;
        assert_eq!(line.registry.live(), 0, "{leg:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_uuid_is_good_for_one_call() {
    for leg in LEGS {
        let mut line = line(&Rules { trusted: false, ..Rules::default() });
        let id = Uuid::new_v4();
        let caller = Some("+380671234567".to_owned());
        let registration = Registration { uuid: id, caller, ..Default::default() };
        line.registry.register(registration).unwrap();
        let options = Options { id, ..leg.options(&line) };
        let (call, mut held) = leg.dial_as(&mut line, |o| Options { id, ..o }).await;
        let known = line.registry.registration(held.id).unwrap();
        assert_eq!(known.caller.as_deref(), Some("+380671234567"), "{leg:?}");
        is_refused(leg, &mut line, options.clone()).await;
        call.hang_up().await;
        assert_eq!(end_of(&mut held).await, LegEnd::HungUp, "{leg:?}");
        line.nobody_is_left().await;
        is_refused(leg, &mut line, options).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_above_the_limit_goes_to_the_operator() {
    for leg in LEGS {
        let mut line = line(&Rules { calls_max: 1, ..Rules::default() });
        let (_call, _held) = leg.dial(&mut line).await;
        let options = leg.options(&line);
        let id = options.id;
        is_refused(leg, &mut line, options).await;
        assert_eq!(line.registry.next(id).as_deref(), Some("operator"), "{leg:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_back_ends_the_leg_and_leaves_the_word_for_the_dialplan() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, mut held) = leg.dial(&mut line).await;
        line.registry.set_next(held.id, "operator");
        held.control.send(LegCommand::HandBack).await.unwrap();
        assert_eq!(call.wait_for_end(PATIENCE).await, Some(CallEnd::HandedBack), "{leg:?}");
        assert_eq!(end_of(&mut held).await, LegEnd::Ours, "{leg:?}");
        assert_eq!(line.registry.next(call.id()).as_deref(), Some("operator"), "{leg:?}");
        line.nobody_is_left().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_leg_closes_the_connection_without_a_hand_back() {
    for leg in LEGS {
        let mut line = line(&Rules::default());
        let (call, held) = leg.dial(&mut line).await;
        drop(held);
        assert_eq!(call.wait_for_end(PATIENCE).await, Some(CallEnd::Closed), "{leg:?}");
        line.nobody_is_left().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_has_no_more_calls_than_connections_allowed() {
    for leg in LEGS {
        let mut line = line(&Rules { trusted: false, per_address_max: 2, ..Rules::default() });
        let mut calls = Vec::new();
        for _ in 0..2 {
            let id = Uuid::new_v4();
            line.registry.register(Registration { uuid: id, ..Default::default() }).unwrap();
            calls.push(leg.dial_as(&mut line, |o| Options { id, ..o }).await);
        }
        let id = Uuid::new_v4();
        line.registry.register(Registration { uuid: id, ..Default::default() }).unwrap();
        let options = Options { id, ..leg.options(&line) };
        is_refused(leg, &mut line, options).await;
        drop(calls);
        line.nobody_is_left().await;
    }
}
