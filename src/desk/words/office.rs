//! The words of the audit log, of knowledge, of the instructions and of quality.

use super::{Tongue, Words};

words! {
    // The audit log.
    nav_audit: "Журнал дій", "Audit log";
    audit_person: "Хто (частина пошти чи назви)", "Who (a part of e-mail or name)";
    audit_kind: "Над чим", "Done to";
    audit_object: "Ідентифікатор", "Id";
    audit_before: "Було", "Before";
    audit_after: "Стало", "After";
    audit_none: "Такого ніхто не робив.", "Nobody did anything like that.";
    // Knowledge.
    nav_knowledge: "Знання", "Knowledge";
    knowledge_ask: "Питання, як його поставив би абонент", "A question, as a caller would put it";
    knowledge_in: "Мова відповіді", "Language of the answer";
    knowledge_found: "Що знайде агент", "What the agent would find";
    knowledge_nothing: "Нічого: агент скаже, що не знає.", "Nothing: the agent would say that it does not know.";
    knowledge_certain: "відповідь", "an answer";
    knowledge_unsure: "непевно", "not certain";
    knowledge_words: "слова", "words";
    knowledge_cosine: "косинус", "cosine";
    articles: "Статті", "Articles";
    no_articles: "Статей ще немає.", "No articles yet.";
    article_title: "Назва", "Title";
    article_about: "Про що", "About";
    article_version: "Версія", "Version";
    article_chunks: "Частин", "Parts";
    article_vectors: "з них із вектором", "with a vector";
    article_archived: "Давніх частин", "Archived parts";
    article_off: "не розповідаємо", "not told";
    article_on: "розповідаємо", "told";
    article_new: "Нова стаття", "New article";
    article_slug: "Коротка назва латиницею", "Short name in Latin letters";
    article_text: "Текст (Markdown)", "Text (Markdown)";
    article_taken: "Така стаття цією мовою вже є:", "There is such an article in this language already:";
    article_save: "Зберегти як нову версію", "Save as a new version";
    article_save_why: "Старі частини лишаються в архіві, нові діють одразу.",
        "Old parts stay in the archive, the new ones are used at once.";
    article_wrong: "Так не годиться:", "That will not do:";
    article_same: "Нічого не змінилося.", "Nothing has changed.";
    article_switch_off: "Не розповідати", "Do not tell it";
    article_versions: "Версії", "Versions";
    article_compare: "Порівняти з теперішньою", "Compare with the present one";
    vectors_failed: "Векторів немає: статтю знаходять за словами.",
        "There are no vectors: the article is found by its words.";
    // The instructions.
    nav_prompts: "Інструкції", "Instructions";
    prompts_elsewhere: "Дзвінки всіх магазинів ідуть за інструкціями першого магазину; тут їх не змінюють.",
        "Calls of all shops follow the instructions of the first shop; they are not changed here.";
    prompt_name: "Назва версії", "Name of the version";
    prompt_text: "Текст версії", "Text of the version";
    prompt_text_rule: "Може починатися рядками name:, hide:, rule:, scenario.order: між рядками ---.",
        "It may begin with lines name:, hide:, rule:, scenario.order: between lines of ---.";
    prompt_add: "Додати версію", "Add a version";
    prompt_add_why: "Додана версія ще не діє: спершу порівняйте її.",
        "An added version is not in use yet: compare it first.";
    prompt_from: "Взяти за основу", "Begin from it";
    prompt_in_use: "діє", "in use";
    prompt_use: "Ввести в дію", "Put into use";
    prompt_use_why: "Для дзвінків, що почнуться за десять секунд і пізніше.",
        "For calls that begin ten seconds from now or later.";
    prompt_chars: "Знаків", "Characters";
    prompt_compare: "Порівняти", "Compare";
    prompt_with: "з", "with";
    prompt_unknown: "Такої версії немає.", "There is no such version.";
    prompt_taken: "Така назва вже має інший текст: версії не змінюються.",
        "This name has another text already: versions do not change.";
    prompt_running: "Порівняння вже триває: спершу закінчіть його.",
        "A test is running already: end it first.";
    prompt_test_taken: "Порівняння з такою назвою вже було.", "There was a test of this name already.";
    prompt_no_test: "Жодне порівняння не триває.", "No test is running.";
    diff_same: "Тексти однакові.", "The texts are the same.";
    diff_added: "додано", "added";
    diff_removed: "прибрано", "removed";
    ab_test: "Порівняння двох версій на дзвінках", "Two versions against each other on calls";
    ab_start: "Почати порівняння", "Start a test";
    ab_stop: "Закінчити порівняння", "End the test";
    ab_name: "Назва порівняння", "Name of the test";
    ab_share: "Відсоток дзвінків для B", "Per cent of calls that get B";
    ab_share_bad: "Відсоток є числом від 1 до 99.", "The share is a number from 1 to 99.";
    ab_same: "Потрібні дві різні версії.", "Two different versions are needed.";
    ab_running: "триває", "running";
    ab_ended: "закінчено", "ended";
    ab_calls: "Дзвінків", "Calls";
    ab_resolved: "Вирішено", "Resolved";
    ab_person: "До людини", "To a person";
    ab_bought: "Купили чи записалися", "Bought or booked";
    ab_difference: "B мінус A", "B minus A";
    ab_few: "замало дзвінків", "too few calls";
    ab_confidence: "У дужках 95 % довіри: частки за Вілсоном, різниця за Ньюкомбом; якість за Стьюдентом і Велчем.",
        "In brackets 95 % confidence: shares by Wilson, their difference by Newcombe; quality by Student and Welch.";
    // Quality.
    nav_quality: "Якість", "Quality";
    quality_weeks: "Вісім критеріїв за тижнями", "Eight criteria by week";
    quality_weeks_why: "Скільки оцінених дзвінків тижня не виконали критерій. Число веде до цих дзвінків.",
        "How many of the judged calls of a week missed the criterion. A number leads to these calls.";
    quality_week: "Тиждень від", "Week from";
    quality_judged: "Оцінено", "Judged";
    quality_mean: "Середня", "Mean";
    quality_poor: "Погані", "Poor";
    quality_worst: "Найгірші дзвінки", "Worst calls";
    quality_missed: "Чого бракувало", "What was missed";
    quality_none: "Оцінених дзвінків ще немає.", "No call was judged yet.";
    quality_earlier: "Давніші тижні", "Earlier weeks";
}
