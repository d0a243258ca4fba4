//! What differs between two texts, line by line.

/// Steps that comparing may take; texts that differ in more are shown as two.
const STEPS_MAX: usize = 4_000_000;

/// A line of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'t> {
    /// It stands in both.
    Same(&'t str),
    /// Only the old one has it.
    Removed(&'t str),
    /// Only the new one has it.
    Added(&'t str),
}

/// The lines of both, in the order of both: as few as can be are removed and added.
#[must_use]
pub fn lines<'t>(old: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..], &new[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut out: Vec<Line<'t>> = old[..head].iter().map(|line| Line::Same(line)).collect();
    if a.len().saturating_mul(b.len()) > STEPS_MAX {
        out.extend(a.iter().map(|line| Line::Removed(line)));
        out.extend(b.iter().map(|line| Line::Added(line)));
    } else {
        between(a, b, &mut out);
    }
    out.extend(old[old.len() - tail..].iter().map(|line| Line::Same(line)));
    out
}

/// By the longest sequence of lines that both have.
fn between<'t>(a: &[&'t str], b: &[&'t str], out: &mut Vec<Line<'t>>) {
    let width = b.len() + 1;
    // longest[i * width + j]: lines that a[i..] and b[j..] have in common.
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push(Line::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len()
            || (i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            out.push(Line::Removed(a[i]));
            i += 1;
        } else {
            out.push(Line::Added(b[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Line::{Added, Removed, Same};
    use super::*;

    #[test]
    fn what_both_have_stays_and_the_rest_is_removed_and_added() {
        let shown = lines("a\nb\nc\nd", "a\nx\nc\ne\nd");
        assert_eq!(shown, [Same("a"), Removed("b"), Added("x"), Same("c"), Added("e"), Same("d")]);
        assert_eq!(lines("", ""), []);
        assert_eq!(lines("a", ""), [Removed("a")]);
        assert_eq!(lines("", "a"), [Added("a")]);
        assert_eq!(lines("a\na", "a"), [Same("a"), Removed("a")]);
    }

    #[test]
    fn either_text_can_be_read_out_of_the_comparison() {
        let texts = ["", "a", "a\nb", "b\na", "a\nb\na\nb", "c\nc\nb", "x\ny\nz\na\nb\nc"];
        for old in texts {
            for new in texts {
                let shown = lines(old, new);
                let read = |skip: fn(&Line<'_>) -> bool| {
                    let kept = shown.iter().filter(|line| !skip(line)).map(|line| match line {
                        Same(text) | Removed(text) | Added(text) => *text,
                    });
                    kept.collect::<Vec<_>>().join("\n")
                };
                assert_eq!(read(|line| matches!(line, Added(_))), old, "{old:?} {new:?}");
                assert_eq!(read(|line| matches!(line, Removed(_))), new, "{old:?} {new:?}");
            }
        }
    }

    #[test]
    fn texts_too_long_to_compare_are_shown_as_two() {
        let text = |word: &str| vec![word; 3_000].join("\n");
        let (old, new) = (text("a"), text("b"));
        let shown = lines(&old, &new);
        assert_eq!(shown.len(), 6_000);
        assert_eq!((shown[0], shown[5_999]), (Removed("a"), Added("b")));
    }
}
