//! The words of tickets, orders, bookings and articles.

use super::Names;

/// `tickets.status`
pub const TICKET_STATES: Names = &[
    ("open", "нова", "open"),
    ("in_progress", "у роботі", "in progress"),
    ("pending_customer", "чекаємо на клієнта", "waiting for the customer"),
    ("escalated", "потрібен старший", "escalated"),
    ("resolved", "вирішено", "resolved"),
    ("closed", "закрито", "closed"),
    ("reopened", "відкрито знову", "reopened"),
];

/// `tickets.priority`
pub const PRIORITIES: Names = &[
    ("low", "низька", "low"),
    ("medium", "звичайна", "medium"),
    ("high", "висока", "high"),
    ("urgent", "термінова", "urgent"),
];

/// `tickets.ticket_type`
pub const TICKET_KINDS: Names = &[
    ("callback", "передзвонити", "call back"),
    ("restock", "знову на складі", "in stock again"),
    ("freed_slot", "звільнився час", "a time became free"),
    ("after_hours", "дзвінок у неробочий час", "after hours"),
    ("request", "прохання", "request"),
];

/// `tickets.close_reason`
pub const CLOSE_REASONS: Names = &[
    ("done", "зроблено", "done"),
    ("not_reached", "не додзвонилися", "not reached"),
    ("refused", "клієнт відмовився", "the customer declined"),
    ("duplicate", "повтор іншої", "a duplicate"),
    ("wrong_number", "хибний номер", "wrong number"),
    ("other", "інше", "other"),
];

/// `ticket_attempts.result`
pub const ATTEMPTS: Names = &[
    ("reached", "поговорили", "reached"),
    ("no_answer", "не відповідає", "no answer"),
    ("busy", "зайнято", "busy"),
    ("wrong_number", "хибний номер", "wrong number"),
];

/// `ticket_changes.action`
pub const TICKET_DEEDS: Names = &[
    ("made", "записано", "written"),
    ("taken", "взято", "taken"),
    ("taken_over", "забрано", "taken over"),
    ("assigned", "передано", "assigned"),
    ("released", "відпущено", "released"),
    ("status", "стан", "state"),
    ("priority", "важливість", "priority"),
    ("due", "термін", "term"),
    ("attempt", "спроба додзвонитися", "attempt to call"),
];

/// `tickets.source`, `orders.source`
pub const SOURCES: Names = &[
    ("ai_agent", "агент", "the agent"),
    ("desk", "пульт", "the desk"),
    ("wishlist", "побажання", "a wish"),
];

/// `orders.status`
pub const ORDER_STATES: Names = &[
    ("draft", "чернетка", "draft"),
    ("confirmed", "підтверджено", "confirmed"),
    ("shipped", "відправлено", "shipped"),
    ("delivering", "у курʼєра", "with the courier"),
    ("delivered", "отримано", "delivered"),
    ("cancelled", "скасовано", "cancelled"),
];

/// `orders.delivery_type`
pub const DELIVERIES: Names =
    &[("delivery", "доставка", "delivery"), ("pickup", "самовивіз", "pickup")];

/// `orders.payment_method`
pub const PAYMENTS: Names = &[
    ("cod", "готівкою при отриманні", "cash on delivery"),
    ("online", "за посиланням", "online"),
    ("card_on_delivery", "карткою при отриманні", "card on delivery"),
];

/// `fitting_bookings.status`
pub const BOOKING_STATES: Names = &[
    ("held", "тримаємо", "kept"),
    ("confirmed", "підтверджено", "confirmed"),
    ("cancelled", "скасовано", "cancelled"),
    ("expired", "минуло", "expired"),
    ("completed", "зроблено", "done"),
    ("no_show", "не приїхав", "did not come"),
];

/// `fitting_bookings.service_type`
pub const SERVICES: Names = &[
    ("tire_change", "заміна шин", "tyre change"),
    ("balancing", "балансування", "balancing"),
    ("full_service", "повний сервіс", "full service"),
];

/// `products.season`
pub const SEASONS: Names = &[
    ("winter", "зимові", "winter"),
    ("summer", "літні", "summer"),
    ("all_season", "всесезонні", "all-season"),
];

/// What a file of the shop holds.
pub const FILE_KINDS: Names = &[
    ("catalogue", "каталог", "catalogue"),
    ("stock", "залишки", "stock"),
    ("vehicles", "шини до автомобілів", "what fits which car"),
    ("stations", "станції", "stations"),
    ("prices", "ціни шиномонтажу", "prices of fitting"),
];

/// `integration_sync_logs.status`
pub const IMPORT_STATES: Names =
    &[("success", "завантажено", "loaded"), ("failed", "відхилено", "refused")];

/// What the desk did, in the audit log.
pub const DEEDS: Names = &[
    ("order.status_changed", "стан змінено", "state changed"),
    ("booking.moved", "перенесено", "moved"),
    ("booking.cancelled", "скасовано", "cancelled"),
    ("booking.ticked", "позначку змінено", "ticked"),
];

/// What is done to a table when somebody is forgotten.
pub const ERASURES: Names = &[
    ("deleted", "видалено", "deleted"),
    ("emptied", "спорожнено", "emptied"),
    ("anonymised", "лишилося без імен", "anonymised"),
    ("blacked out", "номер закреслено", "blacked out"),
];

/// `call_transfers.outcome`
pub const TRANSFER_OUTCOMES: Names = &[
    ("taken", "взято", "taken"),
    ("handed_over", "передано", "handed over"),
    ("handed_back", "повернено", "handed back"),
    ("busy", "зайнято", "busy"),
    ("no_answer", "ніхто не відповів", "no answer"),
    ("refused", "відхилено", "refused"),
    ("offline", "немає на лінії", "offline"),
    ("out_of_hours", "неробочий час", "out of hours"),
    ("caller_left", "абонент поклав слухавку", "caller left"),
    ("not_allowed", "не дозволено", "not allowed"),
    ("failed", "не вийшло", "failed"),
];

/// `call_transfers.kind`
pub const TRANSFER_KINDS: Names = &[
    ("blind", "без розмови", "blind"),
    ("bridge", "зʼєднання", "bridge"),
    ("warm", "з поясненням", "warm"),
    ("hand_back", "назад до АТС", "hand back"),
];

/// `call_traces.status`
pub const STEP_STATES: Names = &[
    ("success", "вийшло", "success"),
    ("error", "помилка", "error"),
    ("timeout", "не встигло", "timeout"),
    ("cancelled", "скасовано", "cancelled"),
];

/// `knowledge_articles.category`
pub const SHELVES: Names = &[
    ("tyres", "шини", "tyres"),
    ("sizes", "розміри", "sizes"),
    ("seasons", "сезони", "seasons"),
    ("fitting", "шиномонтаж", "fitting"),
    ("balancing", "балансування", "balancing"),
    ("storage", "зберігання", "storage"),
    ("delivery", "доставка", "delivery"),
    ("payment", "оплата", "payment"),
    ("warranty", "гарантія", "warranty"),
    ("returns", "повернення", "returns"),
    ("safety", "безпека", "safety"),
    ("general", "загальне", "general"),
];
