//! `guard:` of the configuration.

use std::{fmt, str::FromStr};

/// The largest share of the entries of a list that may be removed at once without a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalShare {
    part: usize,
    whole: usize,
}

impl Default for RemovalShare {
    /// One third of the entries.
    fn default() -> Self {
        RemovalShare { part: 1, whole: 3 }
    }
}

impl RemovalShare {
    /// Whether this is the share without a configuration.
    pub(super) fn is_default(&self) -> bool {
        *self == RemovalShare::default()
    }

    /// Whether a number of removed entries is a larger share of all entries.
    pub fn is_exceeded(self, removed: usize, entries: usize) -> bool {
        removed.saturating_mul(self.whole) > entries.saturating_mul(self.part)
    }
}

impl FromStr for RemovalShare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = match (text.strip_suffix('%'), text.split_once('/')) {
            (Some(percent), _) => Some((percent, "100")),
            (None, fraction) => fraction,
        };
        let numbers = parts.and_then(|(part, whole)| Some((part.trim().parse().ok()?, whole.trim().parse().ok()?)));
        match numbers {
            Some((part, whole)) if whole > 0 && part <= whole => Ok(RemovalShare { part, whole }),
            _ => Err(format!("{text:?} is not a share: write a percentage or a fraction, such as 50% or 1/3")),
        }
    }
}

impl fmt::Display for RemovalShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole {
            100 => write!(f, "{}%", self.part),
            whole => write!(f, "{}/{whole}", self.part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RemovalShare;

    #[test]
    fn shares_are_percentages_or_fractions() {
        for (text, removed, entries, is_exceeded) in [
            ("1/3", 2, 6, false),
            ("1/3", 3, 8, true),
            ("50%", 3, 6, false),
            ("50%", 4, 6, true),
            ("0%", 1, 100, true),
            ("100%", 6, 6, false),
        ] {
            let share: RemovalShare = text.parse().expect("a share");
            assert_eq!(share.is_exceeded(removed, entries), is_exceeded, "{removed} of {entries}, {text}");
            assert_eq!(share.to_string(), text);
        }
        for text in ["", "half", "0.5", "%", "3/2", "1/0", "-1%", "101%"] {
            assert!(text.parse::<RemovalShare>().is_err(), "{text}");
        }
    }
}
