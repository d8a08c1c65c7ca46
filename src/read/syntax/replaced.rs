//! Files with replaced content: a pointer to the content, its encrypted form, another
//! kind of file. Such a version makes no statement about the list.

use super::bytes::contains;

/// The first bytes of files that differ from their names, and descriptions of these files.
const BEGINNINGS: [(&[u8], &str); 17] = [
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer"),
    (b"version https://hawser.github.com/spec/", "a Git LFS pointer"),
    (b"/annex/objects/", "a git-annex pointer"),
    (b"\0GITCRYPT\0", "encrypted by git-crypt"),
    (b"age-encryption.org/v1", "encrypted by age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "encrypted by age"),
    (b"-----BEGIN PGP MESSAGE-----", "encrypted by PGP"),
    (b"$ANSIBLE_VAULT;", "encrypted by Ansible Vault"),
    (b"Salted__", "encrypted by OpenSSL"),
    (b"U2FsdGVkX1", "encrypted by OpenSSL"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
];

/// The beginnings of HTML documents, in lower case.
const HTML_BEGINNINGS: [&str; 2] = ["<!doctype html", "<html"];

/// A file has this many bytes for each control character in it, or more.
const BYTES_PER_CONTROL: usize = 32;

/// What bytes are, if they are not the text of an inventory in any format.
pub(super) fn replacement_of_bytes(bytes: &[u8]) -> Option<&'static str> {
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let begins = BEGINNINGS.iter().find(|(beginning, _)| content.trim_ascii_start().starts_with(beginning));
    if let Some((_, what)) = begins {
        return Some(what);
    }
    let is_binary = bytes.contains(&0) || count_of_controls(bytes) * BYTES_PER_CONTROL > bytes.len();
    is_binary.then_some("binary, or text in UTF-16")
}

fn count_of_controls(bytes: &[u8]) -> usize {
    // The count of a chunk fits into a byte, which lets the compiler vectorise the loop.
    bytes
        .chunks(u8::MAX.into())
        .map(|chunk| usize::from(chunk.iter().map(|byte| u8::from(is_control(*byte))).sum::<u8>()))
        .sum()
}

/// Whether a byte is a control character that texts do not contain.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() & !byte.is_ascii_whitespace()
}

/// What a text is, if its values are encrypted (SOPS, hiera-eyaml), or if it only names another file.
pub(super) fn replacement_of_text(text: &str) -> Option<&'static str> {
    if contains(text, "ENC[AES256_GCM,data:") && contains(text, "sops") {
        return Some("encrypted by SOPS");
    }
    if contains(text, "ENC[PKCS7,") {
        return Some("encrypted by hiera-eyaml");
    }
    // What a symbolic link is on systems without them.
    let is_path = text.contains('/') && !text.trim().contains(|c: char| c.is_whitespace() || "{[<|".contains(c));
    is_path.then_some("the address of another file")
}

/// Whether a text is a whole HTML document.
pub(crate) fn is_html_document(text: &str) -> bool {
    let text = text.trim_start();
    HTML_BEGINNINGS
        .iter()
        .any(|beginning| text.get(..beginning.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(beginning)))
}

/// Whether a text is a whole JSON object or array.
pub(crate) fn is_json_document(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
