//! What a password must not be built from.

use crate::store::{StoreError, UnitOfWork};
use crate::{SchoolId, User};

/// That of `user`: their names and email, those of the network and of their schools.
pub(super) async fn about_user(uow: &mut dyn UnitOfWork, user: &User) -> Result<Vec<String>, StoreError> {
    let mut about = vec![user.email().as_given().to_owned()];
    if let Some(member) = user.staff_member()
        && let Some(member) = uow.staff().find(member).await?
    {
        about.extend([member.name().given().to_owned(), member.name().family().to_owned()]);
    }
    about.extend(about_schools(uow, user.schools().iter()).await?);
    Ok(about)
}

/// That of people in these schools: what the network and the schools are called.
pub(super) async fn about_schools(
    uow: &mut dyn UnitOfWork,
    schools: impl Iterator<Item = SchoolId> + Send,
) -> Result<Vec<String>, StoreError> {
    let network = uow.network().find().await?;
    let mut about: Vec<String> =
        network.map(|network| network.name().as_str().to_owned()).into_iter().collect();
    for school in schools {
        about.extend(uow.schools().find(school).await?.map(|school| school.name().as_str().to_owned()));
    }
    Ok(about)
}
