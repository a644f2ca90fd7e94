//! Reasons and warnings: the stable codes, and the table of the rules they come from.

use std::fmt;

/// Why no user is created for a staff member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[repr(u8)]
pub enum Reason {
    /// They do not work for the network now.
    Inactive,
    /// A user is linked to them already.
    AlreadyLinked,
    /// Their record has no email.
    NoEmail,
    /// The email on their record is not an address.
    InvalidEmail,
    /// A user of the network holds their email.
    EmailTaken,
    /// The network has no such staff member.
    Unknown,
    /// Several of the selected candidates have this email.
    EmailShared,
    /// The email on their record is not the one that the plan was made for.
    EmailChanged,
    /// The batch was to create everyone or nobody, and somebody was refused.
    AllOrNothing,
}

/// What an administrator should know although the user is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[repr(u8)]
pub enum Warning {
    /// Their record does not list the current school.
    WorksElsewhere,
    /// Another staff record, not of a selected candidate, has the same email.
    EmailShared,
    /// Their record changed between preview and commit; they were eligible both times.
    ChangedSincePreview,
}

/// One row of the table of rules: what a code means, where it comes from and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleRow<T> {
    /// The reason or warning.
    pub fires: T,
    /// The stable code, part of the API.
    pub code: &'static str,
    /// The number of the rule in `docs/rules.md`.
    pub rule: &'static str,
    /// What is the matter, about one person.
    pub meaning: &'static str,
    /// What an administrator can do about it.
    pub remedy: &'static str,
}

impl Reason {
    /// Every reason, with its code and rule, in the order in which they are reported. The first five are the
    /// rule of eligibility (R1); the others come from the selection, the plan and the commit.
    pub const TABLE: [RuleRow<Self>; 9] = [
        RuleRow {
            fires: Self::Inactive,
            code: "inactive",
            rule: "R1",
            meaning: "is not an active staff member",
            remedy: "make the record active in the SIS and import again",
        },
        RuleRow {
            fires: Self::AlreadyLinked,
            code: "already-linked",
            rule: "R1",
            meaning: "has a user already",
            remedy: "give the existing user access to this school",
        },
        RuleRow {
            fires: Self::NoEmail,
            code: "no-email",
            rule: "R1",
            meaning: "has no email",
            remedy: "add a work email in the SIS and import again",
        },
        RuleRow {
            fires: Self::InvalidEmail,
            code: "invalid-email",
            rule: "R1, R3",
            meaning: "has an email that is not an address",
            remedy: "correct the email in the SIS and import again",
        },
        RuleRow {
            fires: Self::EmailTaken,
            code: "email-taken",
            rule: "R1",
            meaning: "has an email that a user holds already",
            remedy: "link that user to this staff member, or correct the email in the SIS",
        },
        RuleRow {
            fires: Self::Unknown,
            code: "unknown",
            rule: "R4",
            meaning: "is not a staff member of this network",
            remedy: "check the id",
        },
        RuleRow {
            fires: Self::EmailShared,
            code: "email-shared",
            rule: "R5",
            meaning: "has the same email as another of the selected staff members",
            remedy: "select only the person whose address it is, or correct the others in the SIS",
        },
        RuleRow {
            fires: Self::EmailChanged,
            code: "email-changed",
            rule: "R13",
            meaning: "has another email now than in the preview",
            remedy: "preview again",
        },
        RuleRow {
            fires: Self::AllOrNothing,
            code: "all-or-nothing",
            rule: "R13",
            meaning: "was left out because somebody else was refused",
            remedy: "leave the refused staff members out, or allow a partial batch",
        },
    ];

    /// The reasons that decide whether somebody is a candidate.
    pub const ELIGIBILITY: [Self; 5] =
        [Self::Inactive, Self::AlreadyLinked, Self::NoEmail, Self::InvalidEmail, Self::EmailTaken];

    /// Its row of the table.
    pub const fn row(self) -> RuleRow<Self> {
        let [inactive, linked, missing, invalid, taken, unknown, shared, changed, all] = Self::TABLE;
        match self {
            Self::Inactive => inactive,
            Self::AlreadyLinked => linked,
            Self::NoEmail => missing,
            Self::InvalidEmail => invalid,
            Self::EmailTaken => taken,
            Self::Unknown => unknown,
            Self::EmailShared => shared,
            Self::EmailChanged => changed,
            Self::AllOrNothing => all,
        }
    }
}

