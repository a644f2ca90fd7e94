//! Slips to print and cut: one page of HTML that needs nothing but itself.

use std::borrow::Cow;
use std::io::{self, Write};

use staffroom_core::HandOff;

use super::table::password;
use super::{Place, way_in};
use crate::output::words::counted;

/// Eight slips on a sheet of A4 or US Letter, with lines to cut along, none torn by the end of a page. Names are set in
/// whatever fonts the machine has for their script, and each in its own direction.
const STYLE: &str = "\
@page { margin: 12mm }
* { box-sizing: border-box }
body { margin: 0; font: 10pt/1.3 system-ui, sans-serif; color: #000; background: #fff }
h1 { font-size: 13pt; margin: 0 0 4mm }
p { margin: 0 0 1mm }
ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap }
li { width: 50%; min-height: 62mm; padding: 4mm; border: 0.3mm dashed #777; break-inside: avoid; overflow-wrap: anywhere }
.name { font-size: 13pt; font-weight: bold }
.place { color: #333 }
.email { font-family: ui-monospace, monospace }
.url .email { font-size: 8.5pt }
.password { display: block; font: 13pt/1.4 ui-monospace, monospace; white-space: nowrap }
@media screen { body { max-width: 210mm; margin: 0 auto; padding: 8mm } }
@media print { h1 { display: none } }
@media (max-width: 40em) { li { width: 100% } }
";

/// Writes the page.
pub(super) fn write(out: &mut dyn Write, place: Place<'_>, hand_off: &HandOff) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let (network, school) = (escaped(place.network), escaped(place.school));
    let url = place.url.map(|url| {
        format!("<p class=\"url\">Sign in at <span class=\"email\"><bdi>{}</bdi></span></p>", escaped(url))
    });
    let url = url.unwrap_or_default();
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Accounts at {school}</title>\n<style>\n{STYLE}</style>\n\
         <h1>Accounts at <bdi>{school}</bdi>, <bdi>{network}</bdi>: {} to print and cut</h1>\n<ul>\n",
        counted(hand_off.entries.len(), "slip", "slips")
    )?;
    for entry in &hand_off.entries {
        let (name, email) = (entry.name.to_string(), entry.email.to_string());
        let way_in = way_in(entry);
        let password = password(entry).map(|password| {
            format!(
                "<p>Your first password: <span class=\"password\"><bdi>{}</bdi></span></p>",
                escaped(password)
            )
        });
        let password = password.unwrap_or_default();
        writeln!(
            out,
            "<li><p class=\"name\" dir=\"auto\">{}</p><p class=\"place\"><bdi>{school}</bdi></p>\
             <p>You have an account. Your email: <span class=\"email\"><bdi>{}</bdi></span></p>{password}{url}<p>{}.</p></li>",
            escaped(&name),
            escaped(&email),
            escaped(&way_in)
        )?;
    }
    out.write_all(b"</ul>\n</html>\n")?;
    out.flush()
}

/// `text` as it stands between tags or in an attribute.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len().saturating_add(16));
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use staffroom_core::{Email, HandOffEntry, IdSource, PersonName, StaffId, UserId, WayIn};
    use staffroom_system::TimeOrderedIds;

    #[test]
    fn names_are_text_whatever_they_hold() {
        let ids = TimeOrderedIds::new();
        let entries =
            [("<script>alert(1)</script>", "O'Neil & \"Co\""), ("سارة", "الحسن")].map(|(given, family)| {
                HandOffEntry {
                    staff_member: StaffId::from_uuid(ids.next_id()),
                    user: UserId::from_uuid(ids.next_id()),
                    name: PersonName::parse(given, family).unwrap(),
                    email: Email::parse("o'neil@lakeside.example").unwrap(),
                    way_in: WayIn::ForgotPassword,
                }
            });
        let mut page = Vec::new();
        let url = Some("https://accounts.lakeside.example/sign-in?a=1&b='2'");
        let place = Place { network: "L<b>akeside", school: "North & South", url };
        write(&mut page, place, &HandOff { entries: entries.into() }).unwrap();
        let page = String::from_utf8(page).unwrap();
        for part in [
            "&lt;script&gt;alert(1)&lt;/script&gt; O&#39;Neil &amp; &quot;Co&quot;",
            "<p class=\"name\" dir=\"auto\">سارة الحسن</p>",
            "North &amp; South",
            "o&#39;neil@lakeside.example",
            "L&lt;b&gt;akeside",
            "<bdi>https://accounts.lakeside.example/sign-in?a=1&amp;b=&#39;2&#39;</bdi>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        // Nothing is fetched from anywhere, and nothing runs.
        for part in ["<script", "src=", "href=", "url(", "@import"] {
            assert!(!page.contains(part), "{part}");
        }
        assert_eq!(page.matches("<li>").count(), 2);
    }
}
