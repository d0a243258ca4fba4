//! English words by which the brain knows what a line is about.

use super::{About, Table};

pub(super) const WORDS: Table = &[
    (About::Hello, "hello|hi|hey|good morning|good afternoon|good evening|good day"),
    (About::Thanks, "thanks|thank you|cheers"),
    (About::Nothing, "nothing|that's all|that is all|no thank*|nothing else"),
    (
        About::Anything,
        "any|anything|anywhere|either|whichever|whatever|don't mind|doesn't matter|\
         you choose|no preference",
    ),
    (
        About::Unknown,
        "don't know|do not know|not sure|no idea|can't remember|don't remember|\
         do not remember|i forgot",
    ),
    (About::Tires, "tyre*|tire*|wheel*|rubber|taya"),
    (About::Buying, "need|looking for|look for|buy|price*|cost*|search*|find|set of|interested in"),
    (
        About::Stock,
        "in stock|available|availability|do you have|have you got|how many|are there|left|\
         tell me about|what about|how about",
    ),
    (About::Cheaper, "cheap*|less expensive|budget|lowest price"),
    (About::Dearer, "best|premium|better|most expensive|top"),
    (About::Other, "other*|another|else|more|different|instead"),
    (
        About::Take,
        "i'll take|i will take|we'll take|i take|take the|take them|take four|\
         i'd like to order|want to order|like to order|order them|order the|order four|\
         order it|place an order|place the order|buy the|buy them|buy it|purchase|i'll have|\
         i'll buy|i want to buy|i'd like to buy|let me order|can i order|i want those|\
         i want the|make an order",
    ),
    (
        About::Order,
        "tracking number|order|orders|parcel|shipment|purchase|my tyres come|ordered|i bought|we bought|\
         i've bought",
    ),
    (
        About::Whereabouts,
        "how's my|any news|news on|news about|where|where's|wheres|when's|status|track*|arriv*|when will|when does|when is|shipped|delivered|how is my|\
         check my|check on|about my|what about my|what's with|happening with|ready|\
         they come|it come|been sent|sent yet|sent out|dispatched|they coming|it coming|order coming|on its way|\
         on the way|get here|been delivered",
    ),
    (
        About::Delivery,
        "bring them|bring it|to my door|to my home|to my house|deliver*|courier|nova poshta|nova post|ship*|post|by mail|send*",
    ),
    (
        About::Pickup,
        "drop by|come over|come in person|in person|pickup|pick up|pick it up|pick them up|collect*|come by|come for|myself|fetch",
    ),
    (About::Cash, "cash|on delivery|when i get|when it arrives|upon receipt"),
    (About::Online, "online|link|prepay*|in advance|on the site|by internet"),
    (About::Card, "card|terminal|by card"),
    (About::Count, "quantity|number of|how many|count|amount"),
    (About::Payment, "pay|payment|paying"),
    (About::Recipient, "recipient|receiver|name"),
    (
        About::Fitting,
        "tyres changed|tires changed|wheels changed|tyres put on|tires put on|fitting*|fitted|fit|mount*|install*|swap*|appointment|book|book a|book an|book me|\
         booking|reserv*|changed|change my|change the tires|change the tyres|change tyres|\
         change tires|tyre change|tire change|put them on|changeover",
    ),
    (
        About::Later,
        "later|another day|other day|another time|different day|different time|other time",
    ),
    (About::Day, "day|date"),
    (About::Time, "time|hour"),
    (About::Place, "station|place|address|location|branch"),
    (About::Morning, "morning"),
    (About::Afternoon, "afternoon|after lunch"),
    (About::Evening, "evening|after work"),
    (About::Balancing, "balanc*"),
    (About::Repair, "puncture*|repair*|patch*|flat tyre|flat tire|nail|alignment|fix"),
    (
        About::Price,
        "charge for|the charge|fee|fees|price list|how much|price*|cost*|what do you charge|expensive is|rate|rates",
    ),
    (
        About::Booking,
        "my booking|my bookings|my appointment|my fitting|my reservation|the booking|\
         the appointment|a booking|an appointment|booked|i'm booked|my visit|my slot",
    ),
    (
        About::Cancel,
        "remove my|take me off|get rid of my|no longer need my|cancel*|call off|drop my|won't come|can't come|not coming|delete",
    ),
    (
        About::Move,
        "change the appointment|change the booking|switch my booking|switch my appointment|move|moved|reschedul*|postpone*|shift|change my booking|change my appointment|\
         change my fitting|change the time of|change the date of|push back|bring forward|\
         change my slot",
    ),
    (
        About::Late,
        "i'll be late|i will be late|be late|running late|i'm late|i am late|be delayed|\
         stuck in traffic",
    ),
    (
        About::Storage,
        "keeping my|keep my tyres|keep my tires|keep my wheels|storage|stored|you keep my|you are keeping|store with you|left my tyres|\
         left my tires|left my wheels|left them with you|left with you|tyres with you|\
         tires with you|wheels with you|you have my tyres|you have my tires|holding my",
    ),
    (
        About::StoreNew,
        "put in storage|leave for storage|store my|into storage|storage cost*|leave my tyres|\
         leave my tires|put my|leave them",
    ),
    (
        About::Own,
        "my own|own tyres|own tires|bring them|bring my|with me|not stored|not in storage|\
         in the car|in the boot|in my boot|not storage",
    ),
    (
        About::Other3rd,
        "wife*|husband*|brother*|sister*|son|daughter*|friend*|mother*|father*|his|her|\
         colleague*|boss*",
    ),
    (
        About::Advice,
        "which season|what season|recommend*|advise|advice|suggest*|what should i|\
         which should i|time to change|when to change|when should i|winter or|summer or|\
         what tyres are better|which tyres are better",
    ),
    (
        About::Knowhow,
        "warranty|guarantee|return policy|returned|\
         how should i store|how to store|how do i store|how often|how long does|how long do|\
         what is the difference|what's the difference|difference between|what does|what should i bring|\
         what to bring|what do i need to bring|what is included|is it included|what pressure|\
         pressure|tread|bulge|how old|date of manufacture|a fine for|can i drive|can i mix|\
         mix tyres|mix tires|can it be repaired|be repaired|can i return|can they be returned|\
         exchange|can i inspect|can i wait|load index|speed index|run in|steering wheel|vibrat*|\
         how do i choose|how to choose|lost the receipt|what should i do if|how can i pay|\
         can i pay|prepayment|instalment*|installment*|abroad|without an appointment|\
         studs on two|why do i need|why does|why is my",
    ),
    (
        About::Info,
        "warrant*|guarant*|refund*|return policy|opening hours|open on|open at|are you open|\
         what time do you|credit|instal*ments|discount*|promo*|loyalty|invoice|vat|\
         oil change|rims|alloy*|battery|batteries|complain*|director|vacanc*",
    ),
    (
        About::Callback,
        "ring back|phone back|telephone me|get back to me|phone me back|call me back|call back|callback|ring me back|phone me|call me later|\
         call me tomorrow|ring me|give me a call|return my call|call me when|\
         someone call me|somebody call me|you call me|you phone me",
    ),
    (About::Onward, "go on|move on|continue|carry on|keep going|proceed"),
    (About::Instead, "instead|rather|after all|changed my mind"),
    (
        About::Fits,
        "tyres fit|tires fit|tyre fits|tire fits|tyres would fit|tires would fit|tyres will fit|tires will fit|size fits|sizes fit|size would fit|wheels fit|fit my car|fit my|fit on my|fit a|fit the|fits my|fits a|fits on",
    ),
];
