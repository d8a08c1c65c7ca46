//! One word of the vocabulary, and the table that words are read from.

use std::str::FromStr;

use super::{
    arrange,
    usage::{Use, Uses},
};
use crate::model::Role;

/// The stages in the life of an entry that statuses distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifecycle {
    /// The vendor will be used, but is not used yet.
    Planned,
    /// The vendor is used.
    Active,
    /// The vendor is used under a condition.
    Conditional,
    /// The vendor is used if the customer chooses it.
    Optional,
    /// The vendor is integrated, but not used.
    Available,
    /// The vendor was used and is not used at present.
    Suspended,
    /// The vendor is no longer used.
    Ended,
}

impl Lifecycle {
    const ALL: [Lifecycle; 7] = [
        Lifecycle::Planned,
        Lifecycle::Active,
        Lifecycle::Conditional,
        Lifecycle::Optional,
        Lifecycle::Available,
        Lifecycle::Suspended,
        Lifecycle::Ended,
    ];

    /// The state of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Lifecycle::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The name of the state: "planned".
    pub fn name(self) -> &'static str {
        match self {
            Lifecycle::Planned => "planned",
            Lifecycle::Active => "active",
            Lifecycle::Conditional => "conditional",
            Lifecycle::Optional => "optional",
            Lifecycle::Available => "available",
            Lifecycle::Suspended => "suspended",
            Lifecycle::Ended => "ended",
        }
    }
}

