//! Damage of packs that libgit2 1.9 does not survive: an index with a place behind the end of its pack makes it read outside
//! of the pack. Such files are found here before libgit2 sees them.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use super::{HistoryError, loose::ObjectFolders, names_in};

/// Checks that every index names places inside of its pack.
///
/// # Errors
/// [`HistoryError::DamagedFile`] for the first one that does not.
pub(super) fn check_packs(folders: &ObjectFolders) -> Result<(), HistoryError> {
    for pack in folders.paths().map(|objects| objects.join("pack")) {
        for name in names_in(&pack) {
            let path = pack.join(&name);
            let problem = match (name.strip_suffix(".idx"), name == "multi-pack-index") {
                (Some(stem), _) => check_index(&path, &pack.join(format!("{stem}.pack"))),
                (None, true) => check_multi_pack_index(&path),
                (None, false) => Ok(()),
            };
            match problem {
                Ok(()) => {}
                Err(Damage::Content(problem)) => return Err(HistoryError::DamagedFile { path, problem }),
                Err(Damage::Io(source)) => return Err(HistoryError::File { path, source }),
            }
        }
    }
    Ok(())
}

/// Why the index of packs cannot be used.
enum Damage {
    Content(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Damage {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Damage::Content("it is cut"),
            _ => Damage::Io(error),
        }
    }
}

/// The first bytes of an index of version 2 (gitformat-pack). An older index begins with its table.
const INDEX_MAGIC: [u8; 4] = [0xff, b't', b'O', b'c'];

/// The entries of the table at the beginning of an index: how many ids begin with a byte up to each value.
const FAN_OUT: usize = 256;

/// Checks the places of objects in an index (gitformat-pack, "pack-*.idx").
fn check_index(index: &Path, pack: &Path) -> Result<(), Damage> {
    let Ok(end) = fs::metadata(pack).map(|meta| meta.len()) else { return Ok(()) };
    let length = fs::metadata(index)?.len();
    let mut file = BufReader::new(File::open(index)?);
    let mut first = [0; 4];
    file.read_exact(&mut first)?;
    if first != INDEX_MAGIC {
        // git writes no index of version 1 since 2008, and libgit2 checks its size.
        return Ok(());
    }
    file.seek_relative(4)?;
    let count = u64::from(fan_out(&mut file)?);
    let tables = 8 + 4 * FAN_OUT as u64;
    // Per object: the id, a checksum and a place. At the end there are two digests as long as an id.
    let hash = [20, 32].into_iter().find(|hash| {
        let rest = length.checked_sub(tables + count * (hash + 8) + 2 * hash);
        rest.is_some_and(|large| large % 8 == 0 && large / 8 <= count)
    });
    let hash = hash.ok_or(Damage::Content("its size does not fit the number of its objects"))?;
    let large = (length - tables - count * (hash + 8) - 2 * hash) / 8;
    file.seek(SeekFrom::Start(tables + count * (hash + 4)))?;
    let is_inside = |place: u64| place >= PACK_HEADER && place + hash < end;
    let is_valid = |place: u32| match place & LARGE {
        0 => is_inside(place.into()),
        _ => u64::from(place & !LARGE) < large,
    };
    // A repository may have millions of objects. Processors compare several signed numbers at once, and large places are
    // negative ones.
    let last = i32::try_from(end.saturating_sub(hash + 1)).unwrap_or(i32::MAX);
    let are_valid = |places: &[u32]| {
        let outside = places
            .iter()
            .map(|place| place.cast_signed())
            .fold(false, |outside, place| outside | (place < PACK_HEADER as i32) | (place > last));
        !outside || places.iter().copied().all(is_valid)
    };
    if !all_numbers(&mut file, count, are_valid)? {
        return Err(OUTSIDE);
    }
    for _ in 0..large {
        if !is_inside(long_number(&mut file)?) {
            return Err(OUTSIDE);
        }
    }
    Ok(())
}

const OUTSIDE: Damage = Damage::Content("it names a place outside of its pack");

