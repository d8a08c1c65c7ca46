//! Waivers in comments of an inventory: `changecast-waive: missing-location acme until 2027-01-31: under negotiation`.

use changecast_core::model::EntryId;

use crate::{config::Waiver, history::Content};

/// The word that begins a waiver.
const MARK: &str = "changecast-waive:";

/// Characters that end comments.
const COMMENT_ENDS: [&str; 4] = ["-->", "*/", "#}", "%>"];

/// A waiver that an inventory states.
#[derive(Debug)]
pub(super) struct Comment(pub Waiver);

/// The waivers in the comments of an inventory. Those that cannot be read become remarks.
pub(super) fn comments(content: Option<&Content>, remarks: &mut Vec<String>) -> Vec<Comment> {
    let files: Vec<&[u8]> = match content {
        Some(Content::File(bytes)) => vec![bytes],
        Some(Content::Folder(files)) => files.iter().map(|(_, bytes)| &**bytes).collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for text in files.into_iter().filter_map(|bytes| std::str::from_utf8(bytes).ok()) {
        for (number, line) in text.lines().enumerate() {
            let Some((_, rest)) = line.split_once(MARK) else { continue };
            match waiver(rest) {
                Ok(waiver) => found.push(Comment(waiver)),
                Err(problem) => {
                    let line = number + 1;
                    remarks.push(format!("the waiver in line {line} is ignored: {problem}; write `{MARK} RULE ENTRY until 2027-01-31: REASON`"));
                }
            }
        }
    }
    found
}

fn waiver(text: &str) -> Result<Waiver, String> {
    let end = COMMENT_ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let (head, reason) = text[..end].split_once(": ").ok_or("it has no reason")?;
    let (subject, until) = head.rsplit_once(" until ").ok_or("it has no last day")?;
    let (rule, entry) = subject.trim().split_once(' ').unwrap_or((subject.trim(), ""));
    let entry = match entry.trim() {
        "" => None,
        id => Some(EntryId::new(id).map_err(|error| error.to_string())?),
    };
    Ok(Waiver {
        rule: rule.parse().map_err(|error: changecast_core::lint::UnknownRule| error.to_string())?,
        list: None,
        entry,
        reason: reason.parse()?,
        until: until.trim().parse()?,
    })
}

/// The first quoted part of a message, or all of it.
pub(super) fn quoted(message: &str) -> &str {
    message.split('"').nth(1).unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waivers_have_rule_entry_day_and_reason() {
        let parsed = waiver(" missing-location acme-eu until 2027-01-31: under negotiation -->").unwrap();
        assert_eq!(
            (parsed.rule.to_string().as_str(), parsed.until.to_string().as_str()),
            ("missing-location", "2027-01-31")
        );
        assert_eq!((parsed.entry.unwrap().as_str(), parsed.reason.as_str()), ("acme-eu", "under negotiation"));
        assert!(waiver(" last-updated until 2027-01-31: a date").is_ok());
        for text in [
            "last-updated: x",
            "last-updated until 2027-13-01: x",
            "nonsense until 2027-01-31: x",
            "last-updated until 2027-01-31: ",
        ] {
            assert!(waiver(text).is_err(), "{text}");
        }
    }
}
