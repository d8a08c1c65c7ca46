//! What a column or key means: the table of roles, and how a header is recognised.

use std::{cell::RefCell, collections::HashMap, fmt, str::FromStr};

use crate::model::{FieldKey, Role, fold};

/// How two texts of a role are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// As wording.
    Text,
    /// As a set of items.
    Set,
    /// As a set of places.
    Places,
    /// As a state of a life cycle with the words around it.
    Lifecycle,
    /// As a date or period with its precision.
    Date,
    /// As a web address.
    Url,
}

/// One row of the table of roles.
#[derive(Debug)]
pub struct RoleInfo {
    /// The role.
    pub role: Role,
    /// Its key in inventories and published documents.
    pub key: &'static str,
    /// How its texts are compared.
    pub compared: Compared,
    /// Headers and keys that mean this role, best first, in singular and lower case.
    exact: &'static [&'static str],
    /// Words of which a header of this role holds at least one …
    core: &'static [&'static str],
    /// … while all its other words are among these.
    around: &'static [&'static str],
}

/// The table of roles. The first row that recognises a header gives its role.
pub static ROLES: [RoleInfo; 12] = [
    RoleInfo {
        role: Role::Name,
        key: "name",
        compared: Compared::Text,
        exact: &[
            "name", "subprocessor", "sub processor", "vendor", "processor", "provider", "company", "entity",
            "third party", "service provider", "supplier", "organization", "organisation", "partner", "recipient",
            "legal entity", "affiliate", "affiliate entity", "item", "framework", "principle", "layer", "control",
            "anbieter", "auftragsverarbeiter", "unterauftragsverarbeiter", "unterauftragnehmer", "dienstleister",
            "unternehmen", "firma", "sous traitant", "sous traitant ultérieur", "fournisseur", "prestataire",
            "subencargado", "subencargado del tratamiento", "proveedor", "empresa", "suboperador", "operador",
            "fornecedor", "subverwerker", "leverancier", "subresponsabile", "fornitore",
        ],
        core: &["name", "vendor", "subprocessor", "processor", "provider", "supplier", "entity", "company"],
        around: &[
            "of", "the", "sub", "third", "party", "legal", "service", "full", "authorized", "authorised", "our",
            "affiliate", "llm", "ai", "model", "cloud", "infrastructure", "display",
        ],
    },
    RoleInfo {
        role: Role::Service,
        key: "service",
        compared: Compared::Text,
        exact: &["service", "product", "service name", "product name", "tool"],
        core: &[],
        around: &[],
    },
    RoleInfo {
        role: Role::Location,
        key: "location",
        compared: Compared::Places,
        exact: &[
            "location", "country", "region", "place", "hosting", "geography", "jurisdiction", "data residency",
            "cloud region", "hosted in", "stored in", "data stored in", "processed in", "processing takes place in",
            "city country", "seat", "legal seat", "standort", "sitz", "land", "ort", "serverstandort", "lieu", "pays",
            "localisation", "ubicación", "país", "localização", "locatie", "luogo", "paese", "sede",
        ],
        core: &[
            "location", "country", "region", "place", "hosting", "where", "headquarter", "hq", "territory",
            "jurisdiction",
        ],
        around: &[
            "of", "the", "processing", "process", "processed", "data", "server", "storage", "stored", "hosting",
            "service", "primary", "personal", "is", "are", "or", "and", "subprocessing", "geographic", "activity",
            "subprocessor", "vendor", "default", "entity", "note", "provider", "current", "center", "centre",
            "datacenter", "datacentre", "infrastructure", "aws", "azure", "gcp", "geographical", "physical", "main",
            "principal", "operating", "operation", "company", "business", "registered", "registration",
            "incorporation", "incorporated", "establishment", "established", "origin", "may", "be", "in", "which",
            "performed", "occur", "happen", "sub", "city", "code",
        ],
    },
    RoleInfo {
        role: Role::Transfer,
        key: "transfer",
        compared: Compared::Set,
        exact: &[
            "transfer",
            "transfer mechanism",
            "safeguard",
            "international transfer",
            "transfer safeguard",
            "third country transfer",
            "third country transfer mechanism",
            "scc",
            "dpf",
            "garantie",
        ],
        core: &["transfer", "safeguard", "adequacy"],
        around: &[
            "mechanism", "data", "international", "cross", "border", "of", "for", "legal", "basis", "tool",
            "appropriate", "lawful", "gdpr", "eu", "eea", "uk", "outside", "the", "to", "from", "guarantee",
            "decision",
        ],
    },
    RoleInfo {
        role: Role::Data,
        key: "data",
        compared: Compared::Set,
        exact: &[
            "data", "data processed", "data category", "category of data", "type of data", "personal data",
            "data type", "what it receives", "data they receive", "phi exposure", "daten", "datenkategorie",
            "datenart", "données", "datos", "dados", "gegevens", "dati",
        ],
        core: &["data", "pii", "information"],
        around: &[
            "category", "type", "kind", "of", "the", "personal", "customer", "user", "processed", "process",
            "processing", "shared", "accessed", "collected", "involved", "element", "subject", "to", "touched",
            "access", "exposure", "sent", "received", "field", "handled", "transferred", "transmitted", "sensitive",
            "what", "which", "is", "are", "do", "they", "we", "share",
        ],
    },
    RoleInfo {
        role: Role::Purpose,
        key: "purpose",
        compared: Compared::Text,
        exact: &[
            "purpose", "purpose of processing", "description", "services", "use", "function", "nature of processing",
            "description of processing", "activity", "what for", "used for", "what it does", "what they do",
            "what we use it for", "role", "operation", "reason", "related service", "subject matter", "functionality",
            "task", "how we use it", "what do they do", "scope of service", "scope of processing",
            "processing carried out", "detail of processing", "processing detail", "reason for processing",
            "service offered", "offering", "zweck", "verarbeitungszweck", "funktion", "zweck der verarbeitung",
            "finalité", "finalidad", "propósito", "finalidade", "doel", "finalità", "scopo",
        ],
        core: &[
            "purpose", "description", "nature", "use", "function", "activity", "service", "operation", "why", "matter",
        ],
        around: &[
            "of", "the", "and", "for", "processing", "sub", "subprocessor", "processor", "subject", "data", "service",
            "provided", "business", "type", "by", "brief", "short", "case", "performed", "planned", "subprocessing",
            "vendor", "provider", "activities", "engagement", "detail", "we", "it", "do", "them",
        ],
    },
    RoleInfo {
        role: Role::Status,
        key: "status",
        compared: Compared::Lifecycle,
        exact: &["status", "state"],
        core: &["status"],
        around: &["current", "of", "the", "engagement"],
    },
    RoleInfo {
        role: Role::Scope,
        key: "scope",
        compared: Compared::Set,
        exact: &[
            "scope", "applies to", "products", "plan", "applicable to", "applicable service", "used by",
            "applicable product",
        ],
        core: &[],
        around: &[],
    },
    RoleInfo {
        role: Role::Certification,
        key: "certification",
        compared: Compared::Set,
        exact: &["certification", "compliance", "attestation", "certificate", "security certification"],
        core: &["certification", "attestation"],
        around: &["security", "compliance", "and", "or"],
    },
    RoleInfo {
        role: Role::Effective,
        key: "effective",
        compared: Compared::Date,
        exact: &[
            "effective", "effective date", "from", "target", "target date", "effective from", "start date",
            "date effective", "date added", "added on", "date of addition", "since", "in use since", "used since",
            "engaged since", "engagement date", "date engaged", "date of engagement", "onboarding date",
            "date onboarded", "commencement date", "start of processing", "go live date",
        ],
        core: &["effective"],
        around: &["date", "from", "of", "as"],
    },
    RoleInfo {
        role: Role::Link,
        key: "link",
        compared: Compared::Url,
        exact: &[
            "link", "url", "website", "web site", "dpa", "security page", "homepage", "privacy policy", "dpa link",
            "web page", "privacy notice", "privacy statement", "trust center", "more information", "more info",
            "learn more", "data processing agreement", "data processing addendum", "documentation",
        ],
        core: &["url", "website", "link", "homepage"],
        around: &["vendor", "company", "privacy", "policy", "dpa", "security", "to", "more", "information"],
    },
    RoleInfo { role: Role::Other, key: "other", compared: Compared::Text, exact: &[], core: &[], around: &[] },
];