macro_rules! meanings {
    ($($(#[doc = $about:literal])+ $variant:ident $key:literal;)*) => {
        /// What a word means. The names of the meanings in `words.tsv` are those of [`Meaning::key`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Meaning {
            /// A header of a column with this role, or a part of one. In `words.tsv`: `role:location`.
            Role(Role),
            /// The beginning of a status: `status:planned`.
            Status(Lifecycle),
            /// A month from 1 to 12: `month:03`.
            Month(u8),
            /// A number of days or another unit, written as a word: `number:030`.
            Number(u16),
            $($(#[doc = $about])+ $variant,)*
        }

        /// The meanings without an argument, with their keys.
        const PLAIN_MEANINGS: &[(&str, Meaning)] = &[$(($key, Meaning::$variant)),*];

        /// The kinds of words: meanings, of which those with an argument are one kind each, and the words about vendors
        /// that count inside headings, headers and names of files.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind { Role, Status, Month, Number, VendorHeading, VendorColumn, VendorFile, $($variant),* }

        impl Kind {
            /// The kinds, in the order of their numbers.
            pub const ALL: &[(&str, Kind)] = &[
                ("role", Kind::Role),
                ("status", Kind::Status),
                ("month", Kind::Month),
                ("number", Kind::Number),
                ("vendor-heading", Kind::VendorHeading),
                ("vendor-column", Kind::VendorColumn),
                ("vendor-file", Kind::VendorFile),
                $(($key, Kind::$variant)),*
            ];
        }

        impl Meaning {
            /// The kind of a meaning.
            pub(super) fn kind(self) -> Kind {
                match self {
                    Meaning::Role(_) => Kind::Role,
                    Meaning::Status(_) => Kind::Status,
                    Meaning::Month(_) => Kind::Month,
                    Meaning::Number(_) => Kind::Number,
                    $(Meaning::$variant => Kind::$variant,)*
                }
            }
        }
    };
}

/// The numbers that promises of notice write as words.
const NUMBERS: [u16; 17] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 20, 30, 45, 60, 90];

meanings! {
    /// An ending of a company's name that states its legal form: "GmbH". Written without dots.
    LegalForm "legal-form";
    /// An ending of a web address that is used as a name: ".com" in "Monday.com".
    Domain "domain";
    /// A word that names may contain or omit.
    NameFiller "name-filler";
    /// A word before an earlier name: "Meta (formerly Facebook)".
    EarlierName "earlier-name";
    /// A word between the mark "new" and its date: "(new since May 2024)".
    NewMarkDate "new-mark-date";
    /// A cell that states that the column does not apply.
    NotApplicable "not-applicable";
    /// A word before a date that does not change its meaning.
    DateFiller "date-filler";
    /// A word between the day, month and year of a date: "1 de octubre de 2026".
    DateJoint "date-joint";
    /// Words behind a date that leave the period open at its end: "2027 and beyond".
    OpenEnd "open-end";
    /// A word between the items of an enumeration. It is one word, not a phrase.
    Conjunction "conjunction";
    /// A sign or word between two places, which is not a conjunction elsewhere: "UK+EU". It is one word.
    PlaceJoiner "place-joiner";
    /// A word next to the name of a cloud region: "AWS eu-central-1".
    CloudWord "cloud-word";
    /// A word that excludes an area: "outside the EU".
    Outside "outside";
    /// A key that is written in capitals when it is shown as a label.
    Acronym "acronym";
    /// Words in headings and headers of tables that are not lists of vendors.
    OtherSubject "other-subject";
    /// Words above bullets about the procedure around the list rather than its entries.
    Procedure "procedure";
    /// A title of the agreement on processing: "DPA", "Data Processing Addendum".
    ProcessingAgreement "processing-agreement";
    /// Words of a sentence that states that the vendors below are no longer used.
    NoLongerUsed "no-longer-used";
    /// The header of a column of changes, as a whole.
    ChangeColumn "change-column";
    /// A word in the header of a column of changes.
    ChangeWord "change-word";
    /// A word in the header of a column that only decorates the page: "logo".
    Decoration "decoration";
    /// A word next to it: "logo URL".
    DecorationDetail "decoration-detail";
    /// A word that shows that a header with a change word is not a column of changes: "last changed".
    ChangeWordException "change-word-exception";
    /// A word in the header of a column of dates.
    DateWord "date-word";
    /// A word in the heading of a change history.
    HistoryWord "history-word";
    /// A word in the heading of changes to come, which are not history.
    AheadWord "ahead-word";
    /// Words of a line about the page itself: "Last updated".
    PageDate "page-date";
    /// The header of the column of values in a table of fields and values.
    ValueColumn "value-column";
    /// The header of the column of fields in a table of fields and values.
    FieldColumn "field-column";
    /// The header of a column that numbers the rows.
    RowNumber "row-number";
    /// A word that may follow the status in a heading: "Removed in 2024".
    StatusTail "status-tail";
    /// A word before the status in a heading: "List of our former sub-processors".
    ListIntro "list-intro";
    /// The beginning of a remark behind a name that is struck out: "removed in May".
    StrikeRemark "strike-remark";
    /// A word in the heading of a section that concerns some customers only: "only if you use Maps".
    Condition "condition";
    /// Words in a heading of recipients that do not process data on behalf of the publisher.
    OwnController "own-controller";
    /// The name of a document or page about a vendor, which is not a part of the vendor's name.
    DocumentName "document-name";
    /// A key of nested data that contains entries and does not describe them.
    ContainerKey "container-key";
    /// A unit of time: hours.
    UnitHour "unit-hour";
    /// A unit of time: calendar days.
    UnitDay "unit-day";
    /// A unit of time: business days, as one word.
    UnitBusinessDay "unit-business-day";
    /// A unit of time: weeks.
    UnitWeek "unit-week";
    /// A unit of time: months.
    UnitMonth "unit-month";
    /// A word next to "days" that makes them business days.
    BusinessWord "business-word";
    /// A word between a number and its unit that does not change the length: "calendar".
    CalendarWord "calendar-word";
    /// The beginning of a word about notifying customers or publishing: "notif".
    NoticeStem "notice-stem";
    /// Words next to a length of time that is a lead: "in advance".
    LeadMark "lead-mark";
    /// Words of a promise that does not bind: "typically 30 days".
    Hedge "hedge";
    /// A word before a length of time in which something is done: "within".
    WindowMark "window-mark";
    /// The beginning of a word about objections.
    ObjectionStem "objection-stem";
    /// Words by which a sentence refers to a period that another one states: "during this period".
    SamePeriod "same-period";
    /// The beginning of a word about additions.
    AdditionStem "addition-stem";
    /// The beginning of a word about replacements.
    ReplacementStem "replacement-stem";
    /// The beginning of a word about activations.
    ActivationStem "activation-stem";
    /// The beginning of a word about changes in general.
    ChangeStem "change-stem";
    /// The beginning of a word about receiving a notice.
    ReceiptStem "receipt-stem";
    /// The beginning of a word about publishing a change on the page.
    PublicationStem "publication-stem";
    /// The beginning of a word about emergencies.
    EmergencyStem "emergency-stem";
    /// A document or subject other than the list. Its changes may have a separate notice.
    OtherDocument "other-document";
    /// A word in the names of documents and rules, which are not vendors.
    DocumentWord "document-word";
    /// A word of sentences about people of the publisher.
    StaffWord "staff-word";
    /// A word that negates a sentence: "not", "never".
    Negation "negation";
    /// Words of a sentence about the future: "will", "as of".
    FutureMark "future-mark";
    /// The beginning of a verb that engages a vendor: "add".
    EngagementStem "engagement-stem";
    /// A word that begins a sentence and is never the name of a vendor.
    CommonWord "common-word";
    /// A word or phrase that denies what follows: "not" in "not sub-processors".
    Denial "denial";
    /// An article that denies at the beginning of a phrase: "no" in "no sub-processors".
    NegativeArticle "negative-article";
    /// A word that may be between a denial and the denied thing: "considered" in "not considered sub-processors".
    DenialFiller "denial-filler";
    /// An article before a single thing: "a".
    IndefiniteArticle "indefinite-article";
    /// A verb that may end a denial: "use" in "tools that we do not use".
    DenialVerb "denial-verb";
    /// The first word of a description that has the vendor as its subject: "Provides hosting".
    ServiceVerb "service-verb";
    /// A word between a vendor and what it is used for: "Acme for backups".
    PurposeMark "purpose-mark";
    /// A verb of denial that denies the engagement itself: "sub-processors not used".
    UseVerb "use-verb";
    /// A word that refers to a list below or above: "these", "following".
    Demonstrative "demonstrative";
    /// A word that may follow the verb where a sentence denies that the vendors of a list are used: "any" in "we do not use
    /// any of them".
    DeniedUse "denied-use";
    /// A word for people of the publisher in a heading: "team", "contacts".
    PeopleWord "people-word";
    /// A word that may be next to it without changing its meaning: "meet" in "Meet our team".
    PeopleFiller "people-filler";
    /// The profession or office of a person: "head of", "CEO".
    JobTitle "job-title";
    /// The whole text of a link to another page of a website: "About", "Careers".
    SiteLink "site-link";
    /// The beginning of a word about data and their protection: "privacy".
    DataStem "data-stem";
    /// The beginning of a verb about giving data to others: "shar".
    SharingStem "sharing-stem";
    /// A common noun for those who get data: "companies".
    RecipientNoun "recipient-noun";
    /// A word before those who get data, at the end of a sentence: "with" in "Your data are shared with:".
    RecipientMark "recipient-mark";
    /// A word for a kind of recipients or cases rather than the name of one: "authorities".
    RecipientGroup "recipient-group";
    /// A noun for what happens rather than for who gets data: "reasons" in "for the following reasons".
    CaseNoun "case-noun";
    /// The end of a sentence that cases complete: "when" in "We share data when:".
    CaseEnd "case-end";
    /// A word that limits a denial: "except" in "no vendors except these".
    Exception "exception";
    /// A common noun for vendors or their list in a heading: "entries" in "Removed entries".
    ListNoun "list-noun";
    /// The beginning of a heading or question that explains rather than lists: "how" in "How we choose vendors".
    ExplanationIntro "explanation-intro";
    /// The whole heading of a part that is not about vendors: "Related documents".
    OtherHeading "other-heading";
    /// A verb of obligation, as in the clauses of an agreement: "shall".
    Obligation "obligation";
    /// The label of a fact about the document itself: "Version", "Approved by".
    DocumentField "document-field";
    /// A word in the title of a legal or informational page: "policy" in "Privacy policy".
    PageWord "page-word";
    /// The header of a column of subjects or groups, which are not names: "Category".
    GroupColumn "group-column";
    /// The last word of a kind of personal data: "data" in "Account data", "address" in "IP address". Also as the end of
    /// a compound word: "Nutzungsdaten".
    DataKindEnd "data-kind-end";
    /// The first word of a kind of personal data: "Donn\u{e9}es" in "Donn\u{e9}es de compte".
    DataKindStart "data-kind-start";
    /// A text in place of a name where the list has no entry: "None at present".
    NoEntry "no-entry";
    /// The title of a page that is shown in place of another one: "Not found", "Log in".
    ErrorPage "error-page";
    /// A key of a response that describes an error: "message".
    ErrorKey "error-key";
    /// A text in place of a value that is not known yet: "TBC".
    Placeholder "placeholder";
    /// Words at the beginning of a line that states when a page was last changed: "Last updated".
    UpdateMark "update-mark";
    /// Words by which a cell refers to another entry: "same as".
    SameAs "same-as";
    /// A word before the date from which a vendor is used: "from".
    StartMark "start-mark";
    /// The name of a mechanism for transfers to third countries: "SCCs".
    TransferMechanism "transfer-mechanism";
    /// The beginning of a statement that a transfer needs no mechanism: "none needed".
    NoTransfer "no-transfer";
    /// Words of a transfer mechanism that exists only for some countries: "adequacy".
    AdequacyWord "adequacy-word";
    /// A word about safeguards in general: "safeguards".
    SafeguardWord "safeguard-word";
    /// The header of a column of legal entities.
    EntityColumn "entity-column";
    /// The header of a column of contacts.
    ContactColumn "contact-column";
    /// The beginning of a word about the place where data are kept: "host".
    HostingStem "hosting-stem";
    /// A word for programs that customers connect themselves: "integrations".
    IntegrationWord "integration-word";
    /// A word behind the name of a country that makes it the name of a law or authority: "PDPA".
    LawWord "law-word";
    /// An answer in place of a reason: "yes".
    Affirmation "affirmation";
    /// An answer that denies: "no".
    Refusal "refusal";
    /// The beginning of a word about removals.
    RemovalStem "removal-stem";
    /// A word of a scope that leaves nobody out: "all plans".
    Everyone "everyone";
}

impl Meaning {
    /// The meaning as `words.tsv` writes it.
    pub fn key(self) -> String {
        match self {
            Meaning::Role(role) => format!("role:{role}"),
            Meaning::Status(state) => format!("status:{}", state.name()),
            Meaning::Month(number) => format!("month:{number:02}"),
            Meaning::Number(number) => format!("number:{number:03}"),
            plain => {
                PLAIN_MEANINGS.iter().find(|(_, known)| *known == plain).map(|(key, _)| *key).unwrap_or_default().into()
            }
        }
    }

    /// Every meaning that the table must have words for.
    pub fn all() -> impl Iterator<Item = Meaning> {
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Other).map(Meaning::Role);
        let states = Lifecycle::ALL.into_iter().map(Meaning::Status);
        let numbers = (1..=12).map(Meaning::Month).chain(NUMBERS.into_iter().map(Meaning::Number));
        roles.chain(states).chain(numbers).chain(PLAIN_MEANINGS.iter().map(|(_, plain)| *plain))
    }
}

impl FromStr for Meaning {
    type Err = Fault;

    fn from_str(key: &str) -> Result<Self, Fault> {
        let meaning = match key.split_once(':') {
            Some(("role", role)) => Role::from_key(role).filter(|role| *role != Role::Other).map(Meaning::Role),
            Some(("status", name)) => Lifecycle::named(name).map(Meaning::Status),
            Some(("month", number)) => number.parse().ok().filter(|n| (1..=12).contains(n)).map(Meaning::Month),
            Some(("number", number)) => number.parse().ok().filter(|n| NUMBERS.contains(n)).map(Meaning::Number),
            _ => PLAIN_MEANINGS.iter().find(|(known, _)| *known == key).map(|(_, plain)| *plain),
        };
        meaning.ok_or(Fault::Meaning)
    }
}

/// A row of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// The meaning of the word.
    pub meaning: Meaning,
    /// ISO 639-1 code of its language; "mul" if it belongs to none.
    pub language: &'t str,
    /// The word or phrase, folded; headers in singular.
    pub text: &'t str,
    /// Where it counts, for the meanings that distinguish this.
    pub uses: Uses,
}

