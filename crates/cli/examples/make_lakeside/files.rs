//! The files: OneRoster 1.2 in bulk, and the same people as one plain CSV file.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use csv::Writer;

use crate::network::{Member, Place, School, Standing};
use crate::people::Name;

/// The network itself, as an organisation.
const DISTRICT: (&str, &str) = ("LSN", "Lakeside School Network");

/// `manifest.csv`: the version, and which files are there.
pub(crate) fn write_manifest(file: &mut dyn Write) -> io::Result<()> {
    const PARTS: [&str; 16] = [
        "academicSessions",
        "categories",
        "classResources",
        "classes",
        "courseResources",
        "courses",
        "demographics",
        "enrollments",
        "lineItemLearningObjectiveIds",
        "lineItems",
        "orgs",
        "resources",
        "results",
        "roles",
        "userProfiles",
        "users",
    ];
    let mut rows = Writer::from_writer(file);
    rows.write_record(["propertyName", "value"])?;
    rows.write_record(["manifest.version", "1.0"])?;
    rows.write_record(["oneroster.version", "1.2"])?;
    for part in PARTS {
        let here = matches!(part, "orgs" | "roles" | "users");
        rows.write_record([format!("file.{part}").as_str(), if here { "bulk" } else { "absent" }])?;
    }
    rows.write_record(["source.systemName", "Staffroom example"])?;
    rows.write_record(["source.systemCode", "staffroom-example"])?;
    rows.flush()
}

/// `orgs.csv`: the network and its schools. (In bulk files `status` and `dateLastModified` are empty.)
pub(crate) fn write_orgs(file: &mut dyn Write, schools: &[School]) -> io::Result<()> {
    let mut rows = Writer::from_writer(file);
    rows.write_record([
        "sourcedId",
        "status",
        "dateLastModified",
        "name",
        "type",
        "identifier",
        "parentSourcedId",
    ])?;
    let (district, name) = DISTRICT;
    rows.write_record([district, "", "", name, "district", "", ""])?;
    for school in schools {
        rows.write_record([&school.id, "", "", &school.name, "school", "", district])?;
    }
    rows.flush()
}

/// The files that hold people, written person by person.
pub(crate) struct Files {
    users: Writer<BufWriter<File>>,
    roles: Writer<BufWriter<File>>,
    plain: Writer<BufWriter<File>>,
    roles_written: u64,
}

/// A line of `users.csv`.
struct UserLine<'a> {
    id: &'a str,
    enabled: bool,
    user_name: &'a str,
    given: &'a str,
    family: &'a str,
    email: &'a str,
    org: &'a str,
}

impl Files {
    pub(crate) fn with_headers(
        users: BufWriter<File>,
        roles: BufWriter<File>,
        plain: BufWriter<File>,
    ) -> io::Result<Self> {
        let mut files = Self {
            users: Writer::from_writer(users),
            roles: Writer::from_writer(roles),
            plain: Writer::from_writer(plain),
            roles_written: 0,
        };
        files.users.write_record([
            "sourcedId",
            "status",
            "dateLastModified",
            "enabledUser",
            "username",
            "userIds",
            "givenName",
            "familyName",
            "middleName",
            "identifier",
            "email",
            "sms",
            "phone",
            "agentSourcedIds",
            "grades",
            "password",
            "userMasterIdentifier",
            "resourceSourcedIds",
            "preferredGivenName",
            "preferredMiddleName",
            "preferredFamilyName",
            "primaryOrgSourcedId",
            "pronouns",
        ])?;
        files.roles.write_record([
            "sourcedId",
            "status",
            "dateLastModified",
            "userSourcedId",
            "roleType",
            "role",
            "beginDate",
            "endDate",
            "orgSourcedId",
            "userProfileSourcedId",
        ])?;
        files.plain.write_record(["SIS ID", "First name", "Last name", "Email", "School", "Active"])?;
        Ok(files)
    }

    /// A staff member, in all three files.
    pub(crate) fn write_member(&mut self, index: u32, member: &Member, schools: &[School]) -> io::Result<()> {
        let id = (1001 + u64::from(index)).to_string();
        let places: Vec<&School> = match member.place {
            Place::District => Vec::new(),
            Place::One(school) => schools.get(school).into_iter().collect(),
            Place::Two(one, other) => [schools.get(one), schools.get(other)].into_iter().flatten().collect(),
        };
        let orgs: Vec<&str> = if places.is_empty() {
            vec![DISTRICT.0]
        } else {
            places.iter().map(|school| school.id.as_str()).collect()
        };
        self.write_user(&UserLine {
            id: &id,
            enabled: member.standing != Standing::SwitchedOff,
            user_name: &format!("staff{id}"),
            given: member.given,
            family: member.family,
            email: &member.email,
            org: orgs.first().copied().unwrap_or_default(),
        })?;
        let end = match member.standing {
            Standing::LeftOn(day) => day,
            Standing::Works | Standing::SwitchedOff => "",
        };
        for (number, org) in orgs.iter().enumerate() {
            let kind = if number == 0 { "primary" } else { "secondary" };
            self.write_role(&id, kind, member.role, end, org)?;
        }
        if member.is_parent {
            self.write_role(&id, "secondary", "parent", "", orgs.first().copied().unwrap_or_default())?;
        }
        let names: Vec<&str> = places.iter().map(|school| school.name.as_str()).collect();
        let active = if member.standing == Standing::Works { "yes" } else { "no" };
        self.plain.write_record([
            &id,
            member.given,
            member.family,
            &member.email,
            &names.join("; "),
            active,
        ])?;
        Ok(())
    }

    /// A student and a parent of theirs, who are not staff and stand in the OneRoster files only.
    pub(crate) fn write_family(&mut self, index: u32, name: &Name, schools: &[School]) -> io::Result<()> {
        let (given, family) = (name.given.1, name.family.1);
        let number = usize::try_from(index).unwrap_or(0);
        let school = schools.get(number % schools.len().max(1)).map_or("", |school| &school.id);
        for (letter, role, domain) in
            [("S", "student", "students.lakeside.example"), ("P", "parent", "family.example")]
        {
            let id = format!("{letter}{}", 5001 + u64::from(index));
            self.write_user(&UserLine {
                id: &id,
                enabled: true,
                user_name: &id.to_lowercase(),
                given: name.given.0,
                family: name.family.0,
                email: &format!("{given}.{family}@{domain}"),
                org: school,
            })?;
            self.write_role(&id, "primary", role, "", school)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.users.flush()?;
        self.roles.flush()?;
        self.plain.flush()
    }

    fn write_user(&mut self, line: &UserLine<'_>) -> io::Result<()> {
        let enabled = if line.enabled { "true" } else { "false" };
        let empty = "";
        self.users.write_record([
            line.id,
            empty,
            empty,
            enabled,
            line.user_name,
            empty,
            line.given,
            line.family,
            empty,
            empty,
            line.email,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            line.org,
            empty,
        ])?;
        Ok(())
    }

    fn write_role(&mut self, user: &str, kind: &str, role: &str, end: &str, org: &str) -> io::Result<()> {
        self.roles_written += 1;
        let id = format!("R{}", self.roles_written);
        self.roles.write_record([&id, "", "", user, kind, role, "", end, org, ""])?;
        Ok(())
    }
}
