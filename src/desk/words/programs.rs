//! The words of the pages of tokens and webhooks.

use super::{Tongue, Words};

words! {
    nav_tokens: "Токени API", "API tokens";
    nav_webhooks: "Вебхуки", "Webhooks";
    no_tokens: "Токенів ще немає. Токен дає вашій програмі доступ до API.",
        "No tokens yet. A token lets a program of yours use the API.";
    token_name: "Назва токена", "Name of the token";
    token_name_rule: "Малі латинські літери, цифри, крапка, риска: erp-sync",
        "Small Latin letters, digits, dot, dash: erp-sync";
    token_name_bad: "Назва складається з малих латинських літер, цифр, «.», «_», «-», щонайбільше 64.",
        "A name is small Latin letters, digits, `.`, `_` and `-`, at most 64.";
    token_taken: "Токен із такою назвою вже є: спершу скасуйте його.",
        "There is a token of this name already: revoke it first.";
    token_may: "Що дозволено", "What it may do";
    token_may_none: "Позначте щонайменше один дозвіл.", "Tick at least one permission.";
    token_limit: "Запитів за хвилину, щонайбільше", "Requests a minute at most";
    token_limit_rule: "Порожньо: як у налаштуваннях програми. Більше, ніж там, не буває.",
        "Empty: as the program is configured. It is never more than that.";
    token_limit_bad: "Межа є числом від 1 до 100000.", "A limit is a number from 1 to 100000.";
    token_make: "Створити токен", "Make a token";
    token_is: "Збережіть токен у своїй програмі зараз: пізніше його не покаже ніхто. Заголовок: Authorization: Bearer …",
        "Keep the token in your program now: nobody can show it later. Header: Authorization: Bearer …";
    last_used: "Востаннє вжито", "Last used";
    never_used: "ще ні разу", "never yet";
    used_from: "звідки", "from";
    revoke: "Скасувати", "Revoke";
    revoked: "скасовано", "revoked";
    in_use: "діє", "in use";
    by_settings: "за налаштуваннями", "as configured";
    receivers: "Кому повідомляємо", "Who is told";
    no_receivers: "Поки нікому.", "Nobody yet.";
    receiver_add: "Повідомляти адресу", "Tell an address";
    receiver_url: "Адреса", "Address";
    receiver_events: "Про що", "Of what";
    receiver_events_none: "Позначте щонайменше одну подію.", "Tick at least one event.";
    receiver_bad: "Ця адреса не годиться:", "This address will not do:";
    receiver_off: "Більше не повідомляти", "Tell it nothing more";
    receiver_test: "Перевірити зараз", "Test it now";
    receiver_answered: "Адреса відповіла.", "The address answered.";
    receiver_silent: "Не вийшло:", "It did not work:";
    receiver_key: "Ключ підписів. Передайте його отримувачеві зараз: пізніше сторінка його не покаже.",
        "The key of the signatures. Hand it to the receiver now: no page shows it later.";
    webhooks_off: "Підписувати нічим: задайте TREADLINE_WEBHOOK_SECRET і запустіть програму знову.",
        "There is nothing to sign with: set TREADLINE_WEBHOOK_SECRET and start the program again.";
    deliveries: "Журнал доставок", "Delivery log";
    no_deliveries: "Ще нічого не надсилали.", "Nothing was sent yet.";
    delivery_event: "Подія", "Event";
    delivery_tries: "Спроб", "Tries";
    delivery_done: "доставлено", "delivered";
    delivery_failed: "облишено", "given up";
    delivery_waits: "чекає", "waits";
    delivery_again: "ще раз о", "again at";
    resend: "Надіслати знову", "Send again";
    all_receivers: "усі адреси", "all addresses";
}