/// Why a line of the table is not a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The line does not have three or four columns.
    #[error("expected three or four columns, separated by tabs")]
    Columns,
    /// The meaning is not one of [`Meaning`].
    #[error("unknown meaning")]
    Meaning,
    /// A use is not known, or words of this meaning cannot have it.
    #[error("unknown use, or one that words of this meaning cannot have")]
    Use,
}

/// A table of words that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the vocabulary: {fault}")]
pub struct BadWords {
    /// The number of the line, counted from 1.
    pub line: usize,
    /// The fault of this line.
    pub fault: Fault,
}

/// The words of a table. Neighbouring lines mostly have the same meaning, which is parsed once.
pub(super) fn words(table: &str) -> impl Iterator<Item = Result<Word<'_>, BadWords>> {
    let mut known = None;
    arrange::lines(table).map(move |(line, text)| word(text, &mut known).map_err(|fault| BadWords { line, fault }))
}

/// The first column of a line, and the rest if there is another. Columns are too short for [`str::split`] to be quick.
fn first_column(line: &str) -> (&str, Option<&str>) {
    match line.bytes().position(|byte| byte == b'\t') {
        Some(end) => (&line[..end], Some(&line[end + 1..])),
        None => (line, None),
    }
}

/// The word of a line; `known` is the meaning of the last one, with its key.
fn word<'t>(line: &'t str, known: &mut Option<(&'t str, Meaning)>) -> Result<Word<'t>, Fault> {
    let (key, rest) = first_column(line);
    let (language, rest) = first_column(rest.ok_or(Fault::Columns)?);
    let (text, rest) = first_column(rest.ok_or(Fault::Columns)?);
    let (uses, rest) = first_column(rest.unwrap_or_default());
    if rest.is_some() {
        return Err(Fault::Columns);
    }
    let meaning = match known {
        Some((last, meaning)) if *last == key => *meaning,
        _ => key.parse()?,
    };
    *known = Some((key, meaning));
    Ok(Word { meaning, language, text, uses: uses_of(uses, meaning)? })
}

fn uses_of(list: &str, meaning: Meaning) -> Result<Uses, Fault> {
    list.split(',').filter(|name| !name.is_empty()).try_fold(Uses::default(), |uses, name| {
        let one = Use::named(name).filter(|one| one.suits(meaning)).ok_or(Fault::Use)?;
        Ok(uses.with(one))
    })
}