impl Warning {
    /// Every warning, with its code and rule, in the order in which they are reported.
    pub const TABLE: [RuleRow<Self>; 3] = [
        RuleRow {
            fires: Self::WorksElsewhere,
            code: "works-elsewhere",
            rule: "R6",
            meaning: "does not work in this school by their record",
            remedy: "check that they should have access here",
        },
        RuleRow {
            fires: Self::EmailShared,
            code: "email-shared",
            rule: "R5",
            meaning: "has the same email as another staff record",
            remedy: "check whose address it is",
        },
        RuleRow {
            fires: Self::ChangedSincePreview,
            code: "changed-since-preview",
            rule: "R13",
            meaning: "has a record that changed since the preview",
            remedy: "look the record over",
        },
    ];

    /// Its row of the table.
    pub const fn row(self) -> RuleRow<Self> {
        let [elsewhere, shared, changed] = Self::TABLE;
        match self {
            Self::WorksElsewhere => elsewhere,
            Self::EmailShared => shared,
            Self::ChangedSincePreview => changed,
        }
    }
}

macro_rules! code_set {
    ($(#[$doc:meta])* $set:ident of $item:ident) => {
        impl $item {
            /// The stable code.
            pub const fn code(self) -> &'static str {
                self.row().code
            }

            /// The one with that code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::TABLE.iter().find(|row| row.code == code).map(|row| row.fires)
            }
        }

        impl fmt::Display for $item {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.code())
            }
        }

        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $set(u16);

        impl $set {
            /// The set with nothing in it.
            pub const fn empty() -> Self {
                Self(0)
            }

            /// The set of exactly one.
            pub const fn only(item: $item) -> Self {
                Self(1 << item as u8)
            }

            /// This set with `item` in it.
            #[must_use]
            pub const fn with(self, item: $item) -> Self {
                Self(self.0 | Self::only(item).0)
            }

            /// This set with `item` in it if `fires`.
            #[must_use]
            pub const fn with_if(self, fires: bool, item: $item) -> Self {
                if fires { self.with(item) } else { self }
            }

            /// This set without `item`.
            #[must_use]
            pub const fn without(self, item: $item) -> Self {
                Self(self.0 & !Self::only(item).0)
            }

            /// True if `item` is in the set.
            pub const fn contains(self, item: $item) -> bool {
                self.0 & Self::only(item).0 != 0
            }

            /// True if there are none.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// How many there are.
            pub const fn len(self) -> u32 {
                self.0.count_ones()
            }

            /// True if everything in this set is in `other`.
            pub const fn is_subset(self, other: Self) -> bool {
                self.0 & !other.0 == 0
            }

            /// Those in the set, in the order of the table.
            pub fn iter(self) -> impl Iterator<Item = $item> {
                $item::TABLE.into_iter().map(|row| row.fires).filter(move |item| self.contains(*item))
            }

            /// A number for the set; for digests, which stores keep: new items go to the end.
            pub(crate) const fn bits(self) -> u64 {
                self.0 as u64
            }
        }

        impl FromIterator<$item> for $set {
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                items.into_iter().fold(Self::empty(), Self::with)
            }
        }

        impl fmt::Debug for $set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self.iter()).finish()
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Vec::<$item>::deserialize(deserializer).map(|items| items.into_iter().collect())
            }
        }
    };
}

code_set! {
    /// A set of reasons. Empty: eligible.
    ReasonSet of Reason
}
code_set! {
    /// A set of warnings.
    WarningSet of Warning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_and_warning_stands_in_its_own_row() {
        for row in Reason::TABLE {
            assert_eq!(row.fires.row(), row);
            assert_eq!(Reason::from_code(row.code), Some(row.fires));
        }
        for row in Warning::TABLE {
            assert_eq!(row.fires.row(), row);
            assert_eq!(Warning::from_code(row.code), Some(row.fires));
        }
        assert_eq!(Reason::from_code("nonsense"), None);
    }

    #[test]
    fn the_table_is_in_the_order_of_the_codes() {
        assert!(Reason::TABLE.is_sorted_by_key(|row| row.fires));
        assert!(Warning::TABLE.is_sorted_by_key(|row| row.fires));
        assert_eq!(Reason::TABLE.map(|row| row.fires)[..5], Reason::ELIGIBILITY);
    }

    #[test]
    fn sets_keep_what_is_put_in() {
        let set = ReasonSet::only(Reason::EmailTaken).with(Reason::Inactive);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Reason::Inactive, Reason::EmailTaken]);
        assert_eq!(set.len(), 2);
        assert!(ReasonSet::only(Reason::Inactive).is_subset(set) && !set.is_subset(ReasonSet::empty()));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn codes_are_what_serde_writes() {
        for row in Reason::TABLE {
            assert_eq!(serde_json::to_value(row.fires).unwrap(), row.code);
        }
        for row in Warning::TABLE {
            assert_eq!(serde_json::to_value(row.fires).unwrap(), row.code);
        }
    }
}
