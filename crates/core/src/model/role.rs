//! The meaning of a column or key.

/// The meaning of a field. It decides how the field is compared and what its change is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The name of the entry itself.
    Name,
    /// A product or service of the vendor.
    Service,
    /// What the vendor is used for.
    Purpose,
    /// Where data are processed.
    Location,
    /// Which data are processed.
    Data,
    /// The safeguard of an international transfer.
    Transfer,
    /// Where in its life the entry stands.
    Status,
    /// Which products, plans or customers it concerns.
    Scope,
    /// Certificates and attestations.
    Certification,
    /// From when, or until when.
    Effective,
    /// A web page.
    Link,
    /// Anything else.
    Other,
}
