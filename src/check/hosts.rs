//! The hosts that code calls.

use changecast_core::lint::HostUse;

use crate::read::{LineIndex, locate::place_of};

/// The schemes of addresses that code calls.
const SCHEMES: [&str; 4] = ["https://", "http://", "wss://", "ws://"];

/// Hosts that receive no data: examples (RFC 2606, RFC 6761), namespaces, and local machines.
const HARMLESS: [&str; 12] = [
    "example.com", "example.net", "example.org", "example", "test", "invalid", "localhost", "local", "internal",
    "w3.org", "schema.org", "json-schema.org",
];

/// The hosts in the addresses of a file, each once, without the ignored ones and everything below them.
pub fn hosts_in(path: &str, text: &str, ignored: &[String]) -> Vec<HostUse> {
    let mut found: Vec<HostUse> = Vec::new();
    let lines = LineIndex::new(text);
    for scheme in SCHEMES {
        for (at, _) in text.match_indices(scheme) {
            let begin = at + scheme.len();
            let rest = &text[begin..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
            let host = rest[..end].trim_end_matches('.').to_ascii_lowercase();
            let is_name = host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic());
            let is_ignored =
                HARMLESS.iter().copied().chain(ignored.iter().map(String::as_str)).any(|known| is_below(&host, known));
            if is_name && !is_ignored && found.iter().all(|known| known.host != host) {
                found.push(HostUse { host, path: path.to_owned(), place: place_of(&lines, begin) });
            }
        }
    }
    found
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_of_addresses() {
        let code = "fetch('https://api.vendor.io/v1'); // see http://www.w3.org/ns\nconst a = \"wss://Live.Vendor.io:443\", b = 'https://us.own.dev'";
        let found: Vec<String> =
            hosts_in("a.ts", code, &["own.dev".to_owned()]).into_iter().map(|host| host.host).collect();
        assert_eq!(found, ["api.vendor.io", "live.vendor.io"]);
    }
}
