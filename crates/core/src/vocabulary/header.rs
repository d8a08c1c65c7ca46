//! What a header or key means: the role of a column.

use std::borrow::Cow;

use crate::model::{Role, fold};

use super::{
    Vocabulary, argument,
    label::{is_plain, segments, singular, split_camel_case},
    sorted::Sorted,
    usage::{Use, Uses},
    uses,
    word::Meaning,
};

/// How well a header fits its role; the best fit is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fitness {
    extent: Extent,
    wording: Wording,
    /// Number of words: a shorter header is more general.
    words: usize,
}

/// How much of a header has the meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// All of the header.
    Whole,
    /// The part before a parenthesis, or one side of a slash.
    Part,
    /// No part of it.
    Nothing,
}

/// How plainly a header has its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wording {
    /// The configuration states the role.
    Configured,
    /// The key of the role itself.
    Key,
    /// A word that has no other meaning.
    Specific,
    /// A usual word for it.
    Usual,
    /// A word that may mean it.
    Possible,
    /// A phrase with a word for it.
    Phrase,
    /// A phrase about the vendor itself: where it has its seat rather than where it processes data.
    AboutVendor,
    /// The header is not known.
    Unknown,
}

impl Fitness {
    /// The fitness of a header if the configuration states its role.
    pub const CONFIGURED: Fitness = Fitness { extent: Extent::Whole, wording: Wording::Configured, words: 0 };
    /// The fitness of a header that is not known.
    pub const UNKNOWN: Fitness = Fitness { extent: Extent::Nothing, wording: Wording::Unknown, words: 0 };

    /// Whether the whole header is a usual word for its role: "Vendor", not "Legal entity".
    pub fn is_usual(self) -> bool {
        self.extent == Extent::Whole && self.wording <= Wording::Usual
    }
}

/// The role of a header, and how well the header fits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeaderRole {
    /// The role; [`Role::Other`] if the header is not known.
    pub role: Role,
    /// How well the header fits the role, compared with other headers of that role.
    pub fitness: Fitness,
}

impl HeaderRole {
    const UNKNOWN: HeaderRole = HeaderRole { role: Role::Other, fitness: Fitness::UNKNOWN };
}

/// The roles in the order in which they claim a phrase. Roles that share words with others come before
/// them: "data transfer safeguards" is about the transfer, "data processed" about the data, and both
/// contain words of a purpose. Columns of the role `other` have no words.
const PRECEDENCE: [Role; Role::ALL.len() - 1] = [
    Role::Name,
    Role::Service,
    Role::Location,
    Role::Transfer,
    Role::Data,
    Role::Purpose,
    Role::Status,
    Role::Scope,
    Role::Certification,
    Role::Effective,
    Role::Link,
];

/// A set of roles.
type Roles = u16;

fn bit(role: Role) -> Roles {
    1 << role as u16
}

/// The role as a set, if the word has this use.
fn roles_if(uses: Uses, one: Use, role: Role) -> Roles {
    if uses.contain(one) { bit(role) } else { 0 }
}

/// The roles that have a word in their headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Occurrence {
    core: Roles,
    filler: Roles,
    narrow: Roles,
    except: Roles,
}

impl Occurrence {
    fn of(role: Role, uses: Uses) -> Occurrence {
        Occurrence {
            core: roles_if(uses, Use::Core, role),
            filler: roles_if(uses, Use::Filler, role),
            narrow: roles_if(uses, Use::Narrow, role),
            except: roles_if(uses, Use::Except, role),
        }
    }

    fn union(self, other: Occurrence) -> Occurrence {
        Occurrence {
            core: self.core | other.core,
            filler: self.filler | other.filler,
            narrow: self.narrow | other.narrow,
            except: self.except | other.except,
        }
    }
}

/// The words that headers have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Headers<'t> {
    words: Sorted<'t>,
}

impl<'t> Headers<'t> {
    /// Headers of words that have roles.
    pub fn new(words: Sorted<'t>) -> Self {
        Headers { words }
    }

    /// The roles of a word, each with its uses.
    fn roles(self, word: &str) -> impl Iterator<Item = (Role, Uses)> {
        self.words.all(word).filter_map(|columns| Some((Role::from_key(argument(columns))?, uses(columns))))
    }

