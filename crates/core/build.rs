//! Arranges the tables of the vocabulary, so that the program need not do it whenever it starts.

#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

#[path = "src/vocabulary/arrange.rs"]
mod arrange;

use std::{collections::BTreeMap, env, fs, io, path::Path};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/vocabulary");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = Path::new(&out);
    fs::write(out.join("words"), arrange::words(&read("words.tsv")?))?;
    for name in ["area_codes", "regions", "us_states"] {
        fs::write(out.join(name), table(&format!("{name}.tsv"))?)?;
    }
    fs::write(out.join("areas"), areas()?)?;
    fs::write(out.join("towns"), towns()?)
}

fn read(name: &str) -> io::Result<String> {
    fs::read_to_string(Path::new("src/vocabulary").join(name))
}

/// The rows of a table that is sorted by its first column.
fn table(name: &str) -> io::Result<String> {
    let table = read(name)?;
    Ok(arrange::table_of(&arrange::rows(&table).collect::<Vec<_>>()))
}

/// The names of areas: name, region or code of the country, and "whole" as in `country_names.tsv`. Our own names come before
/// those of ISO 3166-1, and these before the names in other languages.
fn areas() -> io::Result<String> {
    let (regions, countries) = (read("regions.tsv")?, read("countries.tsv")?);
    let (official, foreign) = (read("iso_names.tsv")?, read("country_names.tsv")?);
    let mut areas = BTreeMap::new();
    for columns in arrange::rows(&foreign).chain(arrange::rows(&official)) {
        let [name, area, ref extent @ ..] = columns[..] else { continue };
        areas.insert(name, [area, extent.first().copied().unwrap_or_default()]);
    }
    for columns in arrange::rows(&regions).chain(arrange::rows(&countries)) {
        let [area, _language, name] = columns[..] else { continue };
        areas.insert(name, [area, ""]);
    }
    let rows: Vec<[&str; 3]> = areas.into_iter().map(|(name, [area, extent])| [name, area, extent]).collect();
    Ok(arrange::table_of(&rows))
}

/// Towns, regions of clouds and states of the US: name, code of the country, the name that it is compared by, and the town of
/// a cloud region.
fn towns() -> io::Result<String> {
    let (towns, cloud_regions, us_states) = (read("towns.tsv")?, read("cloud_regions.tsv")?, read("us_states.tsv")?);
    let mut places = BTreeMap::new();
    let states = arrange::rows(&us_states).map(|mut columns| {
        columns[0] = "US";
        columns
    });
    for columns in arrange::rows(&towns).chain(arrange::rows(&cloud_regions)).chain(states) {
        let [country, ref names @ ..] = columns[..] else { continue };
        let mut parts = names.split(|name| *name == "in");
        let (names, within) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let Some(usual) = names.first() else { continue };
        let within = within.first().copied().unwrap_or_default();
        places.extend(names.iter().map(|name| (*name, [country, usual, within])));
    }
    let rows: Vec<[&str; 4]> =
        places.into_iter().map(|(name, [country, usual, within])| [name, country, usual, within]).collect();
    Ok(arrange::table_of(&rows))
}
