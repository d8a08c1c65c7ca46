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
    fs::write(out.join("areas"), areas()?)?;
    fs::write(out.join("towns"), towns()?)
}

fn read(name: &str) -> io::Result<String> {
    fs::read_to_string(Path::new("src/vocabulary").join(name))
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
    Ok(table(areas.into_iter().map(|(name, [area, extent])| [name, area, extent])))
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
    Ok(table(places.into_iter().map(|(name, [country, usual, within])| [name, country, usual, within])))
}

fn table<'t, const N: usize>(rows: impl Iterator<Item = [&'t str; N]>) -> String {
    let mut table = String::new();
    rows.for_each(|row| arrange::push_row(&mut table, &row));
    table
}
