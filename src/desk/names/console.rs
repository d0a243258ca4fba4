//! Codes of the operator's live work.

use super::Names;

/// `call_transfers.reason`
pub const REASONS: Names = &[
    ("customer_request", "абонент просить людину", "the caller asks for a person"),
    ("cannot_help", "агент не може допомогти", "the agent cannot help"),
    ("complex_question", "складне питання", "a difficult question"),
    ("negative_emotion", "абонент сердиться", "the caller is upset"),
    ("provider_down", "збій розпізнавання або моделі", "recognition or model out of order"),
    ("cost_ceiling", "межа витрат", "cost ceiling"),
    ("taken_over", "забрали з пульта", "taken over from the desk"),
];

/// `dashboard.presence.state`
pub const PRESENCE: Names = &[
    ("free", "вільно", "free"),
    ("busy", "зайнято", "busy"),
    ("wrap_up", "дописує", "wrapping up"),
    ("away", "відійшов", "away"),
    ("off", "не працює", "off"),
];

/// `dashboard.presence.reason`
pub const AWAY: Names = &[
    ("break", "перерва", "break"),
    ("lunch", "обід", "lunch"),
    ("training", "навчання", "training"),
    ("other", "інше", "other"),
];

/// `dashboard.pops.outcome`
pub const POP_OUTCOMES: Names = &[
    ("ordered", "замовлення", "ordered"),
    ("booked", "запис", "booked"),
    ("changed", "змінено", "changed"),
    ("cancelled", "скасовано", "cancelled"),
    ("answered", "відповіли", "answered"),
    ("call_back", "передзвонити", "call back"),
    ("complaint", "скарга", "complaint"),
    ("wrong_number", "помилилися номером", "wrong number"),
    ("lost_line", "обрив лінії", "lost line"),
];

/// `dashboard.pop_refusals.reason`
pub const POP_REFUSALS: Names = &[
    ("busy", "зайнято", "busy"),
    ("not_mine", "не моя тема", "not my subject"),
    ("break", "перерва", "break"),
    ("unwell", "недобре", "unwell"),
    ("other", "інше", "other"),
];

/// `call_transfers.outcome`
pub const FATES: Names = &[
    ("taken", "прийнято", "taken"),
    ("handed_over", "передано в АТС", "handed over"),
    ("handed_back", "передано в АТС", "handed back"),
    ("busy", "лінія зайнята", "busy"),
    ("no_answer", "ніхто не відповів", "no answer"),
    ("refused", "відмовилися", "refused"),
    ("offline", "нікого немає", "nobody there"),
    ("out_of_hours", "неробочий час", "out of hours"),
    ("caller_left", "абонент поклав слухавку", "the caller left"),
    ("not_allowed", "не дозволено", "not allowed"),
    ("failed", "збій", "failed"),
];

/// `approvals.status`
pub const APPROVALS: Names = &[
    ("pending", "чекає на «так»", "waits for a yes"),
    ("approved", "погоджено", "agreed"),
    ("rejected", "відмова", "declined"),
    ("expired", "не дочекалися", "expired"),
];
