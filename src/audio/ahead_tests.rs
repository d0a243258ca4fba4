use super::*;

const A: SpeechId = SpeechId(1);
const B: SpeechId = SpeechId(2);

fn at(ms: u64) -> CallTime {
    CallTime::from_ms(ms)
}

/// Hands out frames at once.
fn give(ahead: &mut Ahead, now: CallTime, speech: Option<SpeechId>, frames: u64) {
    for _ in 0..frames {
        ahead.sent(now, speech);
    }
}

#[test]
fn a_speech_is_told_when_its_marks_come_back_and_not_when_it_was_handed_out() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 1);
    let first = ahead.mark();
    give(&mut ahead, at(0), Some(A), 9);
    ahead.over(A);
    let last = ahead.mark();
    assert_eq!(ahead.depth(at(0)), 10);
    ahead.tick(at(190));
    assert!(!ahead.has_news(), "the clock alone tells nothing past a mark");
    ahead.processed(at(25), first);
    assert_eq!(ahead.take_news(), [News::Started(A)]);
    ahead.processed(at(210), last);
    assert_eq!(ahead.take_news(), [News::Finished(A)]);
    assert_eq!(ahead.depth(at(210)), 0);
}

#[test]
fn between_two_marks_the_clock_counts_on_but_never_past_the_next_mark() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 5);
    let five = ahead.mark();
    give(&mut ahead, at(0), Some(A), 5);
    ahead.mark();
    ahead.processed(at(100), five);
    ahead.tick(at(140));
    assert_eq!(ahead.cut(), [(A, 7, 10)], "five by the mark, two by the clock");
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 5);
    ahead.mark();
    ahead.tick(at(500));
    assert_eq!(ahead.cut(), [(A, 4, 5)], "the fifth is not known to have sounded");
}

#[test]
fn a_cut_begins_an_epoch_in_which_old_marks_mean_nothing() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 10);
    let old = ahead.mark();
    ahead.cut();
    give(&mut ahead, at(20), Some(B), 10);
    let new = ahead.mark();
    assert_eq!((old.frames, new.frames), (10, 10));
    ahead.processed(at(30), old);
    assert!(!ahead.has_news(), "a mark of what was thrown away");
    ahead.processed(at(230), new);
    assert_eq!(ahead.take_news(), [News::Started(B)]);
}

#[test]
fn speeches_are_told_in_order_and_one_without_sound_ends_in_its_turn() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 2);
    ahead.over(A);
    ahead.over(B);
    assert!(!ahead.has_news(), "B comes after A");
    let mark = ahead.mark();
    ahead.processed(at(40), mark);
    let told = ahead.take_news();
    assert_eq!(told, [News::Started(A), News::Finished(A), News::Finished(B)]);
    ahead.over(SpeechId(3));
    assert_eq!(ahead.take_news(), [News::Finished(SpeechId(3))], "nothing is before it");
}

#[test]
fn a_cut_tells_what_was_heard_of_each_speech() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 10);
    ahead.over(A);
    give(&mut ahead, at(0), None, 2);
    give(&mut ahead, at(0), Some(B), 8);
    ahead.tick(at(100));
    assert_eq!(ahead.cut(), [(A, 5, 10), (B, 0, 8)]);
    assert_eq!(ahead.depth(at(100)), 0);
    assert!(!ahead.holds_speech());
}

#[test]
fn a_mark_that_never_comes_back_holds_a_speech_for_a_second_and_no_longer() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 10);
    ahead.over(A);
    ahead.mark();
    ahead.tick(at(1_100));
    assert_eq!(ahead.take_news(), [News::Started(A)], "the last frame waits for its mark");
    ahead.tick(at(1_300));
    assert_eq!(ahead.take_news(), [News::Finished(A)]);
    assert_eq!(ahead.take_faults(), (0, 1));
}

#[test]
fn the_depth_follows_the_clock_and_the_marks_set_the_clock() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), None, 10);
    assert_eq!(ahead.depth(at(100)), 5);
    assert_eq!(ahead.depth(at(5_000)), 0);
    give(&mut ahead, at(5_000), Some(A), 10);
    let mark = ahead.mark();
    give(&mut ahead, at(5_000), Some(A), 10);
    ahead.processed(at(5_240), mark);
    assert_eq!(ahead.depth(at(5_240)), 10, "the other clock began 40 ms later");
}

#[test]
fn a_hole_in_speech_is_a_fault_and_a_pause_between_speeches_is_none() {
    let mut ahead = Ahead::default();
    give(&mut ahead, at(0), Some(A), 5);
    give(&mut ahead, at(200), Some(A), 5);
    assert_eq!(ahead.take_faults().0, 1, "100 ms of nothing");
    give(&mut ahead, at(220), None, 2);
    give(&mut ahead, at(220), Some(A), 1);
    assert_eq!(ahead.take_faults().0, 1, "silence in the middle of a speech");
    ahead.over(A);
    ahead.tick(at(2_000));
    give(&mut ahead, at(2_000), Some(B), 5);
    assert_eq!(ahead.take_faults().0, 0);
}
