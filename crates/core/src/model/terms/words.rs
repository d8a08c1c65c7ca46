//! Fixed words of notice terms, and channels and audiences that other texts may extend.

use std::{convert::Infallible, fmt, str::FromStr};

/// An enum whose values are written as fixed words; every other text is its `Other` value.
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
            /// The fixed words.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word or text as it is written.
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

/// An enum whose values are written as fixed words; other texts are errors that list the words.
macro_rules! closed_words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $value,)+
        }

        impl $name {
            /// The fixed words.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as it is written.
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
        /// A new sub-processor.
        Added = "added",
        /// One sub-processor instead of another.
        Replaced = "replaced",
        /// An available or optional sub-processor goes into use.
        Activated = "activated",
        /// A sub-processor is removed.
        Removed = "removed",
        /// Processing at another place.
        Relocated = "relocated",
        /// Processing for another purpose.
        PurposeChanged = "purpose-changed",
        /// Processing of other data.
        DataChanged = "data-changed",
        /// Another transfer safeguard.
        TransferChanged = "transfer-changed",
        /// Another scope: other products, plans or customers.
        ScopeChanged = "scope-changed",
        /// Other notice terms.
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
        /// A customer objects.
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
        /// Monday.
        Monday = "mon",
        /// Tuesday.
        Tuesday = "tue",
        /// Wednesday.
        Wednesday = "wed",
        /// Thursday.
        Thursday = "thu",
        /// Friday.
        Friday = "fri",
        /// Saturday.
        Saturday = "sat",
        /// Sunday.
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
        /// It is necessary.
        Required = "required",
    }
}

closed_words! {
    /// Which changes the terms are limited to.
    Changes {
        /// Only material ones.
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
        /// E-mail.
        Email = "email",
        /// The published page.
        Page = "page",
        /// A feed.
        Feed = "feed",
        /// The product's console.
        Console = "console",
        /// A message inside the product.
        InProduct = "in-product",
        /// The next sign-in.
        SignIn = "sign-in",
        /// A subscription of the customer's choice.
        Subscription = "subscription",
        /// A letter.
        Letter = "letter",
        /// Another document of the publisher, such as its terms of service.
        Document = "document",
    }
}

open_words! {
    /// Who is notified.
    Audience {
        /// Every customer.
        Customers = "customers",
        /// Customers who subscribed to notices.
        Subscribers = "subscribers",
        /// Customers with a contract that promises notice.
        ContractHolders = "contract-holders",
        /// The owner or administrator of an account.
        AccountOwners = "account-owners",
    }
}