/// The length of the header of a pack.
const PACK_HEADER: u64 = 12;

/// The mark of a place that is in the table of long places.
const LARGE: u32 = 1 << 31;

/// Checks the places of objects in an index of several packs (gitformat-pack, "multi-pack-index").
fn check_multi_pack_index(path: &Path) -> Result<(), Damage> {
    let length = fs::metadata(path)?.len();
    let mut file = BufReader::new(File::open(path)?);
    let mut header = [0; 12];
    file.read_exact(&mut header)?;
    let [b'M', b'I', b'D', b'X', _, _, chunks, _, packs @ ..] = header else {
        return Err(Damage::Content("it is not an index of packs"));
    };
    let packs = u32::from_be_bytes(packs);
    // A row for each part, and one for the end of the last one.
    let mut rows = Vec::with_capacity(usize::from(chunks) + 1);
    for _ in 0..=chunks {
        let mut name = [0; 4];
        file.read_exact(&mut name)?;
        rows.push((name, long_number(&mut file)?));
    }
    let (Some((names, end_of_names)), Some((places, end))) = (part(&rows, b"PNAM"), part(&rows, b"OOFF")) else {
        return Err(Damage::Content("a part is missing"));
    };
    if end.max(end_of_names) > length {
        return Err(Damage::Content("it is cut"));
    }
    let large = part(&rows, b"LOFF").map_or(0, |(from, to)| (to - from) / 8);
    file.seek(SeekFrom::Start(names))?;
    let mut text = Vec::new();
    Read::by_ref(&mut file).take(end_of_names - names).read_to_end(&mut text)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let sizes: Vec<Option<u64>> = text
        .split(|byte| *byte == 0)
        .take(packs as usize)
        .map(|name| {
            let name = String::from_utf8_lossy(name).replace(".idx", ".pack");
            fs::metadata(folder.join(name)).map(|meta| meta.len()).ok()
        })
        .collect();
    file.seek(SeekFrom::Start(places))?;
    for _ in 0..(end - places) / 8 {
        let (pack, place) = (number(&mut file)?, number(&mut file)?);
        let size = sizes.get(pack as usize).ok_or(OUTSIDE)?;
        let is_inside = match place & LARGE {
            0 => size.is_none_or(|size| u64::from(place) >= PACK_HEADER && u64::from(place) < size),
            _ => u64::from(place & !LARGE) < large,
        };
        if !is_inside {
            return Err(OUTSIDE);
        }
    }
    Ok(())
}

/// The beginning and the end of a part of an index of packs.
fn part(rows: &[([u8; 4], u64)], wanted: &[u8; 4]) -> Option<(u64, u64)> {
    let found = rows.windows(2).find(|pair| pair[0].0 == *wanted)?;
    (found[0].1 <= found[1].1).then_some((found[0].1, found[1].1))
}

/// The number of objects, by a table with entries that never decrease.
fn fan_out(file: &mut impl Read) -> Result<u32, Damage> {
    let mut last = 0;
    for _ in 0..FAN_OUT {
        let next = number(file)?;
        if next < last {
            return Err(Damage::Content("its table is not in order"));
        }
        last = next;
    }
    Ok(last)
}

/// Whether the next numbers are valid, in parts.
fn all_numbers(file: &mut impl Read, count: u64, are_valid: impl Fn(&[u32]) -> bool) -> io::Result<bool> {
    let mut bytes = vec![0; 64 << 10];
    let mut numbers = Vec::with_capacity(bytes.len() / 4);
    let mut rest = count.saturating_mul(4);
    while rest > 0 {
        let length = usize::try_from(rest).map_or(bytes.len(), |rest| rest.min(bytes.len()));
        file.read_exact(&mut bytes[..length])?;
        let (read, _) = bytes[..length].as_chunks();
        numbers.clear();
        numbers.extend(read.iter().map(|number| u32::from_be_bytes(*number)));
        if !are_valid(&numbers) {
            return Ok(false);
        }
        rest -= length as u64;
    }
    Ok(true)
}

fn number(file: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

fn long_number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}
