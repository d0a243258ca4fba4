//! The public tables of spoken language: what callers say and what it means, line by line, judged
//! by hand. Each line is `text <tab> kind=value; kind=value`, nothing after the tab for a text
//! without values; lines with `#` are headings.

mod heard;
