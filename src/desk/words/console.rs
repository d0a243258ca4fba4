//! The words of the operator's live work.

use super::{Tongue, Words};

words! {
    my_state: "Мій стан", "My state";
    state_unknown: "не вказано", "not said";
    away_why: "Чому відійшли", "Why away";
    phone_only: "лише телефон, без сторінки", "telephone only, no page";
    set_state: "Змінити", "Change";
    state_rule: "Агент обіцяє людину лише тоді, коли хтось вільний. Без відкритої сторінки ви через хвилину не на місці.",
        "The agent promises a person only when somebody is free. Without an open page you are gone after a minute.";
    colleagues: "Хто на місці", "Who is there";
    nobody_there: "Ніхто ще не сказав, що працює: дзвінки передаються, як без пульта.",
        "Nobody has said that they work: calls are handed over as without a desk.";
    silent: "сторінку закрито", "page closed";
    waiting_callers: "Хто чекає на людину", "Who waits for a person";
    nobody_waits: "Ніхто не чекає.", "Nobody waits.";
    rings: "дзвонить", "ringing";
    waits_for: "чекає", "waits";
    unclaimed: "Хто з вас розмовляв?", "Which of you had this call?";
    mine: "моє", "mine";
    next_step: "Що далі", "What next";
    next_confirm: "Абонента спитали, і він ще не відповів: дочитайте й запитайте знову.",
        "The caller was asked and has not answered: read it again and ask.";
    next_draft: "Почато й не завершено: продовжте звідси.", "Begun and not finished: go on from here.";
    next_listen: "Привітайтеся й запитайте, чим допомогти: агент дізнався, що нижче.",
        "Greet and ask: what the agent learned stands below.";
    next_took_over: "Ви забрали розмову: агент уже попередив абонента.",
        "You took the call over: the agent has told the caller.";
    draft: "Почате", "Begun";
    was_found: "Що знайдено", "What was found";
    was_agreed: "Про що спитано", "What was asked for";
    person_history: "Що було раніше", "What was before";
    take_call: "Приймаю", "Take";
    refuse_call: "Не приймаю", "Refuse";
    refuse_why: "Чому", "Why";
    you_refused: "ви не приймаєте", "you refuse it";
    talk_over: "Розмову закінчено", "The talk is over";
    file_it: "Записати підсумок", "File";
    how_ended: "Чим закінчилося", "How it ended";
    leave_out: "Без підсумку", "Leave it out";
    take_call_over: "Забрати розмову", "Take the call over";
    took_over: "Агент попередить абонента одним реченням і передасть дзвінок вам.",
        "The agent tells the caller in one sentence and hands the call to you.";
    not_in_progress: "Ця розмова вже закінчилася.", "That call is over.";
    unfiled_first: "Спершу запишіть підсумок попередньої розмови.",
        "File the call before first.";
    somebody_has_it: "Цей дзвінок уже прийняв хтось інший.", "Somebody else has this call.";
    needs_outcome: "Після розмови потрібен підсумок.", "After a talk an outcome is needed.";
    bell_on: "Увімкнути дзвінок", "Turn on the bell";
    call_rings: "Дзвонить абонент", "A caller is ringing";
}