/// The label of the field that holds the address behind a name: no page writes it as a header.
pub const ADDRESS_LABEL: &str = "Link";

/// Words of headers that say where a vendor is at home.
const HOME_WORDS: [&str; 9] = [
    "headquarter", "hq", "registered", "registration", "incorporation", "incorporated", "establishment", "established",
    "origin",
];

/// Most headers that are remembered.
const MAX_KNOWN: usize = 10_000;

impl Role {
    /// The role's row.
    pub fn info(self) -> &'static RoleInfo {
        ROLES.iter().find(|row| row.role == self).unwrap_or(&ROLES[ROLES.len() - 1])
    }

    /// The role that a header or key means, with how well it fits: 0 is the best.
    /// Case, punctuation and plural do not matter, except where a plural has a meaning of its own.
    ///
    /// Where the whole header means nothing, what stands outside its parentheses may, or before a `/`.
    pub fn of_label(label: &str) -> (Role, usize) {
        thread_local! {
            /// Headers repeat in every entry and version.
            static KNOWN: RefCell<HashMap<String, (Role, usize)>> = RefCell::default();
        }
        KNOWN.with_borrow_mut(|known| {
            if let Some(role) = known.get(label) {
                return *role;
            }
            let role = Self::recognise(label);
            if known.len() < MAX_KNOWN {
                known.insert(label.to_owned(), role);
            }
            role
        })
    }

    fn recognise(label: &str) -> (Role, usize) {
        let whole = Self::of_words(label);
        if whole.0 != Role::Other {
            return whole;
        }
        let outside = label.split('(').next().unwrap_or_default();
        let parts = [outside].into_iter().chain(outside.split('/')).filter(|part| part.len() < label.len());
        let known = parts.map(Self::of_words).find(|(role, _)| *role != Role::Other);
        known.map_or(whole, |(role, rank)| (role, rank + 100))
    }

    fn of_words(label: &str) -> (Role, usize) {
        let words = words(label);
        let verbatim = words.join(" ");
        let singular: Vec<&str> = words.iter().map(|word| singular(word)).collect();
        let phrase = singular.join(" ");
        for form in [&verbatim, &phrase] {
            for row in &ROLES {
                if let Some(rank) = row.exact.iter().position(|exact| exact == form) {
                    return (row.role, rank);
                }
            }
        }
        let fits = |row: &&RoleInfo| {
            singular.iter().any(|word| row.core.contains(word))
                && singular.iter().all(|word| row.core.contains(word) || row.around.contains(word))
        };
        // Where a vendor is at home says less than where it processes.
        let of_vendor = ["entity", "vendor", "provider", "subprocessor", "company", "business"];
        let of_vendor = singular.iter().any(|word| of_vendor.contains(word) || HOME_WORDS.contains(word));
        let rank = |row: &RoleInfo| row.exact.len() + singular.len() + if of_vendor { 10 } else { 0 };
        ROLES.iter().find(fits).map_or((Role::Other, usize::MAX), |row| (row.role, rank(row)))
    }

    /// Whether a header of this role is compared by it, but says something else than a column that is
    /// plainly of it: where a vendor is at home, not where it processes.
    pub fn is_qualified_variant(self, label: &str) -> bool {
        let says = match self {
            Role::Location => &HOME_WORDS[..],
            Role::Transfer => &["scc", "dpf"],
            Role::Effective => &["added", "since", "start"],
            _ => return false,
        };
        words(label).iter().any(|word| says.contains(&singular(word)))
    }

    /// The role of a published field, which is all that a published document says of it.
    pub fn of_field(field: &FieldKey, label: &str) -> Role {
        ROLES.iter().find(|row| row.key == field.as_str()).map_or_else(|| Role::of_label(label).0, |row| row.role)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().key)
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(key: &str) -> Result<Self, String> {
        let known = ROLES.iter().find(|row| row.key == key);
        let keys = || ROLES.iter().map(|row| format!("`{}`", row.key)).collect::<Vec<_>>().join(", ");
        known.map(|row| row.role).ok_or_else(|| format!("unknown field `{key}`, expected one of {}", keys()))
    }
}

