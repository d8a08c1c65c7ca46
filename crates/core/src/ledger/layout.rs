//! The layout of a published list: every path below its folder.

use std::{fmt, str::FromStr};

/// The folder of the releases.
pub const LOG: &str = "log";

/// The folder of the heads.
pub const HEADS: &str = "head";

/// A published path of the log, relative to the folder of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// `log/000042.json`: the header of a release.
    Header(u64),
    /// `log/000042.json.sig`: the signature of a header.
    HeaderSignature(u64),
    /// `log/000042.body.json`: the body of a release.
    Body(u64),
    /// A head with its number: `head/000017.json`.
    Head(u64),
    /// `head/000017.json.sig`: the signature of a head.
    HeadSignature(u64),
    /// `list.json`: the list after the newest release. Unsigned.
    List,
    /// `index.json`: the numbers of the newest head and release. Unsigned.
    Index,
    /// `resume.json`: for the publisher only.
    Resume,
    /// `verify.sh`: verifies the folder with standard tools.
    Script,
    /// `checkpoint`: reserved for a C2SP tlog-checkpoint.
    Checkpoint,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Header(seq) => write!(f, "{LOG}/{seq:0DIGITS$}.json"),
            Path::HeaderSignature(seq) => write!(f, "{LOG}/{seq:0DIGITS$}.json.sig"),
            Path::Body(seq) => write!(f, "{LOG}/{seq:0DIGITS$}.body.json"),
            Path::Head(number) => write!(f, "{HEADS}/{number:0DIGITS$}.json"),
            Path::HeadSignature(number) => write!(f, "{HEADS}/{number:0DIGITS$}.json.sig"),
            Path::List => f.write_str("list.json"),
            Path::Index => f.write_str("index.json"),
            Path::Resume => f.write_str("resume.json"),
            Path::Script => f.write_str("verify.sh"),
            Path::Checkpoint => f.write_str("checkpoint"),
        }
    }
}

/// A path that does not belong to a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path of a published log")]
pub struct UnknownPath(String);

impl FromStr for Path {
    type Err = UnknownPath;

    fn from_str(text: &str) -> Result<Self, UnknownPath> {
        let unnumbered = [Path::List, Path::Index, Path::Resume, Path::Script, Path::Checkpoint];
        let path = match text.split_once('/') {
            None => unnumbered.into_iter().find(|path| path.to_string() == text),
            Some((folder, name)) => name.split_once('.').and_then(|(digits, suffix)| {
                let number = number(digits)?;
                match (folder, suffix) {
                    (LOG, "json") => Some(Path::Header(number)),
                    (LOG, "json.sig") => Some(Path::HeaderSignature(number)),
                    (LOG, "body.json") => Some(Path::Body(number)),
                    (HEADS, "json") => Some(Path::Head(number)),
                    (HEADS, "json.sig") => Some(Path::HeadSignature(number)),
                    _ => None,
                }
            }),
        };
        path.ok_or_else(|| UnknownPath(text.to_owned()))
    }
}

/// Fewest digits of a number in a path.
const DIGITS: usize = 6;

/// The number that these digits are the only written form of: "1" and "+00001" are none.
fn number(digits: &str) -> Option<u64> {
    let is_padded = digits.len() == DIGITS || digits.len() > DIGITS && !digits.starts_with('0');
    let is_written = is_padded && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_they_are_written() {
        for (path, text) in [
            (Path::Header(42), "log/000042.json"),
            (Path::HeaderSignature(0), "log/000000.json.sig"),
            (Path::Body(1_234_567), "log/1234567.body.json"),
            (Path::Head(17), "head/000017.json"),
            (Path::HeadSignature(17), "head/000017.json.sig"),
            (Path::List, "list.json"),
            (Path::Index, "index.json"),
            (Path::Resume, "resume.json"),
            (Path::Script, "verify.sh"),
            (Path::Checkpoint, "checkpoint"),
        ] {
            assert_eq!(path.to_string(), text);
            assert_eq!(text.parse(), Ok(path));
        }
    }

    #[test]
    fn other_paths_are_not_paths_of_a_log() {
        for bad in [
            "log/1.json", "log/0000042.json", "log/+00042.json", "log/000042.JSON", "log/000042.body.json.sig",
            "head/000017.body.json", "log/000042.json ", "log/.DS_Store", "log//000042.json", "LIST.json", "",
        ] {
            assert!(bad.parse::<Path>().is_err(), "{bad}");
        }
    }
}
