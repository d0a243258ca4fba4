//! The words of the page of alerts.

use super::{Tongue, Words};

words! {
    nav_alerts: "Тривоги", "Alerts";
    alerts_open: "Зараз не так, як має бути", "Not as it should be now";
    alerts_none: "Усе так, як має бути.", "All is as it should be.";
    alerts_past: "Минулися", "Over";
    alerts_no_past: "Минулих немає.", "There are none.";
    alert_what: "Що", "What";
    alert_found: "Знайдено", "Found";
    alert_allowed: "Дозволено", "Allowed";
    alert_since: "Відколи", "Since";
    alert_until: "Доки", "Until";
    alert_times: "Разів", "Times";
    alert_seen_by: "Бачив", "Seen by";
    alert_see: "Бачу", "I see it";
    alert_told: "Повідомлено", "Told by";
    alert_critical: "критично", "critical";
    alert_warning: "попередження", "warning";
}