    /// The role of a whole header, and how plainly it has this meaning.
    fn whole(self, header: &str) -> Option<(Role, Wording)> {
        self.roles(header).find_map(|(role, uses)| Some((role, wording(role, header, uses)?)))
    }

    /// The roles that have a word in their longer headers.
    fn inside(self, word: &str) -> Option<Occurrence> {
        let roles = self.roles(word).map(|(role, uses)| Occurrence::of(role, uses));
        roles.reduce(Occurrence::union).filter(|known| *known != Occurrence::default())
    }

    fn is_word(&self, word: &str) -> bool {
        self.whole(word).is_some() || self.inside(word).is_some()
    }

    /// The roles that have a word, or its singular, in their headers.
    fn occurrence(&self, word: &str) -> Occurrence {
        let written = self.inside(word).unwrap_or_default();
        match singular(word) {
            one if one == word => written,
            one => self.inside(one.as_ref()).map_or(written, |known| known.union(written)),
        }
    }

    /// The words of a header: letters and digits only. "Sub-processor(s)" is one word, and a compound in a
    /// script without spaces is split if all of its parts are known.
    fn words_of(&self, label: &str) -> Vec<String> {
        // The Turkish İ in lower case has a combining dot.
        let folded = fold(&split_camel_case(label))
            .replace('\u{307}', "")
            .replace("(s)", "")
            .replace("(es)", "")
            .replace("(ies)", "");
        let mut words: Vec<String> = Vec::new();
        for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            match words.last_mut() {
                Some(last) if last == "sub" && self.is_word(singular(&format!("sub{word}")).as_ref()) => {
                    last.push_str(word)
                }
                _ => words.extend(self.segments_of(word)),
            }
        }
        words
    }

    fn segments_of(&self, word: &str) -> Vec<String> {
        let parts = segments(word, |part| self.inside(part).is_some()).filter(|_| self.whole(word).is_none());
        parts.unwrap_or_else(|| vec![word.to_owned()])
    }

    fn role_of_words(&self, label: &str) -> HeaderRole {
        if is_plain(label)
            && let Some(known) = self.role_of_whole(&label.to_ascii_lowercase())
        {
            return known;
        }
        let words = self.words_of(label);
        let verbatim = words.join(" ");
        let singulars: Vec<_> = words.iter().map(|word| singular(word)).collect();
        let phrase = singulars.join(" ");
        let known = self.role_of_whole(&verbatim).or_else(|| self.role_of_whole(&phrase));
        known.unwrap_or_else(|| self.role_of_phrase(&self.occurrences(&words)))
    }

    fn occurrences(&self, words: &[String]) -> Vec<Occurrence> {
        words.iter().map(|word| self.occurrence(word)).collect()
    }

    /// The role of a part of a header, which the words around it must not exclude: "Where (code)" is about a
    /// place in the code. A word that is not a header as a whole ("where") is too vague for a part.
    fn role_of_part(&self, part: &str, label: &str) -> Option<HeaderRole> {
        let known = self.role_of_words(part);
        let around = self.occurrences(&self.words_of(label));
        let is_excluded = around.iter().any(|word| word.except & bit(known.role) != 0);
        let is_vague = known.fitness.words == 1 && known.fitness.wording >= Wording::Phrase;
        (known.role != Role::Other && !is_excluded && !is_vague)
            .then_some(HeaderRole { fitness: Fitness { extent: Extent::Part, ..known.fitness }, ..known })
    }

    /// The role of a whole header, in lower case and with single spaces.
    fn role_of_whole(&self, header: &str) -> Option<HeaderRole> {
        let (role, wording) = self.whole(header)?;
        let words = header.split(' ').count();
        Some(HeaderRole { role, fitness: Fitness { extent: Extent::Whole, wording, words } })
    }

    /// The role of a phrase: all its words occur in headers of the role, at least one as its core.
    fn role_of_phrase(&self, words: &[Occurrence]) -> HeaderRole {
        let any_core = words.iter().fold(0, |roles, word| roles | word.core);
        let all = words.iter().fold(Roles::MAX, |roles, word| roles & (word.core | word.filler) & !word.except);
        let Some(role) = PRECEDENCE.into_iter().find(|role| any_core & all & bit(*role) != 0) else {
            return HeaderRole::UNKNOWN;
        };
        let is_about_vendor = words.iter().any(|word| word.narrow & bit(role) != 0)
            || (role != Role::Name && any_core & bit(Role::Name) != 0);
        let wording = if is_about_vendor { Wording::AboutVendor } else { Wording::Phrase };
        HeaderRole { role, fitness: Fitness { extent: Extent::Whole, wording, words: words.len() } }
    }
}

