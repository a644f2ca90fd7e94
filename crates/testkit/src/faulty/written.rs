//! Faults in what is written: the call arrives at the store changed.

use staffroom_core::{
    AuditEvent, Digest, Email, Group, GroupStatus, IdSet, NetworkName, PasswordHash, PasswordState,
    PermissionSet, ReportRow, Revision, SisId, StaffEmail, StaffMember, StaffStatus, Timestamp, User,
    UserStatus, WarningSet,
};

use super::fault::Fault;
use super::rebuilt;
use crate::relay::Call;

/// What arrives of `call`.
pub(super) fn altered(fault: Fault, call: Call) -> Call {
    match call {
        Call::InsertNetwork(name) => {
            Call::InsertNetwork(NetworkName::parse(&text(fault, name.as_str())).unwrap_or(name))
        }
        Call::InsertSchools(mut rows) => {
            lose_last(fault, &mut rows);
            Call::InsertSchools(
                rows.iter().map(|row| rebuilt::school(row, |name| text(fault, name))).collect(),
            )
        }
        Call::InsertGroup(row) => Call::InsertGroup(group(fault, &row)),
        Call::UpdateGroup(row) => Call::UpdateGroup(group(fault, &row)),
        Call::InsertStaff(mut rows) => {
            lose_last(fault, &mut rows);
            Call::InsertStaff(rows.iter().map(|row| member(fault, row)).collect())
        }
        Call::UpdateStaff(rows) => Call::UpdateStaff(rows.iter().map(|row| member(fault, row)).collect()),
        Call::InsertUsers(mut rows) => {
            lose_last(fault, &mut rows);
            Call::InsertUsers(rows.iter().map(|row| user(fault, row)).collect())
        }
        Call::UpdateUser(revision, row) => Call::UpdateUser(revision, user(fault, &row)),
        Call::SetHashes(mut rows) => {
            match fault {
                Fault::SwapsHashes => {
                    let hashes: Vec<PasswordHash> = rows.iter().rev().map(|(_, hash)| hash.clone()).collect();
                    rows.iter_mut().zip(hashes).for_each(|(row, hash)| row.1 = hash);
                }
                Fault::CutsHashes => {
                    for (_, hash) in &mut rows {
                        *hash = PasswordHash::from_phc(hash.as_phc().chars().take(255).collect());
                    }
                }
                _ => {}
            }
            Call::SetHashes(rows)
        }
        Call::InsertShared(mut shared) => {
            shared.expires_at = moment(fault, shared.expires_at);
            Call::InsertShared(shared)
        }
        Call::RemoveHashes(mut rows) => {
            lose_last(fault, &mut rows);
            Call::RemoveHashes(rows)
        }
        Call::RevokeShared(id, at) => Call::RevokeShared(id, moment(fault, at)),
        Call::InsertSession(mut session) => {
            session.opened_at = moment(fault, session.opened_at);
            session.expires_at = moment(fault, session.expires_at);
            Call::InsertSession(session)
        }
        Call::PutReset(mut reset) => {
            reset.issued_at = moment(fault, reset.issued_at);
            reset.expires_at = moment(fault, reset.expires_at);
            Call::PutReset(reset)
        }
        Call::AddFailure(key, at) => Call::AddFailure(key, moment(fault, at)),
        Call::ClaimInvitations(users, at, since) => Call::ClaimInvitations(users, moment(fault, at), since),
        Call::InsertBatch(row) => Call::InsertBatch(batch(fault, row)),
        Call::AppendAudit(mut record) => {
            record.at = moment(fault, record.at);
            if let (Fault::LosesAuditReasons, AuditEvent::BulkCreate { reasons, .. }) =
                (fault, &mut record.event)
            {
                reasons.clear();
            }
            Call::AppendAudit(record)
        }
        other => other,
    }
}

fn lose_last<T>(fault: Fault, rows: &mut Vec<T>) {
    if fault == Fault::LosesTheLastRowWritten && rows.len() > 1 {
        rows.pop();
    }
}

fn text(fault: Fault, text: &str) -> String {
    match fault {
        Fault::CutsNames => text.chars().take(64).collect(),
        Fault::LosesRareCharacters => text.chars().filter(|c| u32::from(*c) <= 0xFFFF).collect(),
        _ => text.to_owned(),
    }
}

