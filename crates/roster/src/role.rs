//! The words for roles.

/// What a role makes of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoleKind {
    /// They work for the network.
    Staff,
    /// They learn there.
    Student,
    /// They are a parent, guardian, relative, or former student, or the word says nothing (`other`).
    Neither,
}

/// The kind of a role, written in any of the ways of the formats; `None` if the word is unknown.
///
/// OneRoster 1.1 (section 4.13.5) and 1.2 (`RoleEnum`), and the default values of School Data Sync, whose role group
/// "Staff" is followed except for `alumni`.
pub(crate) fn role_kind(word: &str) -> Option<RoleKind> {
    let mut buffer = [0; 32];
    match squash(word, &mut buffer)? {
        // OneRoster 1.1 and 1.2.
        b"teacher" | b"aide" | b"administrator" | b"proctor" | b"counselor" | b"principal"
        | b"districtadministrator" | b"siteadministrator" | b"systemadministrator"
        // School Data Sync.
        | b"chair" | b"professor" | b"researcher" | b"adjunct" | b"affiliate" | b"occupationaltherapist"
        | b"physicaltherapist" | b"speechtherapist" | b"visiontherapist" | b"paraprofessional"
        | b"specialservices" | b"advisor" | b"nurse" | b"officestaff" | b"lecturer" | b"itadmin" | b"faculty"
        | b"staff" | b"teacherassistant" | b"assistant" | b"instructor" | b"substitute" | b"coach"
        // Spellings that exports have.
        | b"admin" | b"counsellor" | b"adviser" => Some(RoleKind::Staff),
        b"student" | b"pupil" | b"learner" => Some(RoleKind::Student),
        b"parent" | b"guardian" | b"relative" | b"alumni" | b"other" => Some(RoleKind::Neither),
        _ => None,
    }
}

/// The word in lower case without spaces, hyphens and underscores; `None` if it is too long to be a role.
fn squash<'a>(word: &str, buffer: &'a mut [u8; 32]) -> Option<&'a [u8]> {
    let mut length: usize = 0;
    for byte in word.trim().bytes().filter(|byte| !matches!(byte, b' ' | b'-' | b'_')) {
        *buffer.get_mut(length)? = byte.to_ascii_lowercase();
        length = length.saturating_add(1);
    }
    buffer.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(role_kind(" Site-Administrator "), Some(RoleKind::Staff));
        assert_eq!(role_kind("STUDENT"), Some(RoleKind::Student));
        assert_eq!(role_kind("relative"), Some(RoleKind::Neither));
        assert_eq!(role_kind("alumni"), Some(RoleKind::Neither));
        assert_eq!(role_kind(""), None);
        assert_eq!(role_kind("ext:lunchMonitor"), None);
        assert_eq!(role_kind(&"teacher".repeat(9)), None);
    }
}
