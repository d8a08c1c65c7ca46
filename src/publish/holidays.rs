//! Holidays that the notice terms of a list take from a file of the same version.

use changecast_core::model::{Inventory, terms::Holidays};

use crate::read::{Problem, ReadError};

/// The path of the holiday file that the terms of a list name without containing its dates. The terms name it
/// relative to the folder of the list.
pub fn holiday_file(inventory: &Inventory, list: &str) -> Option<String> {
    let holidays = inventory.terms.as_ref()?.holidays.as_ref()?;
    let file = holidays.file.as_ref().filter(|_| holidays.dates.is_empty())?;
    Some(resolve(list, file))
}

/// A path relative to the folder of a file. Parts that would leave the root remain, so that no file has such a path.
fn resolve(file: &str, relative: &str) -> String {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Puts the dates of a holiday file into the terms of a list, so that they are published by value.
///
/// # Errors
/// [`Problem::Holidays`] if the file does not exist, is not UTF-8, or contains a line without date.
pub fn put_holidays(inventory: &mut Inventory, path: &str, bytes: Option<Vec<u8>>) -> Result<(), ReadError> {
    let problem = |problem: String| ReadError::from(Problem::Holidays { file: path.to_owned(), problem });
    let bytes = bytes.ok_or_else(|| problem("the file does not exist in this version".to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| problem("the file is not UTF-8".to_owned()))?;
    let dates = Holidays::parse_dates(&text).map_err(|error| problem(error.to_string()))?;
    if let Some(holidays) = inventory.terms.as_mut().and_then(|terms| terms.holidays.as_mut()) {
        holidays.dates = dates;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_folder_of_the_list() {
        for (list, file, expected) in [
            ("list.yaml", "holidays.txt", "holidays.txt"),
            ("data/list.yaml", "holidays.txt", "data/holidays.txt"),
            ("data/list.yaml", "./calendars//DE.txt", "data/calendars/DE.txt"),
            ("data/list.yaml", "../DE.txt", "DE.txt"),
            ("data/list.yaml", "../../DE.txt", "../DE.txt"),
            ("list.yaml", "../../DE.txt", "../../DE.txt"),
        ] {
            assert_eq!(resolve(list, file), expected, "{list} {file}");
        }
    }
}
