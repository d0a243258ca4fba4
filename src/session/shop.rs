//! Whose call it is: the called number decides the shop, with its name, language, zone and books,
//! and with what its people have chosen.

use super::Services;
use crate::config::Shop;
use crate::ids::TenantId;
use std::sync::Arc;

/// The shop of a call to `called`, and what serves its calls. A number that is nobody's, or none at
/// all, is the shop of the configuration.
pub(super) async fn of_line(
    services: Arc<Services>,
    called: Option<&str>,
) -> (Arc<Services>, TenantId, Shop) {
    let mut shop = services.config.shop.clone();
    let found = match called {
        Some(called) => services.tenants.of_line(called).await,
        None => None,
    };
    let tenant = match found.filter(|tenant| tenant.id != TenantId::DEFAULT) {
        None => TenantId::DEFAULT,
        Some(tenant) => {
            shop.name = tenant.name;
            shop.timezone = tenant.timezone.unwrap_or(shop.timezone);
            shop.language = tenant.language.unwrap_or(shop.language);
            shop.phone_prefix = tenant.phone_prefix.unwrap_or(shop.phone_prefix);
            tenant.id
        }
    };
    // For the whole call: what is saved meanwhile holds from the next one on.
    let Some(in_force) = services.settings.chosen(tenant) else {
        return (services, tenant, shop);
    };
    if let Some(greeting) = &in_force.greeting {
        greeting.dress(&mut shop);
    }
    let config = Arc::clone(&in_force.config);
    let services = Services { config, in_force: Some(in_force), ..(*services).clone() };
    (Arc::new(services), tenant, shop)
}