fn moment(fault: Fault, at: Timestamp) -> Timestamp {
    let micros = at.unix_micros();
    match fault {
        Fault::KeepsMilliseconds => {
            Timestamp::from_unix_micros(micros.saturating_sub(micros.rem_euclid(1_000))).unwrap_or(at)
        }
        _ => at,
    }
}

fn first_of<T: Copy + Ord>(set: &IdSet<T>) -> IdSet<T> {
    set.iter().take(1).collect()
}

fn group(fault: Fault, row: &Group) -> Group {
    let permissions: PermissionSet = match fault {
        Fault::KeepsFewPermissions => row.permissions().iter().take(50).cloned().collect(),
        _ => row.permissions().clone(),
    };
    let status = match fault {
        Fault::ActivatesGroups => GroupStatus::Active,
        _ => row.status(),
    };
    let name = rebuilt::group_name(row.name(), |name| text(fault, name));
    Group::new(row.id(), name, permissions).with_status(status)
}

fn canonical(email: &Email) -> Email {
    Email::parse(email.canonical()).unwrap_or_else(|_| email.clone())
}

fn member(fault: Fault, row: &StaffMember) -> StaffMember {
    let name = Some(rebuilt::name(row.name(), |name| text(fault, name)));
    let email = match (fault, row.email()) {
        (Fault::KeepsOnlyCanonicalEmails, StaffEmail::Valid(email)) => {
            Some(StaffEmail::Valid(canonical(email)))
        }
        (Fault::LosesBadEmails, StaffEmail::Invalid(_)) => Some(StaffEmail::Missing),
        _ => None,
    };
    let schools = (fault == Fault::KeepsOneSchool).then(|| first_of(row.schools()));
    let row = rebuilt::member(row, name, email, schools);
    match fault {
        Fault::ActivatesStaff => row.with_status(StaffStatus::Active),
        _ => row,
    }
}

fn user(fault: Fault, row: &User) -> User {
    let password = match row.password() {
        PasswordState::Unset => PasswordState::Unset,
        PasswordState::InitialShared { secret, expires_at } => {
            PasswordState::InitialShared { secret, expires_at: moment(fault, expires_at) }
        }
        PasswordState::InitialGenerated { expires_at } => {
            PasswordState::InitialGenerated { expires_at: moment(fault, expires_at) }
        }
        PasswordState::Chosen { set_at } => PasswordState::Chosen { set_at: moment(fault, set_at) },
    };
    let row = rebuilt::user(row, |parts| {
        parts.created_at = moment(fault, parts.created_at);
        parts.last_sign_in_at = parts.last_sign_in_at.map(|at| moment(fault, at));
        match fault {
            Fault::KeepsOnlyCanonicalEmails => parts.email = canonical(&parts.email),
            Fault::KeepsSmallRevisions => {
                parts.revision = Revision::from_number(parts.revision.number() & 0x7FFF_FFFF);
            }
            Fault::EnablesUsers => parts.status = UserStatus::Enabled,
            Fault::ForgetsSignIns => parts.last_sign_in_at = None,
            Fault::ForgetsWhoMadeUsers => parts.made = false,
            _ => {}
        }
    });
    let row = row.with_password(password);
    match fault {
        Fault::KeepsOneSchool => {
            let schools = first_of(row.schools());
            row.entering(schools)
        }
        Fault::KeepsOneGroup => {
            let groups = first_of(row.groups());
            row.in_groups(groups)
        }
        _ => row,
    }
}

fn batch(fault: Fault, mut row: staffroom_core::Batch) -> staffroom_core::Batch {
    let mut rows = row.report.rows().to_vec();
    match fault {
        Fault::LosesWarnings => {
            for one in &mut rows {
                let sharers = one.email_sharers().to_vec();
                *one = ReportRow::new(one.subject().clone(), one.outcome(), WarningSet::empty(), sharers);
            }
        }
        Fault::SortsReports => {
            rows.sort_by_key(|row| row.subject().sis_id().map(SisId::as_str).map(str::to_owned));
        }
        Fault::CutsReports => rows.truncate(10_000),
        Fault::CutsDigests => row.plan = Digest::from_u128(row.plan.as_u128() & u128::from(u64::MAX)),
        Fault::ForgetsBatchPasswords => row.shared_password = None,
        _ => {}
    }
    rebuilt::batch(&row, moment(fault, row.report.at()), rows)
}
