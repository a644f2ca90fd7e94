//! The list of faults.

macro_rules! faults {
    ($($(#[doc = $what:literal])+ $name:ident,)*) => {
        /// One thing that is wrong with a store.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[doc = $what])+ $name,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What is wrong, as a phrase.
            pub const fn what(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($what),+),)*
                }
            }
        }
    };
}

faults! {
    // Units of work.
    /// Works in one network, whichever it is begun for.
    IgnoresTheNetwork,
    /// Says that it was begun for another network.
    MisstatesItsNetwork,
    /// Keeps the network's record when dropped.
    DropKeepsNetworks,
    /// Keeps schools when dropped.
    DropKeepsSchools,
    /// Keeps groups when dropped.
    DropKeepsGroups,
    /// Keeps staff members when dropped.
    DropKeepsStaff,
    /// Keeps users when dropped.
    DropKeepsUsers,
    /// Keeps hashes and shared passwords when dropped.
    DropKeepsPasswords,
    /// Keeps batches when dropped.
    DropKeepsBatches,
    /// Keeps audit records when dropped.
    DropKeepsAudit,
    /// Keeps sessions when dropped.
    DropKeepsSessions,
    /// Keeps resets when dropped, and taken ones taken.
    DropKeepsResets,
    /// Keeps failures when dropped.
    DropKeepsFailures,
    /// Keeps invitations when dropped.
    DropKeepsInvitations,
    /// Commits every write at once: there are no transactions.
    CommitsEveryWrite,
    /// Answers that it has committed, and has not.
    LosesCommits,
    /// Answers that it has committed after an error.
    CommitsAfterErrors,
    /// Pretends to write in a unit of work for reading.
    WritesWhileReading,
    /// Reads in a unit of work for reading what is to be held, and holds nothing.
    HoldsWhileReading,
    /// Does not read what it has written.
    ForgetsItsOwnWrites,
    /// Decides by the records as they were when it began, and looks at nothing again when it commits.
    DecidesOnOldRecords,
    /// Answers a conflict with an error.
    FailsOnConflicts,
    /// Cannot commit after a conflict.
    CannotCommitAfterConflicts,
    /// Has a record of every network, written or not.
    InventsNetworks,
    /// Writes records of networks that do not exist.
    NeedsNoNetwork,
    /// Takes records that refer to nothing.
    ChecksNoReferences,

    // What is written.
    /// Keeps the canonical form of an email instead of the given one.
    KeepsOnlyCanonicalEmails,
    /// Cuts names after 64 characters.
    CutsNames,
    /// Loses characters beyond the basic plane.
    LosesRareCharacters,
    /// Cuts hashes after 255 characters.
    CutsHashes,
    /// Keeps milliseconds.
    KeepsMilliseconds,
    /// Keeps revisions in 31 bits.
    KeepsSmallRevisions,
    /// Keeps one school of everybody.
    KeepsOneSchool,
    /// Keeps one group of every user.
    KeepsOneGroup,
    /// Keeps fifty permissions of every group.
    KeepsFewPermissions,
    /// Enables every user.
    EnablesUsers,
    /// Makes every group active.
    ActivatesGroups,
    /// Makes every staff member active.
    ActivatesStaff,
    /// Keeps no emails that are not addresses.
    LosesBadEmails,
    /// Forgets which batch made a user.
    ForgetsWhoMadeUsers,
    /// Forgets sign-ins.
    ForgetsSignIns,
    /// Forgets which shared password a batch has.
    ForgetsBatchPasswords,
    /// Loses the warnings of a report.
    LosesWarnings,
    /// Orders the rows of a report by SIS id.
    SortsReports,
    /// Cuts reports after ten thousand rows.
    CutsReports,
    /// Keeps digests in 64 bits.
    CutsDigests,
    /// Does not write the audit log.
    KeepsNoAudit,
    /// Loses the reasons of an audit record.
    LosesAuditReasons,
    /// Does not write the last row of several.
    LosesTheLastRowWritten,
    /// Gives each user the hash of another.
    SwapsHashes,
    /// Counts a new hash as an edit.
    HashEditsUsers,
    /// Keeps the first hash of a user.
    KeepsTheFirstHash,
    /// Updates a user but for its schools and groups.
    UpdatesNoSets,
    /// Keeps the old spelling when an email is only respelled.
    IgnoresRespelling,

    // What conflicts, and what becomes of it.
    /// Takes several users with one email.
    AcceptsTakenEmails,
    /// Takes several users for one staff member.
    AcceptsTakenLinks,
    /// Overwrites the user whose id is taken.
    OverwritesTakenIds,
    /// Says that a taken id of a school or staff member was written.
    AcceptsTakenRecords,
    /// Compares emails as they were given.
    ComparesEmailsAsGiven,
    /// Compares emails as a database with a kind collation does.
    ComparesEmailsKindly,
    /// Writes no row if one conflicts.
    OneConflictRefusesAll,
    /// Says that it wrote the rows beside one whose email is taken, and loses them.
    LosesRowsBesideATakenEmail,
    /// Overlooks conflicts between rows of one call.
    OverlooksConflictsWithinACall,
    /// Compares group names as they were given.
    ComparesGroupNamesAsGiven,
    /// Refuses two schools of one name.
    RefusesSharedSchoolNames,
    /// Compares SIS ids without regard to case.
    ComparesSisIdsKindly,
    /// Still finds staff members by the SIS ids that they gave up.
    FindsOldSisIds,
    /// Overwrites users whatever their revision.
    LosesUpdates,
    /// Inserts what was to be updated and is not there.
    UpdateInserts,
    /// Says that an update is written when it was refused.
    UpdateHidesRefusals,
    /// Deletes users whatever their revision.
    DeletesEditedUsers,
    /// Answers deletions in the order of ids.
    DeletesInOrderOfIds,
    /// Keeps the hash of a deleted user.
    DeleteKeepsHashes,
    /// Keeps the memberships of a deleted user.
    DeleteKeepsSets,
    /// Keeps emails taken that nobody holds any more.
    KeepsEmailsTaken,
    /// Says that a network was inserted again.
    InsertsNetworksAgain,
    /// Says that a shared password was inserted again.
    InsertsSharedAgain,
    /// Says that a batch was inserted again.
    InsertsBatchesAgain,
    /// Takes an audit record twice.
    TakesAuditTwice,
    /// Forgets a batch when all its users are gone.
    BatchesGoWithTheirUsers,
    /// Removes no hashes.
    KeepsRemovedHashes,
    /// Says that a shared password was revoked again, at the new moment.
    RevokesAgain,
    /// Forgets that shared passwords were revoked.
    ForgetsRevocations,
    /// Gives every user a copy of a shared password's hash.
    CopiesSharedHashes,
    /// Forgets shared passwords that are in use.
    RemovesSharedInUse,
    /// Never forgets a shared password.
    KeepsUnusedShared,

    // Sessions, resets, failures, invitations.
    /// Compares the first half of a token or a key.
    ComparesHalfOfTokens,
    /// Takes a session, or a reset, with the token of another.
    AcceptsTakenTokens,
    /// Lets all sessions of a user enter the school that one enters.
    EntersWithEverySession,
    /// Says of every session and reset that it was ended, entered or removed.
    EndsWhatIsNotThere,
    /// Says that a session was ended, and keeps it.
    KeepsEndedSessions,
    /// Ends only the first session of a user.
    EndsOneSession,
    /// Ends all sessions of everybody.
    EndsEverySession,
    /// Forgets sessions and resets a second before their time is over.
    ForgetsTooSoon,
    /// Forgets sessions and resets after the moment at which their time is over.
    ForgetsTooLate,
    /// Forgets all that is old, however few are asked for.
    ForgetsWithoutLimit,
    /// Keeps the sessions of a deleted user.
    DeleteKeepsSessions,
    /// Keeps the reset of a deleted user.
    DeleteKeepsResets,
    /// Keeps the invitation of a deleted user.
    DeleteKeepsInvitations,
    /// Still knows the resets that newer ones replaced.
    KeepsOlderResets,
    /// Lets a reset be taken again.
    TakesResetsAgain,
    /// Removes the resets of everybody.
    RemovesEveryReset,
    /// Counts no further than one failure.
    CountsOneFailure,
    /// Takes the last failure for the first.
    FirstFailureMoves,
    /// Answers with the failures after the new one.
    AnswersWithTheNewFailure,
    /// Clears no failures.
    ClearsNoFailures,
    /// Takes all failures back instead of one.
    TakesAllFailuresBack,
    /// Takes no failure back.
    TakesNoFailureBack,
    /// Forgets failures by the moment of the first.
    ForgetsByTheFirstFailure,
    /// Claims whoever is asked for.
    InvitesAgainAtOnce,
    /// Claims nobody a second time.
    InvitesOnceForAll,
    /// Claims again who was claimed at the very moment since which nobody may be.
    InvitesAMomentTooSoon,
    /// Takes back invitations of any moment.
    ReleasesAnyInvitation,
    /// Takes back no invitation.
    ReleasesNoInvitation,

    // What is read.
    /// Finds own hashes by email, and no shared ones.
    FindsOnlyOwnHashes,
    /// Finds no hash that is revoked.
    FindsNoRevokedHash,
    /// Finds no hash of a disabled user.
    FindsNoHashOfTheDisabled,
    /// Finds the hash by the emails that users had.
    FindsHashesByOldEmails,
    /// Loses the last row of every list.
    LosesTheLastRowRead,
    /// Lists backwards.
    ListsBackwards,
    /// Orders lists by names as they were given.
    ListsByRawNames,
    /// Lists only what is active or enabled.
    ListsOnlyTheActive,
    /// Answers questions in the order of ids.
    AnswersInOrderOfIds,
    /// Answers a repeated question once.
    AnswersOnce,
    /// Begins every page at the start.
    IgnoresTheCursor,
    /// Begins a page with the person of the cursor.
    RepeatsTheCursor,
    /// Ends the list if the person of the cursor is gone.
    NeedsThePersonOfTheCursor,
    /// Gives pages one too long.
    PagesAreTooLong,
    /// Gives everybody if asked for nobody.
    ZeroMeansAll,
    /// Counts beyond the cap.
    CountsWithoutCap,
    /// Stops counting one too early.
    CountsTooFew,
    /// Counts everybody, whatever the filter.
    CountsEveryone,
    /// Lists candidates with a school only.
    CandidatesNeedASchool,
    /// Lists candidates only who share no email.
    CandidatesShareNothing,
    /// Leaves out candidates with an email like a user's.
    CandidatesLookLikeNobody,
    /// Searches names with regard to case.
    SearchesRawNames,
    /// Finds people in one school of theirs only.
    WorksInTheFirstSchool,
    /// Orders users by their emails as they were given.
    PagesUsersAsGiven,
    /// Begins a page of users after the email that it is to begin with.
    PagesUsersAfterTheStart,
    /// Begins every page of users at the start.
    IgnoresTheStart,
    /// Takes what happened at one moment for one place.
    MomentsArePlaces,
    /// Pages batches and audit records from the oldest.
    PagesFromTheOldest,
    /// Lists facts without sharers.
    ListsWithoutSharers,
    /// Names only enabled users as holders of an email.
    DisabledUsersHoldNothing,
    /// Names only sharers who were asked about.
    SharersAmongTheAsked,
    /// Names only active sharers.
    SharersAreActive,
    /// Names everybody as a sharer of their own email.
    SharersIncludeOneself,
    /// Names sharers in no order.
    SharersAreUnordered,
    /// Takes texts that are not addresses for shared emails.
    BadEmailsAreShared,
    /// Does not name linked users.
    FactsWithoutLinks,
    /// Answers with the facts of the first time.
    RemembersFacts,

    // Networks.
    /// Finds records of other networks.
    FindsInOtherNetworks,
    /// Lists records of other networks.
    ListsOtherNetworks,
    /// Changes records of other networks.
    ChangesOtherNetworks,
    /// Has one email for all networks.
    EmailsAreGlobal,
    /// Has one of each SIS id and group name for all networks.
    NamesAreGlobal,
    /// Names sharers and holders of other networks.
    FactsCrossNetworks,
    /// Takes references to records of other networks.
    ReferencesCrossNetworks,
}
