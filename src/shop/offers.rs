//! Which of many tyres to name: a caller remembers three, so they must differ.

use super::TireSize;
use rust_decimal::Decimal;

/// How many offers one answer names.
pub const OFFERS_MAX: usize = 5;
/// How many nearby sizes one answer names.
const SIZES_NEARBY_MAX: usize = 3;

/// Picks up to [`OFFERS_MAX`] of `(maker, price)` rows, one per maker: one from the cheapest
/// third, two from the middle, two from the dearest; free places go to the next cheapest maker.
/// Returns indices into `rows`, cheapest first.
#[must_use]
pub fn pick_varied(rows: &[(&str, Decimal)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&index| (rows[index].1, index));
    let third = |rank: usize| (rank * 3 / order.len().max(1)).min(2);
    let mut picked: Vec<usize> = Vec::new();
    let new_maker = |picked: &[usize], index: usize| {
        !picked.iter().any(|&taken| rows[taken].0.eq_ignore_ascii_case(rows[index].0))
    };
    for (tier, places) in [(0, 1), (1, 2), (2, 2)] {
        let mut left = places;
        for (rank, &index) in order.iter().enumerate() {
            if left > 0 && third(rank) == tier && new_maker(&picked, index) {
                picked.push(index);
                left -= 1;
            }
        }
    }
    for &index in &order {
        if picked.len() < OFFERS_MAX && new_maker(&picked, index) {
            picked.push(index);
        }
    }
    picked.sort_by_key(|&index| (rows[index].1, index));
    picked
}

/// The sizes of `known` that are closest to `wanted`: the same rim, width within 20 mm, profile
/// within 10; closest first, at most three, never `wanted` itself.
#[must_use]
pub fn sizes_nearby(wanted: TireSize, known: &[TireSize]) -> Vec<TireSize> {
    let distance = |size: &TireSize| {
        u32::from(size.width.abs_diff(wanted.width))
            + u32::from(size.profile.abs_diff(wanted.profile))
    };
    let mut near: Vec<TireSize> = known
        .iter()
        .copied()
        .filter(|size| *size != wanted && size.rim_tenths == wanted.rim_tenths)
        .filter(|size| size.width.abs_diff(wanted.width) <= 20)
        .filter(|size| size.profile.abs_diff(wanted.profile) <= 10)
        .collect();
    near.sort_by_key(|size| (distance(size), *size));
    near.dedup();
    near.truncate(SIZES_NEARBY_MAX);
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<(&'static str, Decimal)> {
        [
            ("A", 1000),
            ("A", 1100),
            ("B", 1200),
            ("C", 2000),
            ("D", 2100),
            ("E", 2200),
            ("F", 3000),
            ("G", 3100),
            ("F", 3200),
        ]
        .map(|(maker, price)| (maker, Decimal::from(price)))
        .to_vec()
    }

    #[test]
    fn offers_come_from_all_price_thirds_and_one_per_maker() {
        let rows = rows();
        let makers: Vec<&str> = pick_varied(&rows).into_iter().map(|i| rows[i].0).collect();
        assert_eq!(makers, ["A", "C", "D", "F", "G"]);
    }

    #[test]
    fn few_rows_give_few_offers_and_none_gives_none() {
        assert!(pick_varied(&[]).is_empty());
        let one_maker = [("A", Decimal::from(2)), ("a", Decimal::from(1))];
        assert_eq!(pick_varied(&one_maker), [1]);
    }

    #[test]
    fn nearby_sizes_keep_the_rim() {
        let size = |w, p, r| TireSize::new(w, p, r).expect("a size of the test");
        let known = [size(205, 55, 17), size(215, 55, 16), size(205, 60, 16), size(255, 55, 16)];
        assert_eq!(sizes_nearby(size(205, 55, 16), &known), [size(205, 60, 16), size(215, 55, 16)]);
    }
}