/// How plainly a whole header has a role; `None` if it has the role only as a part of longer headers.
fn wording(role: Role, header: &str, uses: Uses) -> Option<Wording> {
    if header == role.key() {
        return Some(Wording::Key);
    }
    let wordings =
        [(Use::Specific, Wording::Specific), (Use::Usual, Wording::Usual), (Use::Possible, Wording::Possible)];
    wordings.into_iter().find(|(one, _)| uses.contain(*one)).map(|(_, wording)| wording)
}

impl Vocabulary {
    /// The role that a header or key means. Case, punctuation and plural do not matter, except where a
    /// plural has another meaning ("Services" are a purpose, "Service" is a product).
    ///
    /// If the whole header is not known, the part before its parenthesis or on one side of a slash counts.
    pub fn header(&self, label: &str) -> HeaderRole {
        let headers = self.headers();
        let whole = headers.role_of_words(label);
        if whole.role != Role::Other {
            return whole;
        }
        let outside = label.split('(').next().unwrap_or_default();
        let parts = [outside].into_iter().chain(outside.split('/')).filter(|part| part.len() < label.len());
        parts.filter_map(|part| headers.role_of_part(part, label)).next().unwrap_or(whole)
    }

    /// The role that a header or key means; [`Role::Other`] if it is not known. See [`Vocabulary::header`].
    pub fn role_of(&self, label: &str) -> Role {
        self.header(label).role
    }

    /// Whether a header of this role has a narrower meaning than the role: where a vendor has its seat is
    /// not where it processes data. Columns of both kinds are never merged.
    pub fn is_qualified_variant(&self, role: Role, label: &str) -> bool {
        let headers = self.headers();
        headers.words_of(label).iter().any(|word| headers.occurrence(word).narrow & bit(role) != 0)
    }

    /// Whether headers contain a word, which is in lower case.
    pub(super) fn is_header_word(&self, word: &str) -> bool {
        let headers = self.headers();
        headers.is_word(word) || headers.is_word(&singular(word))
    }

    /// Whether the column of a header or key only decorates the page: "Logo", "iconUrl".
    pub fn is_decoration(&self, label: &str) -> bool {
        let words = self.headers().words_of(label);
        let words: Vec<Cow<'_, str>> = words.iter().map(|word| singular(word)).collect();
        let (cores, details): (Vec<_>, Vec<_>) = words.iter().partition(|word| self.is(Meaning::Decoration, word));
        !cores.is_empty() && details.iter().all(|word| self.is(Meaning::DecorationDetail, word))
    }

    /// The words of a header or key, folded: `isActive` is "is", "active".
    pub fn label_words(&self, label: &str) -> Vec<String> {
        self.headers().words_of(label)
    }

