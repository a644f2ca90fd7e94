//! The usual spellings of the columns of a plain staff file.

use crate::ReadError;
use crate::table::{Column, Table};

/// Spellings in lower case, letters and digits only. The more telling come first: of `Staff ID` and `ID` the former
/// is meant.
const ID: &[&str] = &[
    "sisid",
    "sisstaffid",
    "staffid",
    "staffmemberid",
    "staffnumber",
    "staffno",
    "employeeid",
    "employeenumber",
    "employeeno",
    "empid",
    "teacherid",
    "teachernumber",
    "personid",
    "personnelnumber",
    "userid",
    "uniqueid",
    "externalid",
    "localid",
    "sourcedid",
    "id",
];
const GIVEN: &[&str] = &[
    "preferredfirstname",
    "preferredgivenname",
    "firstname",
    "first",
    "givenname",
    "given",
    "forename",
    "forenames",
];
const FAMILY: &[&str] =
    &["preferredlastname", "preferredfamilyname", "lastname", "last", "surname", "familyname", "family"];
const FULL_NAME: &[&str] = &["fullname", "displayname", "staffname", "employeename", "teachername", "name"];
const EMAIL: &[&str] = &[
    "workemail",
    "workemailaddress",
    "schoolemail",
    "schoolemailaddress",
    "staffemail",
    "staffemailaddress",
    "businessemail",
    "officialemail",
    "primaryemail",
    "emailaddress",
    "email",
    "mail",
];
const SCHOOL: &[&str] = &[
    "schools",
    "school",
    "schoolnames",
    "schoolname",
    "campuses",
    "campus",
    "sites",
    "site",
    "buildings",
    "building",
    "worklocation",
    "locations",
    "location",
];
const ACTIVE: &[&str] = &[
    "active",
    "isactive",
    "staffstatus",
    "employmentstatus",
    "employeestatus",
    "status",
    "enabled",
    "enableduser",
];
const ROLE: &[&str] = &["roles", "role", "userrole", "usertype", "persontype"];

/// Where everything stands in the file.
pub(super) struct Columns {
    pub(super) id: Column,
    pub(super) name: NameColumns,
    pub(super) email: Column,
    pub(super) school: Option<Column>,
    pub(super) active: Option<Column>,
    pub(super) role: Option<Column>,
}

/// A name in two columns or in one.
pub(super) enum NameColumns {
    Parts { given: Column, family: Column },
    Full(Column),
}

impl Columns {
    /// Finds the columns by their header. The id, the name and the email must be there.
    pub(super) fn of(table: &Table<'_>) -> Result<Self, ReadError> {
        let id = find(table, ID)?
            .ok_or_else(|| table.missing("the id (`SIS ID`, `Staff ID`, `Employee ID` or `ID`)"))?;
        let name = match (find(table, GIVEN)?, find(table, FAMILY)?, find(table, FULL_NAME)?) {
            (Some(given), Some(family), _) => NameColumns::Parts { given, family },
            (_, _, Some(full)) => NameColumns::Full(full),
            (None, _, None) => {
                return Err(table.missing(
                    "the first name (`First name`, `Given name`, `Forename`, or `Name` for all of it)",
                ));
            }
            (_, None, None) => {
                return Err(table.missing(
                    "the last name (`Last name`, `Surname`, `Family name`, or `Name` for all of it)",
                ));
            }
        };
        let email = find(table, EMAIL)?
            .ok_or_else(|| table.missing("the email (`Email`, `Work email` or `Email address`)"))?;
        Ok(Self {
            id,
            name,
            email,
            school: find(table, SCHOOL)?,
            active: find(table, ACTIVE)?,
            role: find(table, ROLE)?,
        })
    }
}

/// The column with the first of the spellings that the file has.
fn find(table: &Table<'_>, spellings: &[&str]) -> Result<Option<Column>, ReadError> {
    for spelling in spellings {
        if let Some(column) = table.column(spelling)? {
            return Ok(Some(column));
        }
    }
    Ok(None)
}
