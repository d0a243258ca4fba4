//! What a person types carelessly: a reader that goes away, a wrong folder, words that are no number.

use crate::process::program::Folder;
use std::process::Stdio;

#[tokio::test]
async fn a_reader_that_goes_away_ends_a_command_quietly() {
    let folder = Folder::new();
    let mut program = folder.program(&["heard", "--lang", "en"]);
    let mut child = program.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    // Nobody reads any more before there is anything to print.
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    let typed = tokio::io::AsyncWriteExt::write_all(&mut input, b"205 55 R16\n").await;
    typed.expect("it reads");
    drop(input);
    let output = child.wait_with_output().await.expect("it ends");
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), error.as_str()), (Some(141), ""));
}
