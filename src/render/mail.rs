//! Drafts of the e-mail that notifies customers of a release (RFC 5322, MIME).
//!
//! A draft has no recipients. The same log gives the same bytes: the date is that of the head, and the id follows from
//! the release.

use crate::config::Email;
use changecast_core::{
    model::{Terms, Text},
    prose,
};

use super::{Announcement, Publication, PublishedList, announcement_page, calendar, feed, list_title};

/// A draft of the message about an announcement of a list.
pub fn mail(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> String {
    let mut out = head(publication, list, announcement);
    out.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{OUTER}\"\r\n\r\n"));
    out.push_str(&format!("--{OUTER}\r\nContent-Type: multipart/alternative; boundary=\"{INNER}\"\r\n\r\n"));
    part(&mut out, INNER, "text/plain; charset=utf-8", "", &plain_text(publication, list, announcement));
    part(&mut out, INNER, "text/html; charset=utf-8", "", &html_text(publication, list, announcement));
    out.push_str(&format!("--{INNER}--\r\n"));
    if let Some(events) = calendar::of_announcement(publication, list, &announcement.key) {
        let disposition = "Content-Disposition: attachment; filename=\"notice.ics\"\r\n";
        part(&mut out, OUTER, "text/calendar; charset=utf-8; method=PUBLISH", disposition, &events);
    }
    out.push_str(&format!("--{OUTER}--\r\n"));
    out
}

// A part in quoted-printable cannot contain these.
const OUTER: &str = "=_changecast_message";
const INNER: &str = "=_changecast_text";

fn head(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> String {
    let publisher = publication.publisher;
    let domain = publisher.authority.domain();
    let name = Text::new(&publisher.name).to_string();
    let mut out = String::new();
    if let Some(email) = &publisher.email {
        header(&mut out, "From", &format!("{} <{email}>", phrase(&name)));
    }
    if let Some(address) = reply_address(publication, list) {
        header(&mut out, "Reply-To", &format!("<{address}>"));
    }
    header(&mut out, "Date", &announcement.published.utc().to_rfc2822());
    header(&mut out, "Subject", &unstructured(&feed::entry_title(publication, list, announcement)));
    header(&mut out, "Message-ID", &format!("<{}.{}@{domain}>", announcement.key, list.id));
    header(&mut out, "List-Id", &format!("{} <{}.{domain}>", phrase(list_title(list).as_str()), list.id));
    header(&mut out, "X-Unsent", "1");
    header(&mut out, "MIME-Version", "1.0");
    out
}

/// The address for objections, or else that of the publisher.
fn reply_address(publication: &Publication<'_>, list: &PublishedList<'_>) -> Option<String> {
    let terms: Option<&Terms> = list.current.and_then(|list| list.terms.as_ref()).or(list.terms);
    let contact = terms.and_then(|terms| terms.objection.as_ref()?.contact.as_deref());
    let contact = contact.map(|contact| contact.trim_start_matches("mailto:").to_owned());
    contact
        .filter(|contact| contact.parse::<Email>().is_ok())
        .or_else(|| publication.publisher.email.as_ref().map(ToString::to_string))
}

fn plain_text(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> String {
    let mut lines = vec![introduction(publication, list), String::new()];
    lines.extend(
        announcement.sentences(publication.messages()).iter().map(|sentence| format!("- {}", prose::flat(sentence))),
    );
    lines.push(String::new());
    lines.extend(objection(publication, list, announcement));
    lines.push(format!("This change: {}", list.url(publication.base_url, &announcement_page(&announcement.key))));
    lines.push(format!("The current list: {}", list.url(publication.base_url, "")));
    lines.join("\r\n") + "\r\n"
}

fn html_text(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> String {
    let after = objection(publication, list, announcement).unwrap_or_default();
    let page = feed::message(publication, list, announcement, (&introduction(publication, list), &after));
    page.replace('\n', "\r\n") + "\r\n"
}

fn introduction(publication: &Publication<'_>, list: &PublishedList<'_>) -> String {
    format!("{} changed its list \"{}\":", Text::new(&publication.publisher.name), list_title(list))
}

/// How customers object, if the terms give them time to.
fn objection(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> Option<String> {
    let first = prose::deadlines::first_objection_date(publication.messages(), announcement.computed())?;
    let address = reply_address(publication, list)?;
    Some(format!("To object, reply to this message ({address}) by {first}."))
}

/// Adds a header field, folded between words.
fn header(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push(':');
    let mut width = name.len() + 1;
    for word in value.split(' ') {
        if width + 1 + word.len() > MAX_LINE && width > name.len() + 1 {
            out.push_str("\r\n");
            width = 0;
        }
        out.push(' ');
        out.push_str(word);
        width += 1 + word.len();
    }
    out.push_str("\r\n");
}

/// A display name: a quoted string of ASCII, or encoded words.
fn phrase(text: &str) -> String {
    if text.chars().all(is_plain) { format!("\"{}\"", text.replace(['"', '\\'], "'")) } else { encoded_words(text) }
}

/// Unstructured text: plain ASCII, or encoded words.
fn unstructured(text: &str) -> String {
    let is_safe =
        text.chars().all(is_plain) && !text.contains("=?") && text.split(' ').all(|word| word.len() < MAX_LINE);
    if is_safe { text.to_owned() } else { encoded_words(text) }
}

fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~')
}

/// Encoded words in the Q encoding (RFC 2047), which end between characters.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        let mut bytes = [0; 4];
        let encoded: String = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => c.to_string(),
            ' ' => "_".to_owned(),
            c => c.encode_utf8(&mut bytes).bytes().map(|byte| format!("={byte:02X}")).collect(),
        };
        if word.len() + encoded.len() > MAX_ENCODED {
            words.push(std::mem::take(&mut word));
        }
        word.push_str(&encoded);
    }
    words.push(word);
    words.iter().map(|word| format!("=?utf-8?Q?{word}?=")).collect::<Vec<_>>().join(" ")
}

