use super::*;

#[test]
fn terms_are_written_as_they_were_read() {
    for text in [
        r#"{"lead":{"added":"30d","activated":"10bd"},"objection":{"within":"14d","from":"notification","contact":"mailto:a@b.example"},"exceptions":["emergency"]}"#,
        r#"{"lead":{"any":[{"time":"30bd","name":"initial"},{"time":"10bd","name":"final"}]},"clear":true,"zone":"Europe/Berlin"}"#,
        r#"{"promise":"none","weekend":["sun"],"holidays":{"dates":["2026-12-25"],"until":"2027-12-31"},"roll":"next-working-day"}"#,
        r#"{"objection":{"within":"until-effective","from":["publication","receipt"],"silence":"acceptance","then":[{"step":"talks","within":"30d"}]}}"#,
        r#"{"exceptions":[{"text":"emergencies","reason":"required","grounds":["security"],"notice-within":"72h","from":"engagement"}],"duties":[{"after":"engagement","within":"72h"}],"channels":["email","carrier pigeon"]}"#,
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        let terms = Terms::from_json(&value).unwrap();
        assert_eq!(terms.to_json().unwrap(), value);
    }
}

#[test]
fn iso_forms_and_single_values_are_accepted() {
    let short: Terms = serde_json::from_str(r#"{"lead":{"added":["P30D"]},"channels":"email"}"#).unwrap();
    let full: Terms = serde_json::from_str(r#"{"lead":{"added":{"time":"30d"}},"channels":["email"]}"#).unwrap();
    assert_eq!(short, full);
}

#[test]
fn flags_may_be_texts_because_scalars_of_an_inventory_are() {
    let texts = [r#"{"clear":"true"}"#, r#"{"clear":true}"#];
    let [text, flag] = texts.map(|text| serde_json::from_str::<Terms>(text).unwrap());
    assert!(flag.clear);
    assert_eq!(text, flag);
}

#[test]
fn errors_name_the_key_and_the_accepted_forms() {
    for (text, key, form) in [
        (r#"{"lead":{"added":30}}"#, "notice.lead.added: ", "`30d`"),
        (r#"{"lead":{"addded":"30d"}}"#, "notice.lead.addded: ", "`added`"),
        (r#"{"lead":{"added":"soon"}}"#, "notice.lead.added: ", "`reasonable`"),
        (r#"{"objection":{"within":"30"}}"#, "notice.objection.within: ", "`until-effective`"),
        (r#"{"zone":"here"}"#, "notice.zone: ", "`Europe/Berlin`"),
        (r#"{"clear":"perhaps"}"#, "notice.clear: ", "`true`"),
        (r#"{"leed":{}}"#, "notice.leed: ", "`lead`"),
        (r#"{"holidays":["2026-02-30"]}"#, "notice.holidays: ", "`2026-12-25`"),
    ] {
        let error = Terms::from_json(&serde_json::from_str(text).unwrap()).unwrap_err().to_string();
        assert!(error.starts_with(key) && error.contains(form), "{error}");
    }
}

#[test]
fn texts_are_on_one_line_because_the_log_contains_no_control_characters() {
    let value = serde_json::json!({"text": "First line.\n\tSecond\u{7} line.\n"});
    let terms = Terms::from_json(&value).unwrap();
    assert!(terms.text.as_ref().is_some_and(|text| !text.chars().any(char::is_control)), "{terms:?}");
    assert_eq!(Terms::from_json(&terms.to_json().unwrap()), Ok(terms));
}
