//! The labels of the columns of a table, also of columns without a header and of several with one header.

use changecast_core::{
    compare::{locations, readable, unnamed_column},
    model::Role,
};

use crate::read::{
    build::{intern::Label, raw_list::RawList},
    config::ReadingConfig,
};

/// The label of each column. `None` for columns without header and content.
///
/// Columns with one header have one label, and their cells are joined; only a second column of names has a
/// separate label. A column without a header has the names if it is the first and no other has them; it
/// has the locations if all its cells are places and no header means a location.
pub(crate) fn header_labels<R>(
    list: &mut RawList<'_>,
    config: &ReadingConfig,
    headers: &[String],
    rows: &[R],
    cell: fn(&R, usize) -> Option<&str>,
) -> Vec<Option<Label>> {
    let headers: Vec<&str> = headers.iter().map(|header| header.trim()).collect();
    let mut known: Vec<Role> = headers.iter().map(|header| config.role(header)).collect();
    let mut labels: Vec<Option<Label>> = Vec::with_capacity(headers.len());
    for (place, header) in headers.iter().enumerate() {
        if !header.is_empty() {
            let label = list.labels.intern(&readable(header));
            let is_second_name = known[place] == Role::Name && labels.contains(&Some(label));
            labels.push(Some(if is_second_name { list.labels.intern(&format!("{header} 2")) } else { label }));
            continue;
        }
        let cells: Vec<&str> = rows.iter().filter_map(|row| cell(row, place)).map(str::trim).collect();
        let role = role_of_cells(config, place, &cells, &known);
        known[place] = role.unwrap_or(Role::Other);
        labels.push(match role {
            None => None,
            Some(Role::Other) => Some(list.labels.intern(&unnamed_column(place))),
            Some(role) => Some(list.labels.intern(&readable(role.key()))),
        });
    }
    labels
}

/// The role of a column without a header; `None` if it has no content or only numbers the rows.
fn role_of_cells(config: &ReadingConfig, place: usize, cells: &[&str], known: &[Role]) -> Option<Role> {
    let filled = || cells.iter().filter(|text| !text.is_empty());
    if filled().all(|text| is_number(text)) {
        None
    } else if place == 0 && !known.contains(&Role::Name) {
        Some(Role::Name)
    } else if !known.contains(&Role::Location) && filled().all(|text| are_places(config, text)) {
        Some(Role::Location)
    } else {
        Some(Role::Other)
    }
}

fn is_number(text: &str) -> bool {
    text.trim_end_matches(['.', ')']).bytes().all(|byte| byte.is_ascii_digit())
}

fn are_places(config: &ReadingConfig, text: &str) -> bool {
    let places = locations(&config.vocabulary, text);
    !places.is_empty() && places.iter().all(|place| place.known)
}
