use super::*;

fn registry(calls_max: usize) -> Arc<Registry> {
    registry_of(calls_max, Duration::from_mins(2))
}

fn registry_of(calls_max: usize, registration_lives: Duration) -> Arc<Registry> {
    Registry::new(RegistryOptions {
        trusted_peers: vec!["10.0.0.1".parse().unwrap()],
        calls_max,
        registration_lives,
        overflow_next: "operator".into(),
    })
}

fn peer(ip: &str) -> SocketAddr {
    SocketAddr::new(ip.parse().unwrap(), 4000)
}

fn announced(n: u128) -> Registration {
    Registration { uuid: Uuid::from_u128(n), caller: Some("+1".into()), ..Default::default() }
}

#[test]
fn a_registration_is_good_for_one_call() {
    let registry = registry(10);
    let id = Uuid::from_u128(1);
    registry.register(announced(1)).unwrap();
    assert_eq!(registry.register(announced(1)), Err(RegisterError::Known));
    let admission = registry.admit(peer("192.0.2.1"), id).unwrap();
    assert_eq!(admission.registration.as_ref().unwrap().caller.as_deref(), Some("+1"));
    assert_eq!(registry.admit(peer("192.0.2.1"), id).unwrap_err(), Refusal::Live);
    drop(admission);
    assert_eq!(registry.live(), 0);
    assert_eq!(registry.admit(peer("192.0.2.1"), id).unwrap_err(), Refusal::Ended);
    assert_eq!(registry.register(announced(1)), Err(RegisterError::Known));
    assert!(registry.registration(id).is_some());
}

#[test]
fn a_registration_that_is_too_old_admits_nobody_and_may_be_made_again() {
    let registry = registry_of(10, Duration::ZERO);
    registry.register(announced(1)).unwrap();
    registry.register(announced(1)).unwrap();
    let refusal = registry.admit(peer("192.0.2.1"), Uuid::from_u128(1)).unwrap_err();
    assert_eq!(refusal, Refusal::Unregistered);
}

#[test]
fn a_trusted_address_needs_no_registration_but_a_fresh_uuid() {
    let registry = registry(10);
    let id = Uuid::from_u128(2);
    drop(registry.admit(peer("10.0.0.1"), id).unwrap());
    assert_eq!(registry.admit(peer("10.0.0.1"), id).unwrap_err(), Refusal::Ended);
    let mapped = registry.admit(peer("::ffff:10.0.0.1"), Uuid::from_u128(3));
    assert!(mapped.is_ok());
}

#[test]
fn a_call_without_a_place_is_sent_to_the_operator() {
    let registry = registry(1);
    let _first = registry.admit(peer("10.0.0.1"), Uuid::from_u128(1)).unwrap();
    let id = Uuid::from_u128(2);
    assert_eq!(registry.admit(peer("10.0.0.1"), id).unwrap_err(), Refusal::CallsMax);
    assert_eq!(registry.next(id).as_deref(), Some("operator"));
    assert_eq!(registry.live(), 1);
}

#[test]
fn the_next_word_is_kept_ten_minutes_after_the_call() {
    let registry = registry(1);
    let id = Uuid::from_u128(1);
    let call = registry.admit(peer("10.0.0.1"), id).unwrap();
    assert_eq!(registry.next(id).as_deref(), Some("hangup"));
    registry.set_next(id, "operator");
    drop(call);
    let ended = Instant::now();
    registry.sweep_at(ended + Duration::from_mins(9));
    assert_eq!(registry.next(id).as_deref(), Some("operator"));
    registry.sweep_at(ended + Duration::from_mins(11));
    assert_eq!(registry.next(id), None);
}

#[test]
fn of_many_racing_connections_with_one_uuid_one_wins() {
    let registry = registry(100);
    let id = Uuid::from_u128(7);
    let barrier = std::sync::Barrier::new(16);
    let admitted = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    registry.admit(peer("10.0.0.1"), id)
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(admitted.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(registry.live(), 1);
}

#[derive(Default)]
struct Notes(std::sync::Mutex<Vec<String>>);

impl RegistrationSink for Notes {
    fn registered(&self, registration: &Registration, lives: Duration) {
        let note = format!("registered {} for {}", registration.uuid.as_u128(), lives.as_secs());
        self.0.lock().unwrap().push(note);
    }

    fn used(&self, id: Uuid) {
        self.0.lock().unwrap().push(format!("used {}", id.as_u128()));
    }

    fn next(&self, id: Uuid, word: &str) {
        self.0.lock().unwrap().push(format!("next {} {word}", id.as_u128()));
    }
}

#[test]
fn the_sink_hears_of_a_registration_its_use_and_the_next_word_once() {
    let registry = registry(10);
    let notes = Arc::new(Notes::default());
    registry.write_through(notes.clone());
    registry.register(announced(5)).unwrap();
    registry.register(announced(5)).unwrap_err();
    let id = Uuid::from_u128(5);
    let call = registry.admit(peer("192.0.2.1"), id).unwrap();
    registry.admit(peer("192.0.2.1"), id).unwrap_err();
    registry.set_next(id, "voicemail");
    drop(call);
    let notes = notes.0.lock().unwrap().clone();
    assert_eq!(notes, ["registered 5 for 120", "used 5", "next 5 voicemail"]);
}

#[test]
fn a_draining_process_admits_nobody_and_sends_callers_to_the_operator() {
    let registry = registry(10);
    registry.drain();
    let id = Uuid::from_u128(6);
    assert_eq!(registry.admit(peer("10.0.0.1"), id).unwrap_err(), Refusal::Draining);
    assert_eq!(registry.next(id).as_deref(), Some("operator"));
    assert_eq!(registry.admit(peer("192.0.2.1"), id).unwrap_err(), Refusal::Ended);
    let stranger = registry.admit(peer("192.0.2.1"), Uuid::from_u128(7)).unwrap_err();
    assert_eq!(stranger, Refusal::Unregistered);
}

/// H10: a machine that phones again and again ends at a person, others are served.
#[test]
fn a_number_that_calls_too_often_is_sent_to_the_operator() {
    let registry = registry(10);
    registry.limit_callers(CallerLimits { live_max: 3, hour_max: 5 });
    let come = |n: u128, caller: &str| {
        let caller = Some(caller.to_owned());
        registry.register(Registration { caller, ..announced(n) }).unwrap();
        registry.admit(peer("10.0.0.1"), Uuid::from_u128(n))
    };
    let mut live: Vec<_> = (1..=3).map(|n| come(n, "+380671234567").unwrap()).collect();
    assert_eq!(come(4, "+380671234567").unwrap_err(), Refusal::NumberLive);
    assert_eq!(registry.next(Uuid::from_u128(4)).as_deref(), Some("operator"));
    assert_eq!(registry.live(), 3, "the refused call holds no place");
    drop(come(5, "+380671234568").unwrap());
    for n in 6..=7 {
        live.pop();
        drop(come(n, "+380671234567").unwrap());
    }
    assert_eq!(come(8, "+380671234567").unwrap_err(), Refusal::NumberHour);
    for n in 20..=24 {
        drop(come(n, "anonymous").unwrap());
    }
    for n in 30..=36 {
        drop(registry.admit(peer("10.0.0.1"), Uuid::from_u128(n)).unwrap());
    }
}
