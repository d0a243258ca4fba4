use super::*;
use crate::language::spoken::speak;
use crate::pii::Personal;

const ALL: [Language; 3] = [Language::En, Language::Uk, Language::Ru];

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn booking(vehicle: &str) -> Agreement {
    Agreement::FittingBooking {
        station_name: "Північна".into(),
        address: "вул. Полярна, 10".into(),
        date: day(25),
        time: at(10, 20),
        service: Service::FullService,
        customer_name: Personal("Олена".into()),
        vehicle: vehicle.into(),
    }
}

fn moved() -> Agreement {
    Agreement::FittingMove {
        station_name: "Північна".into(),
        address: "вул. Полярна, 10".into(),
        from_date: day(25),
        from_time: at(10, 20),
        to_date: day(27),
        to_time: at(11, 0),
    }
}

fn cancelled() -> Agreement {
    Agreement::FittingCancel {
        station_name: "Північна".into(),
        address: "вул. Полярна, 10".into(),
        date: day(25),
        time: at(10, 20),
    }
}

fn order(delivery: DeliveryType, delivery_cost: Decimal) -> Agreement {
    let item = |name: &str, quantity: u16, price: Decimal| AgreedItem {
        name: name.into(),
        quantity,
        price,
        total: price * Decimal::from(quantity),
    };
    Agreement::Order {
        items: vec![
            item("Michelin X-Ice 205/55 R16", 4, Decimal::new(280_000, 2)),
            item("Rosava Snowgard 185/65 R15", 1, Decimal::new(179_950, 2)),
        ],
        delivery,
        destination: Personal("м. Київ, вул. Полярна, 10".into()),
        delivery_cost,
        payment: PaymentMethod::Cod,
        total: Decimal::new(1_319_950, 2),
        recipient: Personal("Олена Коваль".into()),
    }
}

fn all() -> Vec<Agreement> {
    let free = order(DeliveryType::Pickup, Decimal::ZERO);
    vec![
        booking("AA1234BB"),
        moved(),
        cancelled(),
        order(DeliveryType::Delivery, Decimal::from(200)),
        free,
    ]
}

#[test]
fn everything_of_a_booking_is_read_back() {
    assert_eq!(
        read_back(&booking("AA1234BB"), Language::En),
        "Let me read it back: tyre change and balancing at Північна, вул. Полярна, 10, \
         on Wednesday, 25 November at 10:20, in the name of Олена, the car is AA1234BB. \
         Shall I book it?"
    );
    assert_eq!(
        read_back(&booking("червона Шкода"), Language::Uk),
        "Перевірмо: заміна шин і балансування, Північна, вул. Полярна, 10, \
         у середу, 25 листопада, о 10:20, на ім'я Олена, автомобіль червона Шкода. \
         Записати вас?"
    );
    assert_eq!(
        read_back(&booking("красная Шкода"), Language::Ru),
        "Проверим: замена шин и балансировка, Північна, вул. Полярна, 10, \
         в среду, 25 ноября, в 10:20, на имя Олена, автомобиль красная Шкода. \
         Записать вас?"
    );
}

#[test]
fn what_is_unknown_is_left_out() {
    let text = read_back(&booking(" "), Language::En);
    assert!(!text.contains("car") && text.contains("Олена. Shall"), "{text}");
}

#[test]
fn a_move_names_both_times() {
    assert_eq!(
        read_back(&moved(), Language::Uk),
        "Перевірмо: ваш запис, Північна, вул. Полярна, 10, був у середу, 25 листопада, о 10:20, \
         а буде у п'ятницю, 27 листопада, о 11:00. Перенести запис?"
    );
    assert_eq!(
        read_back(&moved(), Language::Ru),
        "Проверим: ваша запись, Північна, вул. Полярна, 10, была в среду, 25 ноября, в 10:20, \
         а будет в пятницу, 27 ноября, в 11:00. Перенести запись?"
    );
    let english = read_back(&moved(), Language::En);
    assert!(english.contains("25 November at 10:20"), "{english}");
    assert!(english.contains("27 November at 11:00. Shall I move it?"), "{english}");
}

#[test]
fn a_cancellation_names_what_is_given_up() {
    for (language, end) in [
        (Language::En, "will be cancelled. Shall I cancel it?"),
        (Language::Uk, "буде скасовано. Скасувати запис?"),
        (Language::Ru, "будет отменена. Отменить запись?"),
    ] {
        let text = read_back(&cancelled(), language);
        assert!(text.contains("10:20") && text.contains("25") && text.ends_with(end), "{text}");
    }
}

#[test]
fn an_order_is_read_back_with_every_sum() {
    let delivered = order(DeliveryType::Delivery, Decimal::from(200));
    assert_eq!(
        read_back(&delivered, Language::Uk),
        "Перевірмо: Michelin X-Ice 205/55 R16, 4 штуки по 2800 грн, разом 11200 грн; \
         Rosava Snowgard 185/65 R15, 1 штука за 1799.50 грн; \
         доставка: м. Київ, вул. Полярна, 10, 200 грн; оплата готівкою при отриманні; \
         отримувач Олена Коваль; разом 13199.50 грн. Оформити замовлення?"
    );
    assert_eq!(
        read_back(&delivered, Language::Ru),
        "Проверим: Michelin X-Ice 205/55 R16, 4 штуки по 2800 грн, вместе 11200 грн; \
         Rosava Snowgard 185/65 R15, 1 штука за 1799.50 грн; \
         доставка: м. Київ, вул. Полярна, 10, 200 грн; оплата наличными при получении; \
         получатель Олена Коваль; всего 13199.50 грн. Оформить заказ?"
    );
    assert_eq!(
        read_back(&delivered, Language::En),
        "Let me read it back: Michelin X-Ice 205/55 R16, 4 pieces at 2800 UAH each, \
         11200 UAH together; Rosava Snowgard 185/65 R15, 1 piece for 1799.50 UAH; \
         delivery to м. Київ, вул. Полярна, 10, for 200 UAH; cash on delivery; \
         the recipient is Олена Коваль; 13199.50 UAH in all. Shall I place the order?"
    );
}

#[test]
fn what_costs_nothing_is_said_to_be_free() {
    let fetched = order(DeliveryType::Pickup, Decimal::ZERO);
    for (language, words) in [
        (Language::En, "free of charge"),
        (Language::Uk, "безкоштовно"),
        (Language::Ru, "бесплатно"),
    ] {
        let text = read_back(&fetched, language);
        assert!(text.contains(words) && !text.contains(" 0 "), "{text}");
    }
}

#[test]
fn every_read_back_ends_with_one_closed_question_and_can_be_spoken() {
    for agreement in all() {
        for language in ALL {
            let text = read_back(&agreement, language);
            assert!(text.ends_with('?') && text.matches('?').count() == 1, "{text}");
            let said = speak(&text, language);
            assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
        }
    }
}