    /// The form in which headers are compared: without case, punctuation and plural.
    pub fn label_form(&self, label: &str) -> Vec<String> {
        self.headers().words_of(label).iter().map(|word| singular(word).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_have_roles() {
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
            assert_eq!(Vocabulary::builtin().role_of(label), role, "{label}");
        }
    }

    #[test]
    fn headers_have_roles_in_the_languages_of_the_eu() {
        for (label, role) in [
            ("Unterauftragsverarbeiter", Role::Name),
            ("Sous-traitants", Role::Name),
            ("Dostawca", Role::Name),
            ("Underbiträde", Role::Name),
            ("Ort der Verarbeitung", Role::Location),
            ("Pays d'hébergement", Role::Location),
            ("País", Role::Location),
            ("Luogo del trattamento", Role::Location),
            ("Verwerkingslocatie", Role::Location),
            ("Lokalizacja", Role::Location),
            ("Zweck der Verarbeitung", Role::Purpose),
            ("Finalité du traitement", Role::Purpose),
            ("Finalidad del tratamiento", Role::Purpose),
            ("Formål", Role::Purpose),
            ("Käyttötarkoitus", Role::Purpose),
            ("Datenkategorien", Role::Data),
            ("Catégories de données", Role::Data),
            ("Kategorie danych", Role::Data),
            ("Drittlandübermittlung", Role::Transfer),
            ("Statut", Role::Status),
            ("Location / Standort", Role::Location),
        ] {
            assert_eq!(Vocabulary::builtin().role_of(label), role, "{label}");
        }
    }

    #[test]
    fn headers_of_several_words_have_roles_in_other_languages() {
        for (role, labels) in [
            (
                Role::Name,
                "供应商|会社名|再委託先|업체명|수탁자|Alt işleyen|Субобробник|Underdatabehandler|Undirvinnsluaðili",
            ),
            (
                Role::Location,
                "地点|数据存储地点|处理地点|データの保管場所|所在地|이전 국가|서버 위치|Konum|Місце обробки",
            ),
            (
                Role::Location,
                "Land der Datenspeicherung|Standort der Server|Lieu de stockage des données|Pays d'hébergement",
            ),
            (
                Role::Location,
                "País de alojamiento|Lugar de almacenamiento de los datos|Luogo di conservazione dei dati",
            ),
            (Role::Location, "País de armazenamento|Land van opslag|Kraj przechowywania danych|Místo uložení dat"),
            (
                Role::Location,
                "Host region|Regions used|Where is the data hosted?|Location of customer data|Country code",
            ),
            (Role::Purpose, "用途|处理目的|利用目的|위탁 업무|위탁업무 내용|İşleme amacı|Мета обробки|Processing task"),
            (
                Role::Purpose,
                "Zweck der Datenverarbeitung|Finalité des traitements|Doel van het gebruik|Cel powierzenia",
            ),
            (Role::Data, "数据类型|个人信息|データの種類|개인정보 항목|Veri kategorileri|Категорії даних"),
            (Role::Status, "状态|ステータス|상태|Durum|Статус"),
            (
                Role::Other,
                "Where (code)|Where (file)|Location in the code|Location (module)|Where used|Region (customer)",
            ),
            (
                Role::Other,
                "Zeitpunkt|Postanschrift|Prix|Precio|价格|備考|비고|Transport|Customer country|Product location",
            ),
        ] {
            for label in labels.split('|') {
                assert_eq!(Vocabulary::builtin().role_of(label), role, "{label}");
            }
        }
    }

    #[test]
    fn headers_are_in_the_table_as_they_are_looked_up() {
        let words = Vocabulary::builtin();
        let headers = words.headers();
        for header in headers.words.keys().filter(|word| headers.whole(word).is_some()) {
            let looked_up = headers.words_of(header).join(" ");
            assert_eq!(
                looked_up, header,
                "{header:?} in words.tsv is never found: write it in lower case and singular"
            );
        }
    }

    #[test]
    fn the_better_header_of_a_role_comes_first() {
        for (better, worse) in [
            ("Name", "Sub-processor"),
            ("Sub-processor", "Company"),
            ("Vendor", "Legal entity"),
            ("Legal entity", "Full name of the company"),
            ("Location", "Country"),
            ("Location of processing", "Company location"),
            ("Location", "Location / Standort"),
            ("Location", "Favourite colour"),
        ] {
            let words = Vocabulary::builtin();
            assert!(words.header(better).fitness < words.header(worse).fitness, "{better} / {worse}");
        }
    }

    #[test]
    fn some_headers_have_a_narrower_meaning_than_their_role() {
        let words = Vocabulary::builtin();
        for (role, label) in [
            (Role::Location, "Headquarters"),
            (Role::Location, "Country of incorporation"),
            (Role::Transfer, "SCCs"),
            (Role::Effective, "Date added"),
        ] {
            assert!(words.is_qualified_variant(role, label), "{label}");
        }
        for (role, label) in [(Role::Location, "Country"), (Role::Effective, "Effective date"), (Role::Name, "HQ")] {
            assert!(!words.is_qualified_variant(role, label), "{label}");
        }
    }

    #[test]
    fn the_key_of_a_role_is_its_best_header() {
        for role in Role::ALL {
            assert_eq!(Vocabulary::builtin().role_of(role.key()), role, "{role}");
        }
    }

    #[test]
    fn labels_ignore_case_punctuation_and_plural() {
        let words = Vocabulary::builtin();
        for (a, b) in [("Sub-processors", "sub processor"), ("Data categories", "dataCategory"), ("URL", "url")] {
            assert_eq!(words.label_form(a), words.label_form(b));
        }
        assert_ne!(words.label_form("Data"), words.label_form("Date"));
    }
}
