//! Server-sent events out of bytes, within limits. Comments and fields other than `data` carry
//! nothing that is of use here.

/// One line may be this long.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Collects lines from pieces of any length.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    /// Bytes in front that are looked through and hold no line end.
    looked_at: usize,
}

/// Why a stream cannot be read on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A line does not end.
    TooLong,
    /// A line is not UTF-8.
    NotText,
}

impl Lines {
    /// Takes the next bytes.
    pub fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
    }

    /// The value of the next whole `data` line, or `None` until more bytes come.
    pub fn next_data(&mut self) -> Result<Option<String>, Unreadable> {
        while let Some(end) = self.bytes[self.looked_at..].iter().position(|byte| *byte == b'\n') {
            let end = self.looked_at + end;
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            self.looked_at = 0;
            let line = std::str::from_utf8(&line).map_err(|_| Unreadable::NotText)?;
            if let Some(data) = line.trim_end_matches(['\r', '\n']).strip_prefix("data:") {
                return Ok(Some(data.trim().to_owned()));
            }
        }
        self.looked_at = self.bytes.len();
        if self.looked_at > LINE_BYTES_MAX { Err(Unreadable::TooLong) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn data_is_read_however_the_bytes_are_cut() {
        let stream =
            ": hello\r\nevent: x\r\ndata: {\"a\":\"\u{456}\"}\r\n\r\ndata:two\n\ndata: [DONE]\n";
        for cut in 1..20 {
            let mut lines = Lines::default();
            let mut read = Vec::new();
            for piece in stream.as_bytes().chunks(cut) {
                lines.push(piece);
                while let Some(data) = lines.next_data().unwrap() {
                    read.push(data);
                }
            }
            assert_eq!(read, ["{\"a\":\"\u{456}\"}", "two", "[DONE]"], "pieces of {cut} bytes");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut lines = Lines::default();
        lines.push(&vec![b'x'; LINE_BYTES_MAX]);
        assert_eq!(lines.next_data(), Ok(None));
        lines.push(b"x");
        assert_eq!(lines.next_data(), Err(Unreadable::TooLong));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let mut lines = Lines::default();
        lines.push(b"data: \xff\xfe\n");
        assert_eq!(lines.next_data(), Err(Unreadable::NotText));
    }

    /// What is read of pieces of `cut` bytes, and why nothing more.
    fn read(bytes: &[u8], cut: usize) -> (Vec<String>, Option<Unreadable>) {
        let (mut lines, mut read) = (Lines::default(), Vec::new());
        for piece in bytes.chunks(cut) {
            lines.push(piece);
            loop {
                match lines.next_data() {
                    Ok(Some(data)) => read.push(data),
                    Ok(None) => break,
                    Err(error) => return (read, Some(error)),
                }
            }
        }
        (read, None)
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_the_same_however_it_is_cut(
            bytes in crate::fuzz::spoilt(b"data: {\"a\":1}\r\n\r\n: x\ndata:\xd1\x96 two\n\nevent: y\n"),
            more in prop::collection::vec(any::<u8>(), 0..300),
            cut in 1usize..40,
        ) {
            let all = [bytes, more].concat();
            prop_assert_eq!(read(&all, all.len()), read(&all, cut));
        }
    }
}
