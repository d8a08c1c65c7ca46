//! The order of the columns of a list.

use crate::model::{Column, FieldKey, Role};

/// The sort key of a column: its role, then the column with the key of the role, then the
/// other columns by key.
///
/// Readers and [`apply`](super::apply()) use the same order, so that a list looks the same whether it was
/// read from a file or replayed from its changes. The order depends only on role and key,
/// neither on the file nor on the vocabulary, which grows from release to release.
pub fn column_order(column: &Column) -> (Role, bool, FieldKey) {
    let is_further = column.field.as_str() != column.role.info().key;
    (column.role, is_further, column.field.clone())
}
