//! What the numbers mean, as the pages tell it.

use crate::db::figures::pictures::Reader;

/// Of the first page.
pub(super) fn of(reader: Reader) -> Vec<&'static str> {
    vec![
        reader.says(
            "Calls: live calls that began in these days on the shop's wall; demos and tests never count.",
            "Дзвінки: справжні дзвінки, що почалися в ці дні за годинником магазину; демо й проби не рахуються.",
        ),
        reader.says(
            "Rates leave out calls that still go on, were never served, or ended within 5 s without a word.",
            "У частках немає дзвінків, що тривають, не були прийняті або скінчилися за 5 с без жодного слова.",
        ),
        reader.says(
            "Resolved: something was agreed and done, or the caller accepted an answer. It held if the same number did not phone again within 24 h; calls of the last 24 h and hidden numbers are not judged.",
            "Вирішено: щось узгоджено й зроблено, або клієнт прийняв відповідь. Вирішення втрималося, якщо той самий номер не дзвонив знову 24 год; дзвінки останніх 24 год і приховані номери не оцінюються.",
        ),
        reader.says(
            "Lost through us: our process died, the line broke, our error. Never among those who hung up.",
            "Втрачено через нас: упав наш процес, обірвався зв’язок, наша помилка. Ніколи не серед тих, хто поклав слухавку.",
        ),
        reader.says(
            "Cost for a resolved call: all cost of these days, of every call, divided by the resolved ones. A step of unknown price is not in it and is counted apart.",
            "Витрати на вирішений дзвінок: усі витрати цих днів, на кожен дзвінок, поділені на вирішені. Кроки невідомої ціни сюди не входять і рахуються окремо.",
        ),
        reader.says(
            "A share comes with its 95 % interval (Wilson); under 20 calls there are counts only.",
            "Частка має 95-відсотковий інтервал (Вілсон); якщо дзвінків менше 20, є лише кількість.",
        ),
        reader.says(
            "Quality is what the judge gave each call, by rules or by a model: the mean of eight criteria. Poor is under 0.7; a criterion is missed under 0.5.",
            "Якість — оцінка кожного дзвінка за правилами або моделлю: середнє восьми критеріїв. Погана — менше 0,7; критерій не виконано, якщо менше 0,5.",
        ),
        reader.says(
            "Agent and operators: a call is the operators' if it was handed over or a person spoke in it.",
            "Агент і оператори: дзвінок операторський, якщо його передано або в ньому говорила людина.",
        ),
        reader.says(
            "Services sold: bookings and orders made in these calls that still stand, at their prices.",
            "Продані послуги: записи й замовлення з цих дзвінків, що досі чинні, за їхніми цінами.",
        ),
        reader.says(
            "How far calls came: who ended at a stage had come to those before it.",
            "Як далеко дійшли: хто скінчив на етапі, пройшов усі попередні.",
        ),
    ]
}

/// Of the page of latencies.
pub(super) fn of_latency(reader: Reader) -> Vec<&'static str> {
    vec![
        reader.says(
            "An answer lasts from the caller's last sound to our first, a filler included.",
            "Відповідь триває від останнього звуку клієнта до нашого першого, разом із заповнювальною фразою.",
        ),
        reader.says(
            "Percentiles come from the sum of all answers, never from the percentiles of days. The median needs 20 answers, p95 59, p99 299.",
            "Перцентилі рахуються з усіх відповідей разом, ніколи з перцентилів за дні. Медіана потребує 20 відповідей, p95 — 59, p99 — 299.",
        ),
        reader.says(
            "The times of today are those of the last daily count, which is made every ten minutes.",
            "Часи сьогоднішнього дня — з останнього підрахунку, який робиться кожні десять хвилин.",
        ),
    ]
}