crate::serde_as_text!(Role);

/// The words of a header: letters and digits only, `Sub-processor(s)` is one word.
fn words(label: &str) -> Vec<String> {
    let folded = fold(&split_camel_case(label)).replace("(s)", "").replace("(es)", "").replace("(ies)", "");
    let joined = folded.replace("sub-processor", "subprocessor").replace("sub processor", "subprocessor");
    joined.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// `dataCategories` has two words.
fn split_camel_case(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for c in label.chars() {
        if c.is_uppercase() && out.ends_with(char::is_lowercase) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

fn singular(word: &str) -> &str {
    match word {
        "categories" => "category",
        "countries" => "country",
        "companies" => "company",
        "territories" => "territory",
        "entities" => "entity",
        "activities" => "activity",
        "parties" => "party",
        "purposes" => "purpose",
        "uses" | "usage" => "use",
        "status" | "process" | "address" | "basis" => word,
        // "is", "its", "AWS".
        word if word.len() <= 3 || word.ends_with("ss") => word,
        word => word.strip_suffix('s').unwrap_or(word),
    }
}

/// Whether two headers are the same but for case, punctuation and plural.
pub fn same_label(a: &str, b: &str) -> bool {
    let form = |label: &str| words(label).iter().map(|word| singular(word).to_owned()).collect::<Vec<_>>();
    a == b || form(a) == form(b)
}

/// A key or header as people read it: `base_pricing` becomes `Base pricing`.
pub fn readable(key: &str) -> String {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b' ');
    if !key.bytes().all(plain) {
        return key.to_owned();
    }
    if ["url", "dpa", "id"].contains(&key) {
        return key.to_uppercase();
    }
    let mut label = String::with_capacity(key.len());
    for c in key.chars() {
        label.push(match c {
            '_' | '-' => ' ',
            first if label.is_empty() => first.to_ascii_uppercase(),
            c => c,
        });
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_mean_roles() {
        for (label, role) in [
            ("Sub-processor", Role::Name),
            ("Name of Subprocessor", Role::Name),
            ("SUB-PROCESSORS", Role::Name),
            ("Third-party service provider", Role::Name),
            ("Entity name", Role::Name),
            ("Vendor(s)", Role::Name),
            ("Service", Role::Service),
            ("Services", Role::Purpose),
            ("Product", Role::Service),
            ("Products", Role::Scope),
            ("Description of Processing", Role::Purpose),
            ("Nature and purpose of processing", Role::Purpose),
            ("Location of processing", Role::Location),
            ("Processing Location(s)", Role::Location),
            ("countries", Role::Location),
            ("Data storage location", Role::Location),
            ("Data Center Location(s)", Role::Location),
            ("Headquarters", Role::Location),
            ("Country of incorporation", Role::Location),
            ("Where is data processed?", Role::Location),
            ("Data transmitted", Role::Data),
            ("Cloud hosting", Role::Other),
            ("Customer region", Role::Other),
            ("Transfer country", Role::Other),
            ("What data is shared", Role::Data),
            ("Third-country transfer mechanism", Role::Transfer),
            ("Why do we use it?", Role::Purpose),
            ("Subject matter of processing", Role::Purpose),
            ("Service category", Role::Other),
            ("Date added", Role::Effective),
            ("Corporate Location", Role::Other),
            ("Data processed", Role::Data),
            ("Categories of personal data", Role::Data),
            ("data_categories", Role::Data),
            ("Category of data", Role::Data),
            ("Transfer Mechanism", Role::Transfer),
            ("Data transfer safeguards", Role::Transfer),
            ("Applies To", Role::Scope),
            ("Certifications", Role::Certification),
            ("Effective date", Role::Effective),
            ("url", Role::Link),
            ("Status", Role::Status),
            ("Notes", Role::Other),
            ("base_pricing", Role::Other),
            ("Address", Role::Other),
        ] {
            assert_eq!(Role::of_label(label).0, role, "{label}");
        }
    }

    #[test]
    fn every_role_has_its_row_and_its_key() {
        for row in &ROLES {
            assert!(std::ptr::eq(row.role.info(), row));
            assert_eq!(Role::of_label(row.key).0, row.role, "{}", row.key);
        }
        assert_eq!(readable("base_pricing"), "Base pricing");
        assert_eq!(readable("URL"), "URL");
    }
}
