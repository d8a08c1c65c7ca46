//! Canonical bytes as they are written: serde_json's compact form, with the members of every object
//! put in the order of their keys when it ends. What canonical documents must not hold is refused.

use std::{cell::RefCell, io};

use serde::{Serialize, ser::Error as _};
use serde_json::ser::{CharEscape, Formatter, Serializer};

use super::canonical::{CanonicalError, MAX_INTEGER, fits_key, fits_text};

/// The canonical bytes of a value.
pub(super) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let out = RefCell::new(Vec::with_capacity(1024));
    let sorted = Sorted { out: &out, open: Vec::new(), in_key: false };
    value.serialize(&mut Serializer::with_formatter(Out(&out), sorted)).map_err(refusal)?;
    Ok(out.into_inner())
}

/// Why a formatter refused a value, which it can only say as an error of output.
fn refusal(error: serde_json::Error) -> CanonicalError {
    if !error.is_io() {
        return error.into();
    }
    io::Error::from(error).downcast().unwrap_or_else(|error| CanonicalError::Json(serde_json::Error::custom(error)))
}

/// What was written so far. The formatter sees it, too.
struct Out<'a>(&'a RefCell<Vec<u8>>);

impl io::Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Sorted<'a> {
    out: &'a RefCell<Vec<u8>>,
    /// The objects that have not ended.
    open: Vec<Vec<Member>>,
    in_key: bool,
}

/// Where a member of an object begins, and where its key ends.
#[derive(Clone, Copy)]
struct Member {
    begin: usize,
    key_end: usize,
}

impl Sorted<'_> {
    fn at(&self) -> usize {
        self.out.borrow().len()
    }

    /// Puts the members of the object that ends here in order.
    fn sort(&mut self, members: &[Member]) {
        let mut out = self.out.borrow_mut();
        let key = |member: &Member| &out[member.begin..member.key_end];
        if members.is_sorted_by_key(key) {
            return;
        }
        let ends = members[1..].iter().map(|next| next.begin - 1).chain([out.len()]);
        let mut ordered: Vec<(Member, usize)> = members.iter().copied().zip(ends).collect();
        ordered.sort_by(|(a, _), (b, _)| key(a).cmp(key(b)));
        let mut bytes = Vec::with_capacity(out.len() - members[0].begin);
        for (member, end) in ordered {
            if !bytes.is_empty() {
                bytes.push(b',');
            }
            bytes.extend_from_slice(&out[member.begin..end]);
        }
        out.truncate(members[0].begin);
        out.extend_from_slice(&bytes);
    }
}

fn refuse(error: CanonicalError) -> io::Result<()> {
    Err(io::Error::other(error))
}

/// Writes integers of types that may hold too large or negative ones.
macro_rules! integers {
    ($($write:ident: $type:ty),+) => {
        $(fn $write<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: $type) -> io::Result<()> {
            match u64::try_from(value) {
                Ok(0..=MAX_INTEGER) => writer.write_all(value.to_string().as_bytes()),
                _ => refuse(CanonicalError::Number(value.to_string())),
            }
        })+
    };
}

/// Refuses numbers of types whose integers have no one way to be written.
macro_rules! fractions {
    ($($write:ident: $type:ty),+) => {
        $(fn $write<W: ?Sized + io::Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            refuse(CanonicalError::Number(value.to_string()))
        })+
    };
}

impl Formatter for Sorted<'_> {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open.push(Vec::with_capacity(8));
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.in_key = true;
        let begin = self.at();
        self.open.last_mut().into_iter().for_each(|members| members.push(Member { begin, key_end: begin }));
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.in_key = false;
        let end = self.at();
        let member = self.open.last_mut().and_then(|members| members.last_mut());
        member.into_iter().for_each(|member| member.key_end = end);
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if let Some(members) = self.open.pop() {
            self.sort(&members);
        }
        writer.write_all(b"}")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let fits = if self.in_key { fits_key(text) } else { fits_text(text) };
        if fits { writer.write_all(text.as_bytes()) } else { refuse(CanonicalError::Text(text.to_owned())) }
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote if !self.in_key => writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus if !self.in_key => writer.write_all(b"\\\\"),
            _ => refuse(CanonicalError::Text("\\".to_owned())),
        }
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, _: &mut W, text: &str) -> io::Result<()> {
        refuse(CanonicalError::Text(text.to_owned()))
    }

    integers!(write_u64: u64, write_u128: u128);
    integers!(write_i8: i8, write_i16: i16, write_i32: i32, write_i64: i64, write_i128: i128);
    fractions!(write_f32: f32, write_f64: f64);
}
