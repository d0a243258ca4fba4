//! What answers sound like: English. Lower case, one apostrophe, no marks.

use super::Answer::{Cancel, Goodbye, No, NotHeard, Operator, Repeat, Wait, Yes};
use super::tables::Entry;
use super::tables::Meaning::{Apology, Filler, Other, Says};
use super::tables::table;

pub(super) const ENTRIES: &[Entry] = table! {
    Other => [
        "no one", "not sure", "no idea", "what time", "that's not all",
        "right now", "right away", "good morning", "good afternoon", "good evening", "good question", "right there", "what else", "for what",
        "that's what", "it's just", "all right then what",
    ],
    Says(Yes) => [
        "that'll work", "that will work", "that suits", "i'd appreciate that", "would be great", "that would be nice", "accepted", "make it so", "yes make it so", "please place the order",
        "please order", "please order it", "please order them", "order them", "let's order", "let's order it", "let's order them", "place the order", "place it", "yes do", "yeah do", "do so", "please place it", "let's have it", "let it be so",
        "yes that's right", "yes sir", "that'll do", "that will do", "very good", "you bet", "by all means", "that would be great", "that would be fine", "that would be good", "let's go", "let's go ahead", "sounds right", "i'm sure", "i am sure", "please go ahead", "yes i am", "i am", "yes we do", "we do", "okey", "k", "okay then", "true", "it's correct", "it's right", "it's fine", "that suits me", "suits me", "fine by me", "fine with me", "go for it", "confirmed", "happy with that", "i'm happy with that", "yes indeed", "lovely", "cool", "deal", "no objections", "i'm in", "put me down",
        "yes", "yeah", "yea", "yep", "yup", "ya", "sure", "of course", "correct", "right", "that's right",
        "that is right", "that's correct", "that is correct", "that's it", "exactly", "absolutely",
        "definitely", "certainly", "ok", "okay", "fine", "that's fine", "sounds good", "sounds great",
        "go ahead", "please do", "i do", "i agree", "agreed", "i confirm", "confirm", "confirmed",
        "do it", "do that", "book it", "book me", "please book", "order it", "that works",
        "works for me", "works", "all right", "alright", "uh huh", "mm hmm", "mhm", "mmhmm", "aha",
        "indeed", "perfect", "great", "good", "very well", "i would", "i'd like that", "i will",
        "i'd love to", "let's do it", "let's do that", "why not", "you got it", "affirmative",
        "that's good", "it is", "yes it is", "everything is right", "everything is correct",
        "all correct", "all good", "i'll take it", "i'll take that",
    ],
    Says(No) => [
        "not necessary", "it's not necessary", "not needed", "it's not needed", "that's not necessary",
        "let's not", "not just now", "not right now", "no not now", "not at the moment", "let's skip it", "let's skip that", "skip it", "skip that",
        "no i don't", "not that one", "nothing", "no it isn't", "not quite", "not exactly", "not today", "not interested", "i'm not interested", "i'll pass", "i don't agree", "i disagree", "that won't work", "that won't do", "it won't work", "that's too late", "i'm good", "no i'm good", "i am not", "i'm not", "don't order it", "never", "nope not that", "no that's wrong", "that's a no", "please no", "not for me", "i'd say no", "no not really", "not this time", "don't bother", "no it's not", "absolutely no", "not good", "i can't", "i cannot",
        "no", "nope", "nah", "no thanks", "no thank you", "not really", "i don't", "i do not",
        "i don't think so", "i don't want to", "i don't want it", "i don't want that", "don't",
        "do not", "not now", "not yet", "not that", "that's wrong", "that is wrong", "wrong",
        "incorrect", "that's not right", "that is not right", "not right", "that's incorrect",
        "that's not correct", "not correct", "it's not", "it isn't", "it is not", "that's not it",
        "negative", "no way", "i'd rather not", "rather not", "of course not", "absolutely not",
        "definitely not", "certainly not", "not at all", "i won't", "i wouldn't", "don't do it",
        "don't do that", "don't book it", "please don't", "no need", "i do not want it",
        "it doesn't work", "that doesn't work", "doesn't work for me",
    ],
    Says(NotHeard) => [
        "i didn't hear you", "i couldn't hear you", "i couldn't hear that", "couldn't hear", "didn't hear you", "i can't hear", "i can't hear anything", "who is this", "you there", "anyone there", "anybody there", "is someone there", "say what", "what did you", "i can barely hear you", "bad line", "the line is bad", "the connection is bad", "what now", "come in", "i don't follow", "i didn't follow", "i don't get it", "excuse me what", "sorry what", "i'm sorry what", "wait what", "i missed that", "i missed it", "i didn't quite catch that", "i lost you", "you cut out", "you're cutting out", "do you hear me", "i didn't quite get that", "hello are you there", "i don't hear you", "mm what",
        "what", "what's that", "what was that", "pardon", "pardon me", "i beg your pardon", "beg your pardon",
        "hello", "halo", "allo", "are you there", "are you still there", "is anybody there", "is anyone there",
        "i can't hear you", "i cannot hear you", "can't hear you", "can you hear me",
        "i didn't hear you", "i didn't hear that", "i didn't hear", "i didn't catch that",
        "didn't catch that", "i didn't get that", "i didn't understand", "i don't understand",
        "i did not understand", "i did not catch that", "huh", "eh", "you're breaking up",
    ],
    Says(Cancel) => [
        "cancel please", "please cancel", "scrap that", "scrap it", "drop it", "call it off", "i no longer want it", "i don't want anything", "stop right there", "stop please", "leave it", "let's leave it", "let's cancel", "undo that", "let's forget it", "quit", "i have changed my mind", "cancel the whole thing", "i don't need it anymore", "i don't want it anymore", "not anymore", "cancel all of it", "cancel", "cancel it", "cancel that", "cancel this", "cancel everything", "never mind", "nevermind",
        "forget it", "forget about it", "forget that", "stop", "stop it", "stop that",
        "i changed my mind", "i've changed my mind", "abort",
    ],
    Says(Operator) => [
        "live person", "live agent", "live operator", "customer service", "an actual person", "actual person", "a consultant", "consultant", "supervisor", "a supervisor", "a specialist", "specialist", "support", "sales", "a human operator", "human operator", "talk to operator", "speak to operator", "get me a person", "get me a human", "give me a human", "give me a person", "give me an operator", "a real operator", "somebody human", "a real agent",
        "operator", "an operator", "the operator", "human", "a human", "a person", "a real person", "a human being",
        "real person", "representative", "agent", "an agent", "a live agent", "manager", "a manager",
        "somebody real", "someone real",
    ],
    Says(Goodbye) => [
        "cheers bye", "bye for now", "bye now", "that's all for now", "that's it for now", "thanks that's all", "i'm done", "we're done", "nothing more", "that's all i needed", "that's all i wanted", "have a good one", "have a nice evening", "have a good evening", "enjoy your day", "farewell", "so long", "cheerio", "talk to you later", "catch you later", "speak soon", "see you tomorrow", "no more questions", "i have no more questions", "i don't need anything else", "i'll call back later", "i'll call you back", "till next time", "until next time", "ciao",
        "bye", "bye bye", "goodbye", "good bye", "see you", "see you later", "see you then", "see you soon", "have a nice day",
        "have a good day", "have a great day", "take care", "that's all", "that is all",
        "that will be all", "that'll be all", "nothing else", "that's everything", "good night",
    ],
    Says(Wait) => [
        "please wait", "wait please", "please hold", "hold please", "hold on a second", "hold on a minute", "hold on a sec", "hang on a second", "hang on a minute", "hang on a sec", "wait a sec", "a sec", "half a second", "one second please", "not so fast", "slow down", "let me see here", "let me find it", "let me look it up", "let me get my papers", "let me grab a pen", "let me write it down", "i'm thinking", "i am thinking", "let me think about it", "give me a sec", "give me one second", "give me one minute", "give me one moment", "just wait", "just hold on", "one moment please", "i need a minute", "i need a moment", "stay on the line", "don't hang up", "bear with me a moment", "be right back", "i'll be right back",
        "wait", "wait a minute", "wait a second", "wait a moment", "hold on", "hang on", "hold the line",
        "one moment", "just a moment", "a moment", "one second", "just a second", "a second",
        "just a sec", "one sec", "one minute", "just a minute", "a minute", "give me a second",
        "give me a minute", "give me a moment", "let me think", "let me check", "let me see",
        "let me look", "bear with me",
    ],
    Says(Repeat) => [
        "please repeat", "can you repeat it", "could you say it again", "would you say that again", "can you say it again", "tell me again", "one more time please", "say that one more time", "what was that again", "sorry again", "could you go over that again", "go over that again", "repeat the question", "repeat the options", "repeat the price", "read it again", "read that again", "read it back", "read it back to me", "once again", "once again please", "what did you just say", "can i hear that again", "could i hear that again", "let me hear it again", "repeat that slowly", "say it slower", "slower please", "could you speak slower", "can you speak louder", "speak up", "speak up please", "louder please", "could you speak up", "what were the options", "say again please", "repeat once more", "repeat again", "could you repeat the question",
        "repeat", "repeat that", "repeat it", "repeat please", "again", "say again", "say that again", "say it again", "once more",
        "one more time", "come again", "can you repeat", "can you repeat that", "could you repeat",
        "could you repeat that", "could you repeat it", "can you say that again", "could you say that again",
        "what did you say", "what was the question", "would you repeat that", "i didn't hear repeat",
    ],
    Apology => ["sorry", "i'm sorry", "i am sorry", "excuse me"],
    Filler => [
                "let's go on", "let us go on", "let's move on", "let us move on", "let's continue", "let's carry on", "look", "listen",
        "please", "um", "uh", "er", "erm", "ah", "oh", "hm", "hmm", "well", "so", "and", "then", "that",
        "thanks", "thank you", "thank you very much", "thanks a lot", "thank you so much", "very much",
        "i think", "i guess", "i suppose", "you", "i", "just", "for me", "no problem", "my friend",
        "sir", "madam", "ma'am", "it", "for now", "now", "for", "your", "help", "for your help", "everything",
        "really", "yet", "can you", "could you", "would you", "it's", "that's", "you know",
    ],
};
