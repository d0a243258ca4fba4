use super::*;
use proptest::prelude::*;

/// All frames of `bytes` cut at `cuts`, and the violation that ended them.
fn decode(bytes: &[u8], cuts: &[usize]) -> (Vec<Frame>, Option<Violation>) {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    let mut rest = bytes;
    let mut cuts = cuts.iter().cycle();
    while !rest.is_empty() {
        let step = cuts.next().map_or(rest.len(), |cut| (*cut).clamp(1, rest.len()));
        let (mut piece, later) = rest.split_at(step);
        rest = later;
        loop {
            match decoder.next(&mut piece) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(violation) => return (frames, Some(violation)),
            }
        }
        assert!(decoder.payload.capacity() <= 64 * 1024);
    }
    (frames, None)
}

/// Mostly plausible streams: random bytes alone would fail at the first header.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![
        4 => 0x10..=0x18u8,
        1 => Just(0x00u8), 1 => Just(0x01u8), 1 => Just(0x03u8), 1 => Just(0xffu8), 1 => any::<u8>()
    ];
    let message = (kind, prop::collection::vec(any::<u8>(), 0..700), any::<u8>()).prop_map(
        |(kind, mut payload, odds)| {
            match kind {
                0x01 if odds > 10 => payload.resize(16, 7),
                0x03 if odds > 10 => payload = vec![b'5'],
                0x10..=0x18 if odds > 10 => {
                    payload.truncate(payload.len() & !1);
                    if payload.is_empty() {
                        payload = vec![1, 2];
                    }
                }
                _ => {}
            }
            let mut bytes = vec![kind];
            bytes.extend_from_slice(&(payload.len() as u16).to_be_bytes());
            bytes.extend(payload);
            bytes
        },
    );
    prop::collection::vec(message, 0..12).prop_map(|messages| messages.concat())
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..4000),
                                cuts in prop::collection::vec(1usize..200, 1..8)) {
        let whole = decode(&bytes, &[]);
        prop_assert_eq!(whole, decode(&bytes, &cuts));
    }

    #[test]
    fn any_segmentation_gives_the_same_frames(bytes in stream(),
                                              cuts in prop::collection::vec(1usize..400, 1..8)) {
        prop_assert_eq!(decode(&bytes, &[]), decode(&bytes, &cuts));
        prop_assert_eq!(decode(&bytes, &[]), decode(&bytes, &[1]));
    }

    #[test]
    fn audio_survives_encoding_and_decoding(index in 0usize..9, samples in prop::collection::vec(any::<i16>(), 1..960)) {
        let rate = RATES[index];
        let mut bytes = Vec::new();
        prop_assert!(encode_audio(rate, &samples, &mut bytes));
        prop_assert_eq!(decode(&bytes, &[]), (vec![Frame::Audio { rate, samples }], None));
    }

    #[test]
    fn an_id_survives_encoding_and_decoding(id in any::<u128>()) {
        let id = Uuid::from_u128(id);
        prop_assert_eq!(decode(&encode_id(id), &[]), (vec![Frame::Id(id)], None));
    }
}

#[test]
fn every_key_of_a_telephone_is_a_digit_and_nothing_else_is() {
    for byte in 0..=255u8 {
        let (frames, violation) = decode(&encode_digit(byte), &[]);
        if b"0123456789*#ABCD".contains(&byte) {
            assert_eq!((frames, violation), (vec![Frame::Digit(char::from(byte))], None));
        } else {
            assert_eq!((frames, violation), (vec![], Some(Violation::DigitValue(byte))));
        }
    }
}

#[test]
fn audio_may_be_120_ms_of_its_own_rate_and_not_a_sample_more() {
    for (index, rate) in RATES.into_iter().enumerate() {
        let kind = 0x10 + index as u8;
        let longest = (rate / 1000 * 120 + rate % 1000 * 120 / 1000) as usize * 2;
        let header = |bytes: usize| {
            let length = (bytes as u16).to_be_bytes();
            [kind, length[0], length[1]]
        };
        let mut legal = header(longest).to_vec();
        legal.resize(3 + longest, 0);
        assert_eq!(decode(&legal, &[]).0.len(), 1, "{rate}");
        let (frames, violation) = decode(&header(longest + 2), &[]);
        assert!(frames.is_empty());
        assert_eq!(violation, Some(Violation::AudioTooLong { bytes: longest as u16 + 2, rate }));
    }
}

#[test]
fn illegal_lengths_are_refused_at_the_header() {
    let cases: [(&[u8], &str); 7] = [
        (&[0x01, 0, 15], "uuid_length"),
        (&[0x01, 0, 36], "uuid_length"),
        (&[0x03, 0, 0], "digit_length"),
        (&[0x03, 0, 2], "digit_length"),
        (&[0x10, 0, 0], "audio_empty"),
        (&[0x10, 1, 0x41], "audio_odd"),
        (&[0x77, 0xff, 0xff], "unknown_too_long"),
    ];
    for (bytes, reason) in cases {
        assert_eq!(decode(bytes, &[]).1.map(Violation::reason), Some(reason), "{bytes:?}");
    }
}

#[test]
fn an_unknown_kind_is_skipped_whole_and_the_next_frame_is_read() {
    let mut bytes = vec![0x42, 0, 5, 1, 2, 3, 4, 5];
    bytes.extend(encode_digit(b'7'));
    assert_eq!(decode(&bytes, &[2]), (vec![Frame::Unknown(0x42), Frame::Digit('7')], None));
}

#[test]
fn a_rate_without_a_kind_is_not_encoded() {
    let mut out = Vec::new();
    assert!(!encode_audio(11_025, &[0; 220], &mut out));
    assert!(!encode_audio(8_000, &[], &mut out));
    assert!(!encode_audio(8_000, &[0; 961], &mut out));
    assert!(out.is_empty());
}
