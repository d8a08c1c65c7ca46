//! What is wrong with a configuration, where, and what to do.

use crate::parser_words;

/// A configuration that is not valid, with the place and the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct ConfigError {
    /// The path of the file.
    pub path: String,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
    /// The problem, with the path of the key.
    pub message: String,
    /// The next step.
    pub(super) next: Next,
}

/// The next step after an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// To write the nearest valid key or value.
    Write(String),
    /// To repair the YAML.
    Repair,
    /// To remove one of two equal keys.
    RemoveOne,
    /// To read what is allowed.
    Read,
}

impl ConfigError {
    fn place(&self) -> String {
        match self.at {
            Some((line, column)) => format!("{}:{line}:{column}: ", self.path),
            None => format!("{}: ", self.path),
        }
    }

    /// The next step for the user.
    pub fn help(&self) -> String {
        match &self.next {
            Next::Write(key) => format!("did you mean `{key}`?"),
            Next::Repair => "correct this line; values that contain `: `, ` #`, `{` or `[` need quotes".to_owned(),
            Next::RemoveOne => "remove one of the two".to_owned(),
            Next::Read => "`changecast schema config` describes the configuration".to_owned(),
        }
    }

    /// The error of the parser, with a place that is near the cause.
    pub(super) fn of_yaml(path: &str, text: &str, error: &serde_yaml::Error) -> Self {
        let at = error.location().map(|location| (location.line(), location.column()));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        let path = path.to_owned();
        if let Some((words, at)) = parser_words::plain(&message, text, at.unwrap_or((1, 1))) {
            return ConfigError { path, at: Some(at), message: format!("not valid YAML: {words}"), next: Next::Repair };
        }
        if let Some(key) = between(&message, "duplicate field `") {
            // The parser states the beginning of the map.
            let second = keys(text, key).into_iter().filter(|place| at.is_none_or(|at| *place >= at)).nth(1);
            return ConfigError { path, at: second.or(at), message, next: Next::RemoveOne };
        }
        let next = nearest_key(&message).map_or(Next::Read, Next::Write);
        ConfigError { path, at, message, next }
    }

    /// An error about the last value of a key that contains a text.
    pub(super) fn of_value(path: &str, text: &str, (key, value): (&str, &str), message: String) -> Self {
        let is_value = |(line, column): &(usize, usize)| {
            let rest = text.lines().nth(line - 1).unwrap_or_default().get(column - 1..).unwrap_or_default();
            rest.split([',', '}']).next().unwrap_or_default().contains(value)
        };
        let at = keys(text, key).into_iter().rfind(is_value);
        ConfigError { path: path.to_owned(), at, message, next: Next::Read }
    }
}

/// The text between a mark and the next backtick.
fn between<'m>(message: &'m str, mark: &str) -> Option<&'m str> {
    message.split_once(mark)?.1.split('`').next()
}

/// The places of a key in YAML, in blocks and in flow style: line and column, from 1. Comments and texts may look like a
/// key, so this serves error messages only.
fn keys(text: &str, key: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices(key) {
            let begins = line[..at].chars().next_back().is_none_or(|before| matches!(before, ' ' | '{' | ','));
            if begins && line[at + key.len()..].starts_with(':') {
                found.push((number + 1, at + 1));
            }
        }
    }
    found
}

/// The valid key nearest to the unknown key in an error of serde.
fn nearest_key(message: &str) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (unknown, known) = quoted.split_first()?;
    if !message.contains("unknown field") && !message.contains("unknown variant") {
        return None;
    }
    let best = known.iter().min_by_key(|key| strsim::osa_distance(unknown, key))?;
    (strsim::osa_distance(unknown, best) <= unknown.len().div_ceil(2)).then(|| (*best).to_owned())
}
