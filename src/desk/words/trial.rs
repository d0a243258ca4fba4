//! Words of the page where one speaks with the agent.

use super::{Tongue, Words};

words! {
    nav_try: "Спробувати", "Try it";
    try_it: "Поговорити з агентом", "Speak with the agent";
    try_test: "Пробний дзвінок: не рахується.", "A test: not counted.";
    try_test_why: "У показниках його немає. Але замовлення й записи, про які домовитеся, справжні: потім скасуйте їх.",
        "No figure counts it. But what you order or book in it is real: cancel it afterwards.";
    try_speak: "Мікрофон", "Microphone";
    try_language: "Почати мовою", "Begin in";
    try_shops: "мова магазину", "the shop's language";
    try_start: "Подзвонити агентові", "Call the agent";
    try_stop: "Покласти слухавку", "Hang up";
    try_level: "Рівень мікрофона", "Level of the microphone";
    try_call_page: "Сторінка цього дзвінка", "The page of this call";
    try_tools: "Що робив агент", "What the agent did";
    try_no_tools: "Поки нічого: тут зʼявляться пошук, наявність, записи.",
        "Nothing yet: searches, stock and bookings appear here.";
    try_nothing_yet: "Слова зʼявляться тут, щойно пролунають.",
        "What is said appears here as soon as it has sounded.";
    try_needs_script: "Без скриптів браузер не дає сторінці мікрофона.",
        "Without script a browser gives no page its microphone.";
    try_no_number: "До цього магазину ще не веде жоден номер, тож агент не знатиме, чий це дзвінок.",
        "No number leads to this shop yet, so the agent would not know whose call this is.";
    try_ready: "Готово. Краще з навушниками.", "Ready. Headphones are best.";
    try_asking: "Дозвольте браузеру мікрофон.", "Allow the microphone in your browser.";
    try_calling: "Зʼєднуємо…", "Connecting…";
    try_talking: "Говоріть.", "Speak.";
    try_over: "Розмову закінчено.", "The call is over.";
    try_moves: "Агент віддав би дзвінок далі:", "The agent would hand the call over to:";
    try_denied: "Мікрофон заборонено. Дозвольте його біля адреси сторінки.",
        "The microphone is forbidden. Allow it beside the page's address.";
    try_no_microphone: "Мікрофона не знайдено.", "There is no microphone.";
    try_failed: "Не вийшло. Можливо, лінія зайнята. Спробуйте ще раз.",
        "That did not work. The line may be busy. Try again.";
    try_insecure: "Браузер дає мікрофон лише через HTTPS або на цій самій машині.",
        "Browsers give the microphone only over HTTPS or on the same machine.";
}
