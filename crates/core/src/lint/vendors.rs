//! A table of vendors that lists of sub-processors often contain.

use std::sync::LazyLock;

use super::names::spaced;

const TABLE: &str = include_str!("vendors.tsv");

/// A well-known vendor.
#[derive(Debug)]
pub(super) struct Vendor {
    pub name: &'static str,
    /// All names of it, folded, without those that are words of their own.
    pub names: Vec<String>,
    /// Its domains.
    pub domains: Vec<&'static str>,
    /// The company that owns it, if other vendors of the table belong to it too.
    pub owner: Option<&'static str>,
}

/// The table.
pub(super) fn vendors() -> &'static [Vendor] {
    static VENDORS: LazyLock<Vec<Vendor>> = LazyLock::new(|| TABLE.lines().filter_map(vendor).collect());
    &VENDORS
}

fn vendor(line: &'static str) -> Option<Vendor> {
    let mut columns = line.split('\t');
    let name = columns.next().filter(|name| !name.starts_with('#') && !name.is_empty())?;
    let others = columns.next()?;
    let names = [name].into_iter().chain(values(others)).map(|name| spaced(name).trim().to_owned()).collect();
    Some(Vendor {
        name,
        names,
        domains: values(columns.next()?).collect(),
        owner: columns.next().filter(|o| !o.is_empty()),
    })
}

fn values(column: &'static str) -> impl Iterator<Item = &'static str> {
    column.split('|').filter(|value| !value.is_empty())
}

/// The vendor that some folded names belong to.
pub(super) fn vendor_named<'n>(mut names: impl Iterator<Item = &'n str>) -> Option<&'static Vendor> {
    names.find_map(|name| vendors().iter().find(|vendor| vendor.names.iter().any(|known| known == name)))
}

/// The vendor that a host belongs to.
pub(super) fn vendor_of_host(host: &str) -> Option<&'static Vendor> {
    vendors().iter().find(|vendor| {
        vendor
            .domains
            .iter()
            .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_vendor_with_a_domain() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(vendors().len(), lines);
        for vendor in vendors() {
            assert!(
                !vendor.domains.is_empty() && vendor.domains.iter().all(|domain| domain.contains('.')),
                "{vendor:?}"
            );
        }
        assert_eq!(vendor_of_host("s3.eu-west-1.amazonaws.com").map(|vendor| vendor.name), Some("Amazon Web Services"));
        assert!(vendor_of_host("notstripe.com").is_none());
    }
}
