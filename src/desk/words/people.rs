//! The words of the pages of people, and of one's own page.

use super::{Tongue, Words};

words! {
    nav_office: "Керування", "Office";
    nav_people: "Люди", "People";
    people: "Люди пульта", "People of the desk";
    person: "Людина", "Person";
    person_role: "Роль", "Role";
    last_here: "Був тут", "Last here";
    never_here: "ще не був", "never yet";
    devices: "Пристрої", "Devices";
    every_shop: "усі магазини", "every shop";
    state_in: "має доступ", "has access";
    state_invited: "запрошено, пароля ще немає", "invited, no password yet";
    state_off: "вимкнено", "switched off";
    invite: "Запросити", "Invite";
    invite_why: "Зʼявиться одноразове посилання: людина сама обере пароль.",
        "A one-time link appears: the person chooses the password.";
    person_known: "Така пошта вже має обліковий запис.", "This e-mail has an account already.";
    change_role: "Змінити роль", "Change the role";
    switch_off: "Вимкнути", "Switch off";
    switch_off_why: "Людина одразу вийде на всіх пристроях і більше не ввійде.",
        "The person is signed out everywhere at once and comes in no more.";
    switch_on: "Увімкнути знову", "Switch on again";
    reset_password: "Посилання для нового пароля", "Link for a new password";
    reset_why: "Старий пароль діє, доки посилання не використали. Посилання живе три дні.",
        "The old password works until the link is used. The link lives for three days.";
    reset_blocked: "Спершу ввімкніть цей обліковий запис.", "Switch this account on first.";
    last_super_admin: "Це останній головний адміністратор, який може ввійти. Спершу призначте іншого.",
        "This is the last super admin who can come in. Appoint another one first.";
    role_above: "Роль, вищу за власну, не надають.", "Nobody gives a role above their own.";
    shown_once: "Показано один раз", "Shown once";
    link_is: "Передайте це посилання людині. Воно спрацює один раз, протягом трьох днів.",
        "Hand this link to the person. It works once, for three days.";
    their_deeds: "Що робила ця людина", "What this person did";
    my_page: "Моя сторінка", "My page";
    new_password: "Новий пароль", "New password";
    present_password: "Теперішній пароль", "Present password";
    present_wrong: "Теперішній пароль не підходить.", "The present password is wrong.";
    password_why: "Після зміни всі інші пристрої вийдуть.",
        "After the change all other devices are signed out.";
    password_changed: "Пароль змінено", "The password is changed";
    password_changed_why: "Усі інші пристрої вийшли.", "All other devices are signed out.";
    device: "Пристрій", "Device";
    device_this: "цей", "this one";
    device_kept: "запамʼятано", "remembered";
    device_till_closed: "до закриття браузера", "until the browser is closed";
    device_unknown: "невідомий браузер", "unknown browser";
    device_in_since: "Увійшов", "Signed in";
    end_session: "Вийти тут", "Sign out there";
    end_others: "Вийти на всіх інших", "Sign out everywhere else";
    language_and_look: "Мова й вигляд", "Language and look";
}
