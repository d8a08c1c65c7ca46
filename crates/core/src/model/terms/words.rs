//! Fixed words of notice terms, and channels and audiences that other texts may extend.

use std::{convert::Infallible, fmt, str::FromStr};

/// An enum with values that are written as fixed words; every other text is its `Other` value.
macro_rules! open_words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $value,)+
            /// Another one, in the publisher's words.
            Other(String),
        }

        impl $name {
            /// The fixed words, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word or text in its written form.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$value => $word,)+
                    $name::Other(text) => text,
                }
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(match text {
                    $($word => $name::$value,)+
                    other => $name::Other(other.to_owned()),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::serde_as_text!($name);
    };
}

/// An enum with values that are written as fixed words; other texts are errors that list the words.
macro_rules! closed_words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $value,)+
        }

        impl $name {
            /// The fixed words, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word in its written form.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$value => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok($name::$value),)+
                    other => Err(UnknownWord { word: other.to_owned(), known: Self::WORDS }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::serde_as_text!($name);
    };
}

/// A text that is not one of the fixed words of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    word: String,
    known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown variant `{}`, expected one of `{}`", self.word, self.known.join("`, `"))
    }
}

impl std::error::Error for UnknownWord {}

closed_words! {
    /// A kind of change that notice is promised for.
    Trigger {
        /// A new sub-processor is added.
        Added = "added",
        /// One sub-processor instead of another.
        Replaced = "replaced",
        /// An available or optional sub-processor is put into use.
        Activated = "activated",
        /// A sub-processor is removed.
        Removed = "removed",
        /// Processing at another place.
        Relocated = "relocated",
        /// Processing for another purpose.
        PurposeChanged = "purpose-changed",
        /// Processing of other data.
        DataChanged = "data-changed",
        /// The safeguard of a transfer changes.
        TransferChanged = "transfer-changed",
        /// Another scope: other products, plans or customers.
        ScopeChanged = "scope-changed",
        /// The notice terms themselves change.
        TermsChanged = "terms-changed",
        /// Every change of the list that no other kind of these terms names.
        Any = "any",
    }
}

closed_words! {
    /// An event that a period counts from, or that a notice precedes.
    Event {
        /// Customers are notified: the e-mail, message or other notice is sent.
        Notification = "notification",
        /// The change is published on the page.
        Publication = "publication",
        /// The change takes effect, or processing begins.
        Effective = "effective",
        /// A customer receives the notice.
        Receipt = "receipt",
        /// The vendor is added to the list.
        Listing = "listing",
        /// The vendor is activated for a customer's workspace.
        Activation = "activation",
        /// The vendor is engaged, before or after it is listed.
        Engagement = "engagement",
        /// A customer objects to the change.
        Objection = "objection",
        /// An earlier period ends.
        PeriodEnd = "period-end",
        /// The publisher's own supplier publishes a change.
        UpstreamPublication = "upstream-publication",
    }
}

closed_words! {
    /// A day of the week.
    Weekday {
        /// Monday, written as `mon`.
        Monday = "mon",
        /// Tuesday, written as `tue`.
        Tuesday = "tue",
        /// Wednesday, written as `wed`.
        Wednesday = "wed",
        /// Thursday, written as `thu`.
        Thursday = "thu",
        /// Friday, written as `fri`.
        Friday = "fri",
        /// Saturday, written as `sat`.
        Saturday = "sat",
        /// Sunday, written as `sun`.
        Sunday = "sun",
    }
}

closed_words! {
    /// What happens to a calendar deadline on a weekend day or holiday.
    Roll {
        /// It moves to the next working day.
        NextWorkingDay = "next-working-day",
    }
}

closed_words! {
    /// Whether notice is promised at all, where the terms state it.
    Promise {
        /// The publisher states that it gives no notice.
        None = "none",
        /// The publisher states that it will try.
        BestEfforts = "best-efforts",
    }
}

closed_words! {
    /// What a term demands.
    Requirement {
        /// The term is necessary in any case.
        Required = "required",
    }
}

closed_words! {
    /// Which changes the terms are limited to.
    Changes {
        /// Only material changes are covered.
        Material = "material",
    }
}

closed_words! {
    /// What silence within the objection window means.
    Silence {
        /// The change is accepted.
        Acceptance = "acceptance",
    }
}

closed_words! {
    /// What a customer may do within the window.
    Remedy {
        /// Object to the change.
        Object = "object",
        /// Terminate the contract or the affected part.
        Terminate = "terminate",
    }
}

closed_words! {
    /// A step after an objection.
    Step {
        /// Both sides look for a solution.
        Talks = "talks",
        /// The contract may be terminated.
        Termination = "termination",
    }
}

closed_words! {
    /// How several channels relate.
    ChannelRule {
        /// Every channel is used.
        All = "all",
        /// One of the channels is used.
        Any = "any",
    }
}

open_words! {
    /// How customers are notified.
    Channel {
        /// E-mail to an address of the customer.
        Email = "email",
        /// The page with the published list.
        Page = "page",
        /// An Atom or JSON feed.
        Feed = "feed",
        /// The product's administration console.
        Console = "console",
        /// A message inside the product.
        InProduct = "in-product",
        /// A message at the next sign-in.
        SignIn = "sign-in",
        /// A subscription of the customer's choice.
        Subscription = "subscription",
        /// A letter by post.
        Letter = "letter",
        /// Another document of the publisher, such as its terms of service.
        Document = "document",
    }
}

open_words! {
    /// The people who are notified.
    Audience {
        /// Every customer of the publisher.
        Customers = "customers",
        /// Customers who subscribed to notices.
        Subscribers = "subscribers",
        /// Customers with a contract that promises notice.
        ContractHolders = "contract-holders",
        /// The owner or administrator of an account.
        AccountOwners = "account-owners",
    }
}
