//! Merge patches (RFC 7396).

use super::json::{Json, Members};

/// The target after a patch (RFC 7396 §2).
pub fn apply(target: Option<&Json>, patch: &Json) -> Json {
    let Json::Object(changes) = patch else { return patch.clone() };
    let mut members = target.and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, change) in changes {
        match change {
            Json::Null => {
                members.remove(key);
            }
            _ => {
                let member = apply(members.get(key), change);
                members.insert(key.clone(), member);
            }
        }
    }
    Json::Object(members)
}

/// The smallest patch from one value to another; `apply(before, make(before, after)) == after` for
/// values without `null`. For `null` as a whole it is the other value.
pub fn make(before: &Json, after: &Json) -> Json {
    let Json::Object(new) = after else { return after.clone() };
    let none = Members::new();
    let old = before.as_object().unwrap_or(&none);
    let removed = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), Json::Null));
    let changed = new.iter().filter(|(key, value)| old.get(*key) != Some(*value));
    let changed = changed.map(|(key, value)| (key.clone(), old.get(key).map_or(value.clone(), |was| make(was, value))));
    Json::Object(removed.chain(changed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(value: serde_json::Value) -> Json {
        Json::from_serde(value).unwrap()
    }

    #[test]
    fn the_examples_of_the_rfc_hold() {
        // RFC 7396, appendix A: target, patch, result.
        for (target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(apply(Some(&value(target.clone())), &value(patch.clone())), value(result), "{target} {patch}");
        }
    }
}
