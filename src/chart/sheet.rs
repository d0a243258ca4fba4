//! How pictures look: one list of colours, for the pages and for what is exported from them.

use std::fmt::Write as _;

/// What a class is drawn with, on light and on dark paper. Chosen for contrast (3:1 and more for
/// shapes, 4.5:1 for text) under every kind of colour sight; dashes and words go with each.
const COLOURS: [(&str, &str, &str, &str); 32] = [
    ("text", "fill", "#1b1f24", "#e7eaee"),
    (".c-tick", "fill", "#5b6470", "#a4adb8"),
    (".c-note", "fill", "#5b6470", "#a4adb8"),
    (".c-page", "fill", "#ffffff", "#14171a"),
    (".c-grid", "stroke", "#d5d9de", "#363c44"),
    (".c-axis", "stroke", "#5b6470", "#a4adb8"),
    (".c-event", "stroke", "#5b6470", "#a4adb8"),
    (".c-target", "stroke", "#008856", "#44e3d5"),
    (".c-alert", "stroke", "#701700", "#eb704c"),
    (".c-s1", "fill", "#0c33b7", "#5c6ffb"),
    (".c-s2", "fill", "#ea7400", "#c05108"),
    (".c-s3", "fill", "#22a778", "#53f38f"),
    (".c-s4", "fill", "#a876bf", "#ffb4df"),
    (".c-s5", "fill", "#6f2300", "#dbff52"),
    (".c-s6", "fill", "#30172d", "#825798"),
    (".c-l1", "stroke", "#0c33b7", "#5c6ffb"),
    (".c-l2", "stroke", "#ea7400", "#c05108"),
    (".c-l3", "stroke", "#22a778", "#53f38f"),
    (".c-l4", "stroke", "#a876bf", "#ffb4df"),
    (".c-l5", "stroke", "#6f2300", "#dbff52"),
    (".c-l6", "stroke", "#30172d", "#825798"),
    (".c-area", "stroke", "#ffffff", "#14171a"),
    (".c-band", "fill", "#0c33b7", "#5c6ffb"),
    (".c-lost", "fill", "#d5d9de", "#363c44"),
    (".c-hit", "fill", "#5b6470", "#a4adb8"),
    (".h-0", "fill", "#f5f6f8", "#1d2126"),
    (".h-1", "fill", "#d6defa", "#1c2547"),
    (".h-2", "fill", "#a9b8f3", "#26367a"),
    (".h-3", "fill", "#7c92e6", "#3a4ec0"),
    (".h-4", "fill", "#2948c0", "#8e9cff"),
    (".h-5", "fill", "#0c33b7", "#c3cbff"),
    ("text.h-on", "fill", "#ffffff", "#14171a"),
];

/// What has no colour.
const SHAPES: &str = "\
.chart{height:auto;font-size:13px;font-variant-numeric:tabular-nums;\
font-family:system-ui,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\",sans-serif}
.chart .c-title{font-size:16px;font-weight:600}
.chart .c-grid,.chart .c-axis,.chart .c-event{stroke-width:1}
.chart .c-event{stroke-dasharray:2 3}
.chart .c-target{stroke-width:1.5;stroke-dasharray:6 3}
.chart .c-alert{stroke-width:1.5;stroke-dasharray:3 3}
.chart .c-area{stroke-width:1}
.chart .c-l1,.chart .c-l2,.chart .c-l3,.chart .c-l4,.chart .c-l5,.chart .c-l6\
{fill:none;stroke-width:2;stroke-linejoin:round}
.chart .c-l2{stroke-dasharray:7 3}
.chart .c-l3{stroke-dasharray:2 3}
.chart .c-l4{stroke-dasharray:9 3 2 3}
.chart .c-l5{stroke-dasharray:12 4}
.chart .c-l6{stroke-dasharray:4 2}
.chart .c-band{fill-opacity:.16}
.chart .c-hit{fill-opacity:0}
.chart .c-link:hover .c-hit,.chart .c-link:focus-visible .c-hit{fill-opacity:.18}
.chart .c-link:focus-visible{outline:2px solid}
";

/// For the style of a page: which of the two colours holds is the page's `color-scheme`.
#[must_use]
pub fn page_style() -> String {
    let mut out = String::from(SHAPES);
    for (class, property, light, dark) in COLOURS {
        let _ = writeln!(out, ".chart {class}{{{property}:light-dark({light},{dark})}}");
    }
    out
}

/// For inside a picture that is looked at alone: no variables and nothing new, because a picture
/// viewer knows less than a browser. Dark where the screen is; paper is light.
#[must_use]
pub fn own_style() -> String {
    let mut out = String::from(SHAPES);
    let mut dark_rules = String::new();
    for (class, property, light, dark) in COLOURS {
        let _ = writeln!(out, ".chart {class}{{{property}:{light}}}");
        let _ = writeln!(dark_rules, ".chart {class}{{{property}:{dark}}}");
    }
    let _ = write!(out, "@media screen and (prefers-color-scheme:dark){{\n{dark_rules}}}\n");
    out
}

/// The classes of an area of a series, from 0.
#[must_use]
pub(super) const fn area(series: usize) -> &'static str {
    let classes =
        ["c-area c-s1", "c-area c-s2", "c-area c-s3", "c-area c-s4", "c-area c-s5", "c-area c-s6"];
    classes[series % 6]
}

/// The class of a line of a series, from 0.
#[must_use]
pub(super) const fn stroke(series: usize) -> &'static str {
    ["c-l1", "c-l2", "c-l3", "c-l4", "c-l5", "c-l6"][series % 6]
}
