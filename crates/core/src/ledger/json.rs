//! The JSON values that documents of the log contain.

use std::collections::BTreeMap;

/// A JSON value of the log: RFC 8785 without negative numbers, fractions and control characters.
///
/// Members are sorted by key whatever features other crates enable in `serde_json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// The value `null` of JSON.
    Null,
    /// The value `true` or `false`.
    Bool(bool),
    /// An integer from 0 to 2^53.
    Integer(u64),
    /// A string without control characters.
    Text(String),
    /// An array of values.
    Array(Vec<Json>),
    /// An object with ASCII keys.
    Object(Members),
}

/// The members of an object by key.
pub type Members = BTreeMap<String, Json>;

/// A value that documents of the log cannot contain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number {0} is not an integer from 0 to 2^53")]
pub struct UnfitNumber(String);

impl Json {
    /// The members of an object, `None` for any other value.
    pub fn as_object(&self) -> Option<&Members> {
        match self {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array, `None` for any other value.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The characters of a string, `None` for any other value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number, `None` for any other value.
    pub fn as_integer(&self) -> Option<u64> {
        match self {
            Json::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The member of an object, `None` when the value is not an object or has no such member.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.get(key)
    }

    /// Removes a member of an object and returns it.
    pub fn take(&mut self, key: &str) -> Option<Json> {
        match self {
            Json::Object(members) => members.remove(key),
            _ => None,
        }
    }

    /// The text of a member.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    /// Whether `null` occurs in the value.
    pub fn contains_null(&self) -> bool {
        match self {
            Json::Null => true,
            Json::Array(items) => items.iter().any(Json::contains_null),
            Json::Object(members) => members.values().any(Json::contains_null),
            Json::Bool(_) | Json::Integer(_) | Json::Text(_) => false,
        }
    }

    /// Converts what serde makes of a value.
    ///
    /// # Errors
    /// [`UnfitNumber`] for a negative number, a fraction, or a number above 2^53.
    pub fn from_serde(value: serde_json::Value) -> Result<Self, UnfitNumber> {
        Ok(match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(flag) => Json::Bool(flag),
            serde_json::Value::Number(number) => {
                let fit = number.as_u64().filter(|number| *number <= super::canonical::MAX_INTEGER);
                Json::Integer(fit.ok_or_else(|| UnfitNumber(number.to_string()))?)
            }
            serde_json::Value::String(text) => Json::Text(text),
            serde_json::Value::Array(items) => {
                Json::Array(items.into_iter().map(Json::from_serde).collect::<Result<_, _>>()?)
            }
            serde_json::Value::Object(members) => {
                let members = members.into_iter().map(|(key, value)| Ok((key, Json::from_serde(value)?)));
                Json::Object(members.collect::<Result<_, UnfitNumber>>()?)
            }
        })
    }

    /// Converts the value for types that serde reads.
    pub fn to_serde(&self) -> serde_json::Value {
        match self {
            Json::Null => serde_json::Value::Null,
            Json::Bool(flag) => serde_json::Value::Bool(*flag),
            Json::Integer(number) => serde_json::Value::from(*number),
            Json::Text(text) => serde_json::Value::String(text.clone()),
            Json::Array(items) => serde_json::Value::Array(items.iter().map(Json::to_serde).collect()),
            Json::Object(members) => {
                let members = members.iter().map(|(key, value)| (key.clone(), value.to_serde()));
                serde_json::Value::Object(members.collect())
            }
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(text)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Json::Integer(number)
    }
}

/// An object of these members.
pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
