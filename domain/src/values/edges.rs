//! What stands around a text without being part of it: white space and characters that nobody sees. They come along when
//! something is copied from a page, a mail or a spreadsheet, and are dropped at the edges of every field and cell alike.

/// The text without white space and invisible characters at its edges.
pub fn trim_edges(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Characters that nobody sees, or that change how text reads: direction marks, joiners, soft hyphens, fillers, tags.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Characters that make the text behind them run the other way, until another ends it.
pub(super) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_dropped_and_what_stands_between_is_kept() {
        for text in [
            "a b",
            " a b\t",
            "\u{a0}a b\u{202f}",
            "\u{feff}a b\u{200b}\r\n",
            "\u{202a}a b\u{202c}",
            "\u{200e}\u{2060} a b \u{ad}",
        ] {
            assert_eq!(trim_edges(text), "a b", "{text:?}");
        }
        assert_eq!(trim_edges("a\u{200b}b"), "a\u{200b}b");
        assert_eq!(
            trim_edges("\0a"),
            "\0a",
            "a control character is a fault, not an edge"
        );
        assert_eq!(trim_edges(" \u{200b} "), "");
    }
}
