//! Types that are written as one text, in configuration and documents alike.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{Deserializer, de::Visitor};

/// Deserializes through [`FromStr`], inside the visit of the text, so that the error of a parser
/// that knows places carries the place of the text itself.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    struct Parse<T>(PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parse<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Parse(PhantomData))
}

/// Implements serde's traits by `Display` and `FromStr`.
#[macro_export]
#[doc(hidden)]
macro_rules! serde_as_text {
    ($($name:ty),+) => {
        $(
            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            $crate::deserialize_from_text!($name);
        )+
    };
}

/// The same for types that contain their text and return it from `as_str`.
#[macro_export]
#[doc(hidden)]
macro_rules! serde_as_str {
    ($name:ty) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::deserialize_from_text!($name);
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! deserialize_from_text {
    ($name:ty) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::text_form::deserialize(deserializer)
            }
        }
    };
}
