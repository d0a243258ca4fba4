//! The other side: an honest brain is not hindered, and what was judged stands in the database.

use crate::effects::Bench;
use crate::line;
use crate::script::{NONE, Script};
use uuid::Uuid;

async fn verdicts(bench: &Bench, call: Uuid, verdict: &str) -> Vec<String> {
    let mut owner = bench.db.owner().await;
    sqlx::query_scalar(
        "select sentence || ' ' || reason from eval_results where call_id = $1 and verdict = $2 \
         order by seq",
    )
    .bind(call)
    .bind(verdict)
    .fetch_all(&mut owner)
    .await
    .expect("the judged sentences")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_local_brain_says_rests_on_results() {
    let Some(bench) = Bench::open().await else { return };
    let lines: [&[&str]; 2] = [
        &[
            "I need winter tyres 205/55 R16.",
            "What is the cheapest one?",
            "I would like to book a tyre fitting in Kyiv.",
            "Obolon, please.",
            "The earliest time you have.",
            "My name is John.",
            "It is a white Toyota.",
            "Yes.",
        ],
        &[
            "Winter tyres 175/65 R14, please.",
            "How many of the Nokian do you have?",
            "What does a fitting cost for sixteen inches?",
        ],
    ];
    for (index, lines) in lines.into_iter().enumerate() {
        let mut script = Script::new("honest", NONE);
        script.caller = lines.iter().map(|line| (*line).to_owned()).collect();
        let told = line::hold(&bench.parts, &bench.phone(9_000 + index), &script, None).await;
        assert!(bench.parts.flush_log().await, "the log does not reach the database");
        let withheld = verdicts(&bench, told.call, "withhold").await;
        assert!(withheld.is_empty(), "{withheld:?}\n{}", told.lines.join("\n"));
        assert!(!verdicts(&bench, told.call, "send").await.is_empty(), "{:?}", told.lines);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_withheld_is_in_the_database() {
    let Some(bench) = Bench::open().await else { return };
    let script =
        Script::new("an invention", NONE).says("What does it cost?").answers("It costs 500 UAH.");
    let told = line::hold(&bench.parts, &bench.phone(9_100), &script, None).await;
    assert!(bench.parts.flush_log().await, "the log does not reach the database");
    let withheld = verdicts(&bench, told.call, "withhold").await;
    assert_eq!(withheld, ["It costs 500 UAH. untraceable money"]);
    assert_eq!(verdicts(&bench, told.call, "rephrase").await.len(), 1, "{:?}", told.lines);
    assert!(!told.said.contains("500") && told.said.ends_with('?'), "{}", told.said);
}
