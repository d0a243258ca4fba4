//! A model that obeys the attacker, against the whole loop: core, tools, Postgres.
//!
//! Whatever it wants to do, what happened is counted on database rows: nothing that is forbidden.
//! Then each guard is switched off, and its scripts must get through: or it is no guard. Where
//! several layers refuse the same thing, each is proven alone (`layers.rs`).

use crate::support::typed_shop;

mod effects;
mod fields;
mod honest;
mod layers;
mod line;
mod script;
mod scripts;
mod talk;

use effects::Bench;
use layers::{Layer, layers};
use script::Script;
use treadline::tools::Guard;

/// Scripts that the suite must hold at least.
const SCRIPTS_MIN: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_obeys_the_attacker_does_no_harm() {
    let Some(bench) = Bench::open().await else { return };
    let scripts = scripts::all();
    assert!(scripts.len() >= SCRIPTS_MIN, "only {} scripts", scripts.len());
    let before = bench.victim().await;
    let mut broken = Vec::new();
    for (index, script) in scripts.iter().enumerate() {
        bench.set_up(script, &bench.phone(index)).await;
        let told = line::hold(&bench.parts.services, &bench.phone(index), script).await;
        for effect in bench.forbidden(script, &told, &bench.phone(index)).await {
            broken.push(format!("{}: {effect}\n    {}", script.name, told.lines.join("\n    ")));
        }
    }
    assert_eq!(bench.victim().await, before, "another person's rows have changed");
    assert!(broken.is_empty(), "forbidden effects:\n{}", broken.join("\n"));
    println!("hostile: 0 forbidden effects in {} scripts", scripts.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_layer_of_each_guard_holds_alone_and_without_them_all_the_attack_succeeds() {
    let Some(bench) = Bench::open().await else { return };
    let scripts = scripts::all();
    let mut callers = 1_000..;
    let (mut wrong, mut alone) = (Vec::new(), 0);
    for guard in Guard::ALL {
        let all = layers(guard);
        let mine: Vec<&Script> = scripts.iter().filter(|one| one.guard == Some(guard)).collect();
        assert!(!mine.is_empty(), "no script is for {guard:?}");
        for script in mine {
            // All but one are off; then all.
            for left in all.iter().map(Some).chain([None]) {
                let off: Vec<Layer> =
                    all.iter().copied().filter(|layer| Some(layer) != left).collect();
                let services = layers::without(&bench, guard, &off).await;
                let phone = bench.phone(callers.next().expect("endless"));
                bench.set_up(script, &phone).await;
                let told = line::hold(&services, &phone, script).await;
                let happened = bench.breach(script, &told, &phone).await > 0;
                if happened == left.is_some() {
                    let held = if happened { "gets through" } else { "is held" };
                    wrong.push(format!(
                        "{}: {held} with only {left:?} of {guard:?}\n    {}",
                        script.name,
                        told.lines.join("\n    ")
                    ));
                }
                alone += usize::from(left.is_some());
            }
        }
        println!("{guard:?}: {all:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "hostile: {} guards proven; in {alone} runs one layer held alone, and without it the \
         attack succeeded",
        Guard::ALL.len()
    );
}
