use super::*;

#[test]
fn equal_rates_pass_through() {
    let mut out = Vec::new();
    let mut same = Resampler::new(16_000, 16_000);
    same.process(&[1, 2, 3], &mut out);
    same.flush(&mut out);
    assert_eq!(out, [1, 2, 3]);
}
