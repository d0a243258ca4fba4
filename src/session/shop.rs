//! Whose call it is: the called number decides the shop, with its name, language, zone and books.

use super::Services;
use crate::config::Shop;
use crate::ids::TenantId;

/// The shop of a call to `called`. A number that is nobody's, or none at all, is the shop of the
/// configuration.
pub(super) async fn of_line(services: &Services, called: Option<&str>) -> (TenantId, Shop) {
    let mut shop = services.config.shop.clone();
    let found = match called {
        Some(called) => services.tenants.of_line(called).await,
        None => None,
    };
    let Some(tenant) = found.filter(|tenant| tenant.id != TenantId::DEFAULT) else {
        return (TenantId::DEFAULT, shop);
    };
    shop.name = tenant.name;
    shop.timezone = tenant.timezone.unwrap_or(shop.timezone);
    shop.language = tenant.language.unwrap_or(shop.language);
    shop.phone_prefix = tenant.phone_prefix.unwrap_or(shop.phone_prefix);
    (tenant.id, shop)
}
