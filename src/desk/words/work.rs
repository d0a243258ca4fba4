//! The words of the shop's work: tickets, orders, bookings, the day, people, stock.

use super::{Tongue, Words};

words! {
    nav_tickets: "Заявки", "Tickets";
    nav_day: "День", "Day";
    nav_orders: "Замовлення", "Orders";
    nav_customers: "Клієнти", "Customers";
    nav_stock: "Склад", "Stock";
    // Everywhere.
    too_large: "Завелике", "Too large";
    too_large_why: "Файл може мати щонайбільше 8 МБ, форма без файлу — 64 КБ. Нічого не змінено.",
        "A file may have at most 8 MB, a form without one 64 KB. Nothing was changed.";
    find: "Знайти", "Find";
    forward: "Далі", "Next";
    to_first: "На початок списку", "To the first page";
    nothing_found: "Нічого не знайдено.", "Nothing was found.";
    history: "Історія", "History";
    actions: "Дії", "Actions";
    who: "Хто", "Who";
    what: "Що", "What";
    note: "Нотатка", "Note";
    reason: "Причина", "Reason";
    name: "Імʼя", "Name";
    phone_word: "Телефон", "Phone";
    not_verified: "лише названий", "only spoken";
    created: "Створено", "Made at";
    changed_meanwhile: "Хтось був швидший", "Somebody was faster";
    changed_meanwhile_why: "Поки ви дивилися, це змінили. Ваша дія не виконана.",
        "It was changed while you looked at it. What you wanted was not done.";
    you_saw: "Ви бачили", "You saw";
    it_is_now: "Зараз", "It is now";
    back_to_it: "Назад, до теперішнього стану", "Back, to how it is now";
    not_allowed: "Так не можна", "Not like that";
    not_allowed_why: "Цей стан так не змінюється. Нічого не змінено.",
        "It does not change like that. Nothing was changed.";
    nobody: "ніхто", "nobody";
    me: "я", "me";
    yes: "так", "yes";
    no: "ні", "no";
    source: "Джерело", "Source";
    source_call: "Дзвінок", "Call";
    open_it: "Відкрити", "Open";
    // Tickets.
    tickets: "Заявки", "Tickets";
    ticket: "Заявка", "Ticket";
    new_ticket: "Нова заявка", "New ticket";
    write_ticket: "Записати заявку", "Write the ticket";
    take_next: "Взяти наступну", "Take the next one";
    nothing_to_take: "Вільних заявок немає.", "There is no ticket to take.";
    bucket_mine: "Мої", "Mine";
    bucket_unassigned: "Нічиї", "Unassigned";
    bucket_waiting: "Чекаємо на клієнта", "Waiting for the customer";
    bucket_overdue: "Прострочені", "Overdue";
    bucket_all: "Усі відкриті", "All open";
    bucket_done: "Зроблені", "Done";
    no_tickets: "Тут порожньо.", "There is nothing here.";
    task: "Що зробити", "Task";
    details: "Подробиці", "Details";
    due: "До", "Due";
    overdue: "прострочено", "overdue";
    urgent: "терміново", "urgent";
    priority: "Важливість", "Priority";
    assigned: "У кого", "Assigned to";
    take: "Взяти", "Take";
    take_over: "Забрати собі", "Take over";
    assign: "Передати", "Assign";
    release: "Відпустити", "Release";
    change_state: "Змінити стан", "Change the state";
    close_ticket: "Закрити", "Close";
    close_reason: "Чому закрито", "Why it is closed";
    set_due: "Змінити термін", "Set the term";
    no_due: "без терміну", "no term";
    messages: "Слова", "Words";
    no_messages: "Слів ще немає.", "No words yet.";
    write_note: "Записати для своїх", "Note for colleagues";
    write_answer: "Записати, що сказано клієнтові", "Note what the customer was told";
    kind_note: "нотатка", "note";
    kind_answer: "сказано клієнтові", "told the customer";
    your_text: "Текст", "Text";
    attempts: "Спроби додзвонитися", "Attempts to call back";
    no_attempts: "Ще не дзвонили.", "Nobody has phoned yet.";
    write_attempt: "Записати спробу", "Note an attempt";
    attempts_rule: "Хто не відповів, тому дзвонимо за добу; після третьої спроби заявку закрито.",
        "Who does not answer is phoned a day later; after the third try the ticket is closed.";
    attempts_whose: "Спроби записує той, у кого заявка.", "Attempts are noted by whoever has it.";
    attempt_result: "Що вийшло", "What came of it";
    same_person: "Інші справи цієї людини", "Other matters of this person";
    wished_time: "Зручний час", "Preferred time";
    title_missing: "Напишіть, що зробити: від 1 до 200 знаків.",
        "Write what is to be done: 1 to 200 characters.";
    phone_bad: "Номер — з кодом країни: +380671234567.",
        "A number is written with its country: +380671234567.";
    due_bad: "Такого дня чи часу немає.", "There is no such day or time.";
    text_missing: "Тексту немає або він довший за 4000 знаків.",
        "There is no text, or it is longer than 4,000 characters.";
    // Orders and bookings.
    orders: "Замовлення", "Orders";
    order: "Замовлення", "Order";
    booking: "Запис на шиномонтаж", "Fitting";
    bookings: "Записи на шиномонтаж", "Fittings";
    number_or_phone: "Номер замовлення або кінець телефону", "Order number or end of the phone";
    recipient: "Отримувач", "Recipient";
    items: "Склад", "Items";
    article: "Артикул", "Article";
    pieces: "Штук", "Pieces";
    price: "Ціна", "Price";
    total: "Разом", "Total";
    subtotal: "Товари", "Goods";
    delivery: "Доставка", "Delivery";
    payment: "Оплата", "Payment";
    expected: "Очікується", "Expected";
    tracking: "Номер відправлення", "Tracking number";
    left_in_stock: "Лишилося на складі", "Left in stock";
    make_it: "Перевести в стан", "Make it";
    cancel_order: "Скасувати замовлення", "Cancel the order";
    cancel_order_why: "Товар повернеться на склад.", "Its pieces go back into the stock.";
    consent: "Згода клієнта", "The customer's consent";
    no_consent: "Згоди в дзвінку немає.", "There is no consent from a call.";
    read_back: "Зачитано", "Read back";
    read_back_exact: "дослівно те, на що погодилися", "word for word what was agreed to";
    answered: "Відповідь", "Answered";
    agreed_at: "Коли", "When";
    agreed_by: "Хто погодився", "Who agreed";
    words_gone: "Слів цього дзвінка вже немає.", "The words of that call are gone.";
    as_agreed: "Як це записала програма", "As the program keeps it";
    station: "Станція", "Station";
    slot: "Час", "Time";
    post: "Пост", "Post";
    service: "Робота", "Service";
    car: "Авто", "Car";
    rim: "Диск", "Rim";
    storage: "Зберігання", "Storage";
    linked_order: "Шини із замовлення", "Tyres of the order";
    move_booking: "Перенести", "Move";
    move_to_day: "На який день", "To which day";
    free_times: "Вільний час", "Free times";
    no_free_times: "Того дня вільного часу немає.", "There is no free time on that day.";
    show_times: "Показати час", "Show the times";
    cancel_booking: "Скасувати запис", "Cancel the fitting";
    changes: "Зміни", "Changes";
    by_customer: "клієнт", "the customer";
    by_desk: "у пульті", "at the desk";
    slot_taken: "Цей час щойно зайняли", "This time was just taken";
    slot_taken_why: "Оберіть інший. Попередній запис стоїть, як стояв.",
        "Choose another. The fitting stands as it stood.";
    no_such_slot: "Станція не пропонує цього часу", "The station does not offer this time";
    came: "Приїхав", "Arrived";
    tick_arrived: "приїхав", "arrived";
    tick_done: "зроблено", "done";
    tick_missed: "не приїхав", "did not come";
    tick_back: "зняти позначку", "take the tick back";
    export_csv: "Вивантажити CSV", "Export CSV";
    export_days: "Щонайбільше 366 днів і 50 000 рядків за раз.",
        "At most 366 days and 50,000 rows at a time.";
    export_too_many: "Рядків більше за 50 000: візьміть менше днів.",
        "There are more than 50,000 rows: take fewer days.";
    // The day.
    day_sheet: "День станції", "The station's day";
    day: "День", "Day";
    day_before: "Попередній", "Previous";
    day_after: "Наступний", "Following";
    closed_day: "Зачинено", "Closed";
    no_stations: "Станцій ще немає: додайте їх файлом.", "No stations yet: bring them in by a file.";
    free: "вільно", "free";
    booked: "Записано", "Booked";
    print: "Щоб надрукувати: Ctrl+P.", "To print: Ctrl+P.";
    kept: "тримаємо", "kept";
    time: "Час", "Time";
    plan: "Пости й час", "Posts and times";
    list: "Список", "List";
    printed: "Надруковано", "Printed";
    no_bookings: "Записів немає.", "Nothing is booked.";
    // Customers.
    customers: "Клієнти", "Customers";
    customer_word: "Клієнт", "Customer";
    without_name: "без імені", "without a name";
    name_part: "Частина імені", "A part of the name";
    show_hidden: "Приховані", "Hidden ones";
    show_shown: "Не приховані", "Those in sight";
    calls_count: "Дзвінків", "Calls";
    last_heard: "Востаннє чули", "Last heard";
    first_heard: "Уперше чули", "First heard";
    cars: "Автомобілі", "Cars";
    plate: "Номер", "Plate";
    tyre_size: "Розмір шин", "Tyre size";
    remembered: "Що памʼятаємо", "What is remembered";
    open_matters: "Відкриті справи", "Open matters";
    memory_source: "Сказано агентові в розмовах, востаннє", "Told the agent in calls, last on";
    city: "Місто", "City";
    address: "Адреса", "Address";
    hide: "Приховати", "Hide";
    hide_why: "Зі списків зникне; за 30 днів буде видалено назавжди. До того можна повернути.",
        "Out of all lists; gone for good after 30 days. Can be brought back until then.";
    restore: "Повернути", "Bring back";
    hidden_since: "Приховано", "Hidden since";
    too_late: "Уже не повернути", "It is too late";
    too_late_why: "Приховане надто давно, його ось-ось видалять.",
        "It was hidden too long ago and is about to be purged.";
    forget: "Забути людину", "Forget the person";
    forget_why: "Усе, що ця людина казала, зникне назавжди; суми й дні лишаться без імен.",
        "All that this person said goes for good; sums and days stay without names.";
    forget_unfinished: "Ще не завершено:", "Not finished yet:";
    forget_what: "Буде стерто", "This will be erased";
    forget_confirm: "Щоб підтвердити, напишіть останні чотири цифри номера",
        "To confirm, write the last four digits of the number";
    forget_wrong: "Це не останні чотири цифри. Нічого не стерто.",
        "These are not the last four digits. Nothing was erased.";
    forget_no_number: "Номера немає: стирати за номером нічого.",
        "There is no number to erase by.";
    forgotten: "Забуто", "Forgotten";
    forgotten_clean: "Пошук по всіх текстах більше нічого не знаходить.",
        "A search of every text finds nothing any more.";
    forgotten_left: "Номер ще стоїть тут:", "The number still stands here:";
    table_word: "Таблиця", "Table";
    rows_word: "Рядків", "Rows";
    deed_word: "Що зроблено", "What was done";
    // Stock.
    stock: "Каталог і склад", "Catalogue and stock";
    search_article: "Артикул, виробник або модель", "Article, maker or model";
    season: "Сезон", "Season";
    in_stock: "На складі", "In stock";
    updated: "Оновлено", "Updated";
    not_sold: "не продається", "not sold";
    upload: "Завантажити файл", "Upload a file";
    upload_rule: "CSV у UTF-8 із заголовком, щонайбільше 8 МБ.",
        "CSV in UTF-8 with a heading, at most 8 MB.";
    file: "Файл", "File";
    file_kind: "Що в ньому", "What it holds";
    as_of: "Стан складу на день (порожньо: зараз)", "The stock as of the day (empty: now)";
    skip_bad: "Завантажити добрі рядки, навіть якщо є погані",
        "Load the good rows though there are bad ones";
    dry_run: "Лише перевірити", "Only check";
    allow_emptying: "Дозволити обнулити більшість артикулів",
        "Allow most articles to be set to 0";
    file_missing: "Файл не обрано.", "No file was chosen.";
    import_report: "Що вийшло з файлу", "What came of the file";
    import_done: "Завантажено.", "It is loaded.";
    import_checked: "Перевірено, нічого не змінено.", "It was checked; nothing was changed.";
    import_failed: "Нічого не завантажено.", "Nothing was loaded.";
    rows_total: "Рядків у файлі", "Rows in the file";
    rows_bad: "Поганих рядків", "Bad rows";
    rows_new: "Нових", "New";
    rows_changed: "Змінених", "Changed";
    rows_same: "Без змін", "Unchanged";
    rows_emptied: "Обнулено артикулів", "Articles set to 0";
    wishes_made: "Побажань стало заявками", "Wishes that became tickets";
    line_word: "Рядок", "Line";
    column_word: "Стовпець", "Column";
    value_word: "Значення", "Value";
    only_first_bad: "Показано перші 100 помилок.", "The first 100 mistakes are shown.";
    latest_imports: "Останні файли", "The latest files";
}

impl Words {
    /// So many tries of how many.
    #[must_use]
    pub fn tries(self, count: usize) -> String {
        match self.0 {
            Tongue::Uk => {
                let forms = ["спроба", "спроби", "спроб"];
                format!("{count} {}", super::plural_uk(count as i64, forms))
            }
            Tongue::En => format!("{count} {}", if count == 1 { "try" } else { "tries" }),
        }
    }

    /// So many fittings.
    #[must_use]
    pub fn fittings(self, count: usize) -> String {
        match self.0 {
            Tongue::Uk => {
                let forms = ["запис", "записи", "записів"];
                format!("{count} {}", super::plural_uk(count as i64, forms))
            }
            Tongue::En => format!("{count} {}", if count == 1 { "fitting" } else { "fittings" }),
        }
    }
}
