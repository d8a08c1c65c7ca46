//! Short forms of terms: a text in place of a map, one value in place of a list.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Unexpected, Visitor, value::MapAccessDeserializer, value::StrDeserializer},
};

/// A value that may be written as a text alone.
pub(super) trait Short: FromStr<Err: fmt::Display> {
    /// The accepted forms, for errors.
    const FORMS: &'static str;
}

/// Reads a text through [`FromStr`], and a map as `Full`.
pub(super) fn text_or_map<'de, T, Full, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Short + From<Full>,
    Full: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct TextOrMap<T, Full>(PhantomData<(T, Full)>);
    impl<'de, T: Short + From<Full>, Full: Deserialize<'de>> Visitor<'de> for TextOrMap<T, Full> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::FORMS)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            Full::deserialize(MapAccessDeserializer::new(map)).map(T::from)
        }
    }
    deserializer.deserialize_any(TextOrMap(PhantomData))
}

/// Reads a flag, or its text: scalars of an inventory are texts.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct Flag;
    impl Visitor<'_> for Flag {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("`true` or `false`")
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
            Ok(value)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
            text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
        }
    }
    deserializer.deserialize_any(Flag)
}

/// Reads a list of items, or one item alone.
pub(super) fn one_or_many<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text such as `30d`, a map, or a list of these")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(StrDeserializer::new(text)).map(|item| vec![item])
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map)).map(|item| vec![item])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element()? {
                items.push(item);
            }
            Ok(items)
        }
    }
    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Writes a list of one item as the item alone, as [`one_or_many`] reads it.
pub(super) fn write_one_or_many<T: Serialize, S: Serializer>(items: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    match items {
        [item] => item.serialize(serializer),
        items => items.serialize(serializer),
    }
}

/// Reads a list through `wrap`, and a map as `Full`.
pub(super) fn seq_or_map<'de, Item, Full, D>(deserializer: D, wrap: fn(Vec<Item>) -> Full) -> Result<Full, D::Error>
where
    Item: Deserialize<'de>,
    Full: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct SeqOrMap<Item, Full>(fn(Vec<Item>) -> Full);
    impl<'de, Item: Deserialize<'de>, Full: Deserialize<'de>> Visitor<'de> for SeqOrMap<Item, Full> {
        type Value = Full;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list, or a map")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Full, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element()? {
                items.push(item);
            }
            Ok((self.0)(items))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Full, A::Error> {
            Full::deserialize(MapAccessDeserializer::new(map))
        }
    }
    deserializer.deserialize_any(SeqOrMap(wrap))
}
