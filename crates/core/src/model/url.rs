//! Web addresses that may become links.

use std::{fmt, str::FromStr};

/// An absolute `http` or `https` address. No other address becomes a link: a `javascript:` or `data:`
/// address in an inventory stays text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WebUrl(Box<str>);

/// An address of another kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an absolute http or https address")]
pub struct BadUrl(String);

impl WebUrl {
    /// Takes an address.
    ///
    /// # Errors
    /// [`BadUrl`] when the address is not absolute, not http(s), or contains characters that RFC 3986 §2 forbids.
    pub fn new(url: &str) -> Result<Self, BadUrl> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| {
            url.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme)).map(|_| &url[scheme.len()..])
        });
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        // A user name before the host ("https://bank.example@evil.example") serves only deception.
        let host_fits =
            host.is_some_and(|host| !host.is_empty() && !host.contains('@') && !host.starts_with(['.', ':', '-']));
        if host_fits && !url.contains(is_forbidden) { Ok(WebUrl(url.into())) } else { Err(BadUrl(url.to_owned())) }
    }

    /// The address as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme and the host, with the port if there is one: `https://example.com`.
    pub fn origin(&self) -> String {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[host..].find(['/', '?', '#', ';', ',']).map_or(self.0.len(), |at| host + at);
        self.0[..end].to_owned()
    }

    /// The address of something below this one.
    pub fn join(&self, path: &str) -> WebUrl {
        let slash = if self.0.ends_with('/') { "" } else { "/" };
        WebUrl(format!("{}{slash}{path}", self.0).into())
    }
}

/// Whether an address may not contain a character (RFC 3986 §2).
fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}')
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WebUrl {
    type Err = BadUrl;

    fn from_str(url: &str) -> Result<Self, BadUrl> {
        WebUrl::new(url)
    }
}

crate::serde_as_str!(WebUrl);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for good in ["https://example.com", "http://example.com/a?b=c#d", "HTTPS://example.com/ü"] {
            assert!(WebUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.com",
            "https://",
            "https:///x",
            "https://a b",
            "mailto:a@b.example",
            "https://bank.example@evil.example/",
            "https://x/\"onclick=",
            " https://x",
            "https://x/<",
            "/legal/dpa",
        ] {
            assert!(WebUrl::new(bad).is_err(), "{bad}");
        }
        assert_eq!(WebUrl::new("https://a.example/x").unwrap().join("y/").as_str(), "https://a.example/x/y/");
    }
}
