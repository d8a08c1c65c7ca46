//! Writes a `.tar.gz` whose bytes depend on its files alone.
//!
//! The archive has no owners, times or permissions of this computer (POSIX.1-1988 `ustar`). Its gzip stream (RFC 1952) only
//! stores: a compressor of a later version would give other bytes, and then nobody could compare two bundles by their digest.

use super::OutputError;

/// A file of an archive: its path with `/`, and its bytes.
pub type Packed = (String, Vec<u8>);

const BLOCK: usize = 512;

/// The archive of files, in their order.
///
/// # Errors
/// [`OutputError::Kind`] for a path that is too long for the format.
pub fn tar_gz(files: &[Packed]) -> Result<Vec<u8>, OutputError> {
    let mut tar = Vec::new();
    for (path, bytes) in files {
        tar.extend(header(path, bytes.len())?);
        tar.extend_from_slice(bytes);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks end an archive.
    tar.resize(tar.len() + 2 * BLOCK, 0);
    Ok(gzip(&tar))
}

fn header(path: &str, size: usize) -> Result<[u8; BLOCK], OutputError> {
    let too_long = || OutputError::Kind { path: path.to_owned(), found: "too long a path for an archive" };
    // A path of more than 100 bytes is divided at a `/`: the first part is a prefix of at most 155 bytes.
    let divided = path.len() > 100;
    let at = path.match_indices('/').map(|(at, _)| at).find(|at| path.len() - at - 1 <= 100 && *at <= 155);
    let (prefix, name) = if divided { path.split_at(at.ok_or_else(too_long)?) } else { ("", path) };
    let name = if divided { &name[1..] } else { name };
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, if path.ends_with(".sh") { "0000755\0" } else { "0000644\0" });
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    // The checksum counts its own field as spaces.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    put(345, prefix);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// Most bytes of a stored block (RFC 1951 §3.2.4).
const STORED: usize = 65_535;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // Deflate, no flags, no time, no extra flags, an unknown system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let last = bytes.len().div_ceil(STORED).saturating_sub(1);
    for (at, block) in bytes.chunks(STORED).enumerate() {
        let length = block.len() as u16;
        out.push(u8::from(at == last));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// The checksum of gzip (RFC 1952 §8).
fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256_u32)
        .map(|byte| (0..8).fold(byte, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }))
        .collect();
    !bytes.iter().fold(!0_u32, |crc, byte| table[((crc ^ u32::from(*byte)) & 255) as usize] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_rfc() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn long_paths_are_divided_and_longer_ones_refused() {
        let long = format!("{}/{}", "a".repeat(120), "b".repeat(90));
        let header = header(&long, 1).expect("a header");
        assert!(header.starts_with(&[b'b'; 90]) && header[345..].starts_with(&[b'a'; 120]));
        assert!(tar_gz(&[("c".repeat(300), Vec::new())]).is_err());
    }
}
