//! The problem with a configuration, its place, and the next step.

use std::ops::Range;

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
    /// To read the description of the file.
    Read(YamlFile),
    /// The step that belongs to the message.
    Other(&'static str),
}

/// A YAML file that users write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlFile {
    /// The configuration of a publisher.
    Config,
    /// The profile of a customer.
    Profile,
    /// The vendors that a customer follows.
    Vendors,
}

impl YamlFile {
    /// Where the file is described.
    fn described(self) -> &'static str {
        match self {
            YamlFile::Config => "`changecast schema config` describes the configuration",
            YamlFile::Profile => "`changecast schema profile` describes the profile",
            YamlFile::Vendors => "docs/for-customers.md shows such a file",
        }
    }
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
            Next::Read(file) => file.described().to_owned(),
            Next::Other(step) => (*step).to_owned(),
        }
    }

    /// The error of the parser, with a place that is near the cause.
    pub(super) fn of_yaml(file: YamlFile, (path, text): (&str, &str), error: &serde_yaml::Error) -> Self {
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
        let next = nearest_key(&message).map_or(Next::Read(file), Next::Write);
        ConfigError { path, at, message, next }
    }

    /// An error about a whole file.
    pub(super) fn of_whole(file: YamlFile, path: &str, message: String) -> Self {
        ConfigError { path: path.to_owned(), at: Some((1, 1)), message, next: Next::Read(file) }
    }

    /// An error about a key of the configuration.
    pub(super) fn of_key(path: &str, text: &str, key: &str, message: String) -> Self {
        let at = keys(text, key).into_iter().find(|(_, column)| *column == 1);
        ConfigError { path: path.to_owned(), at, message, next: Next::Read(YamlFile::Config) }
    }

    /// An error about a key of a vendor, which has a number from 0.
    pub fn of_vendor(
        (path, text): (&str, &str),
        (vendor, key): (usize, &str),
        problem: &str,
        next: &'static str,
    ) -> Self {
        let message = format!("vendors[{vendor}].{key}: {problem}");
        let error = ConfigError::of_item(path, text, ("vendors", vendor, key), message);
        ConfigError { next: Next::Other(next), ..error }
    }

    /// An error about a key of an item of a list, which has a number from 0: `lists`, 1, `id`.
    pub(super) fn of_item(path: &str, text: &str, (list, item, key): (&str, usize, &str), message: String) -> Self {
        let lines = lines_of_item(text, list, item);
        let mut places = keys(text, key).into_iter().filter(|(line, _)| lines.contains(line));
        let is_block = lines_of_item(text, list, item + 1) != lines;
        // In flow style, all items may be in one line.
        let at = if is_block {
            places.next()
        } else {
            let span = flow_item(text, list, item);
            places.find(|place| offset(text, *place).is_some_and(|at| span.contains(&at)))
        };
        let at = at.or_else(|| keys(text, list).into_iter().find(|(_, column)| *column == 1));
        ConfigError { path: path.to_owned(), at, message, next: Next::Read(YamlFile::Config) }
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

/// The lines of an item of a list that is the value of a key, from 1. All lines of the list if it is in flow style.
fn lines_of_item(text: &str, list: &str, item: usize) -> Range<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let is_key = |line: &&str| line.strip_prefix(list).is_some_and(|rest| rest.starts_with(':'));
    let Some(start) = lines.iter().position(is_key) else { return 0..0 };
    let ends = |line: &&str| line.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '-' | '#' | '}' | ']'));
    let end = lines[start + 1..].iter().position(ends).map_or(lines.len(), |length| start + 1 + length);
    let items = || (start + 1..end).filter(|line| lines[*line].trim_start().starts_with('-'));
    let outer = items().map(|line| indentation(lines[line])).min();
    let mut begins = items().filter(|line| Some(indentation(lines[*line])) == outer);
    match begins.nth(item) {
        Some(begin) => begin + 1..begins.next().unwrap_or(end) + 1,
        None => start + 1..end + 1,
    }
}

/// The bytes of an item of a list in flow style that is the value of a key: `lists: [{…}, {…}]`.
fn flow_item(text: &str, list: &str, item: usize) -> Range<usize> {
    let key = keys(text, list).into_iter().find(|(_, column)| *column == 1);
    let begin = key.and_then(|place| offset(text, place)).unwrap_or(text.len());
    let (mut depth, mut quote, mut items, mut start) = (0usize, None, 0, None);
    for (at, c) in text[begin..].char_indices().map(|(at, c)| (begin + at, c)) {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '\'' | '"' => quote = Some(c),
            '[' | '{' => {
                if depth == 1 && items == item {
                    start = start.or(Some(at));
                }
                items += usize::from(depth == 1);
                depth += 1;
            }
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                if let Some(start) = start.filter(|_| depth == 1) {
                    return start..at;
                }
            }
            _ => {}
        }
    }
    start.map_or(0..0, |start| start..text.len())
}

/// The offset in bytes of a place: line and column, from 1.
fn offset(text: &str, (line, column): (usize, usize)) -> Option<usize> {
    let lines = text.split_inclusive('\n').take(line - 1);
    Some(lines.map(str::len).sum::<usize>() + column - 1).filter(|at| *at <= text.len())
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
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
