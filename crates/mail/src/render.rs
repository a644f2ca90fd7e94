//! Words as plain text, and as HTML.

use std::fmt::Write as _;

use crate::header::{is_control, one_line};
use crate::letters::{Block, Direction, Words};

/// Where lines of plain text are broken, in characters (RFC 5322, section 2.1.1, asks for at most 78). Links are not broken.
const WIDTH: usize = 72;

/// As plain text.
pub(crate) fn plain(words: &Words) -> String {
    let mut text = String::new();
    for block in &words.blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            Block::Paragraph(paragraph) => wrap(&mut text, &one_line(paragraph, is_control)),
            Block::Link { to, .. } => {
                text.push_str(to.as_str());
                text.push('\n');
            }
        }
    }
    text
}

fn wrap(text: &mut String, paragraph: &str) {
    let mut length = 0_usize;
    for word in paragraph.split(' ') {
        let more = word.chars().count();
        if length > 0 && length.saturating_add(more) >= WIDTH {
            text.push('\n');
            length = 0;
        } else if length > 0 {
            text.push(' ');
            length = length.saturating_add(1);
        }
        text.push_str(word);
        length = length.saturating_add(more);
    }
    text.push('\n');
}

/// As HTML: nothing is fetched from anywhere, so nobody learns that the mail was read.
pub(crate) fn html(words: &Words) -> String {
    let direction = match words.language.direction() {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    };
    let mut html = String::new();
    // Writing to a `String` does not fail.
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n</head>\n\
         <body style=\"font-family: sans-serif; line-height: 1.5; max-width: 40em\">\n",
        escaped(words.language.tag()),
        escaped(&words.subject),
    );
    for block in &words.blocks {
        let _ = match block {
            Block::Paragraph(paragraph) => writeln!(html, "<p>{}</p>", escaped(paragraph)),
            Block::Link { label, to } => {
                let to = escaped(to.as_str());
                writeln!(
                    html,
                    "<p><a href=\"{to}\" style=\"font-weight: bold\">{}</a><br>\n\
                     <span dir=\"ltr\" style=\"font-size: smaller; word-break: break-all\">{to}</span></p>",
                    escaped(label)
                )
            }
        };
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// One line of text, for an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text, is_control).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::Language;
    use crate::pages::Pages;

    #[test]
    fn lines_are_broken_between_words_and_links_are_not() {
        let page = format!("https://school.example/{}", "a".repeat(300));
        let words = Words::new(Language::ENGLISH, "s")
            .say(format!("{} {}", "word ".repeat(40), "w".repeat(100)))
            .link("label", &Pages::new(&page, &page).unwrap().sign_in())
            .say("end\r\n.\r\n");
        let text = plain(&words);
        assert!(text.contains(&format!("\n\n{page}\n\nend .\n")), "{text}");
        let long = text.lines().filter(|line| line.chars().count() > WIDTH);
        assert_eq!(long.collect::<Vec<_>>(), [&"w".repeat(100), &page]);
        let said: Vec<_> = text.split_whitespace().filter(|word| *word == "word").collect();
        assert_eq!(said.len(), 40);
    }

    #[test]
    fn nothing_that_is_said_is_taken_for_html() {
        let words = Words::new(Language::new("en\" onload=\"x", Direction::RightToLeft), "</title><script>")
            .say("<img src=x onerror='x'> & \"q\"\u{202E}");
        let html = html(&words);
        assert!(html.contains("<html lang=\"en&quot; onload=&quot;x\" dir=\"rtl\">"), "{html}");
        assert!(html.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{html}");
        assert!(html.contains("<p>&lt;img src=x onerror=&#39;x&#39;&gt; &amp; &quot;q&quot;</p>"), "{html}");
    }
}
