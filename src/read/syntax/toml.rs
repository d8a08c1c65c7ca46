//! TOML 1.0 to a tree. The only user of `toml`.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::read::{
    error::{ParserError, Problem, ReadError},
    position::{LineIndex, Position},
    syntax::tree::{Item, Key, Node, Value, check_depth},
};

pub(crate) fn parse(text: &str) -> Result<Node, ReadError> {
    let places = LineIndex::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let at = places.at(error.span().map_or(0, |span| span.start));
        let message = error.message();
        let message = crate::parser_words::plain(message, "", (1, 1)).map_or(message, |(words, _)| words).to_owned();
        ReadError::at(at, Problem::Syntax { format: "TOML", message, source: Some(ParserError::new(error)) })
    })?;
    let at = Position { line: 1, column: 1 };
    Ok(Node { at, value: map(&places, table.get_ref(), 1)? })
}

fn map(places: &LineIndex<'_>, table: &DeTable<'_>, depth: usize) -> Result<Value, ReadError> {
    let pairs = table.iter().map(|(key, value)| {
        let at = places.at(key.span().start);
        Ok((Key { at, text: key.get_ref().to_string() }, node(places, value, depth + 1)?))
    });
    Ok(Value::Map(pairs.collect::<Result<_, ReadError>>()?))
}

fn node(places: &LineIndex<'_>, value: &Spanned<DeValue<'_>>, depth: usize) -> Result<Node, ReadError> {
    let at = places.at(value.span().start);
    check_depth(depth, at)?;
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Text(truth.to_string()),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(items) => Value::List(
            items.iter().map(|item| Ok(Item::Own(node(places, item, depth + 1)?))).collect::<Result<_, ReadError>>()?,
        ),
        DeValue::Table(table) => map(places, table, depth)?,
    };
    Ok(Node { at, value })
}