/// Adds a part of a multipart message.
fn part(out: &mut String, boundary: &str, content_type: &str, more: &str, text: &str) {
    out.push_str(&format!("--{boundary}\r\nContent-Type: {content_type}\r\n{more}"));
    out.push_str("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    for line in text.split_terminator("\r\n") {
        quoted_printable(out, line);
    }
}

/// Adds a line in quoted-printable (RFC 2045 §6.7).
fn quoted_printable(out: &mut String, line: &str) {
    let mut width = 0;
    let last = line.len().saturating_sub(1);
    for (at, byte) in line.bytes().enumerate() {
        let is_literal = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (matches!(byte, b' ' | b'\t') && at != last);
        let encoded = if is_literal { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if width + encoded.len() > MAX_LINE - 1 {
            out.push_str("=\r\n");
            width = 0;
        }
        out.push_str(&encoded);
        width += encoded.len();
    }
    out.push_str("\r\n");
}

/// The longest line in bytes.
const MAX_LINE: usize = 76;
/// The longest text of an encoded word: 75 bytes without `=?utf-8?Q?` and `?=`.
const MAX_ENCODED: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_encoded_and_lines_are_short() {
        let mut out = String::new();
        quoted_printable(&mut out, "a=b ä ");
        assert_eq!(out, "a=3Db =C3=A4=20\r\n");
        let mut out = String::new();
        quoted_printable(&mut out, &"ä".repeat(100));
        assert!(out.split("\r\n").all(|line| line.len() <= MAX_LINE), "{out}");
        assert_eq!(encoded_words("Zürich, 2"), "=?utf-8?Q?Z=C3=BCrich=2C_2?=");
        assert!(encoded_words(&"ü".repeat(100)).split(' ').all(|word| word.len() <= 75));
        let mut out = String::new();
        header(&mut out, "Subject", &"word ".repeat(40));
        assert!(out.split("\r\n").all(|line| line.len() <= MAX_LINE), "{out}");
        assert_eq!(phrase("A \"quoted\" name"), "\"A 'quoted' name\"");
    }
}
