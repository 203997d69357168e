# A project: made from the command line, gone through by keys, left and taken up again at the same spot, exported.

export USER=reader
project=$WORK/project
"$BIN" import "$ROOT/assets/examples" --format text --out "$project" >"$WORK/imported" ||
    fail "the bundled articles cannot be imported: $(cat "$WORK/imported")"
first=halden-dam.en.txt second=sarian-strait.ar.txt
annotations=$project/annotations/reader/$first.ron

start "$BIN" "$project"
wait_for_window halden-dam
settle
shot project-opened
assert_colours project-opened 64
# Two suggestions accepted, the article done: the next one is there.
key Tab space space
key ctrl+d
wait_for_window sarian-strait
wait_until 10 test -s "$annotations" || fail "nothing was saved in the annotator's folder"
grep -q "\"article\":\"$first\",\"mark\":\"done\"" "$project/progress/reader.jsonl" || fail "it is not marked as done"
key ctrl+g
key ctrl+End
settle
shot project-flagged
quit ctrl+q
grep -q "\"article\":\"$second\",\"mark\":\"flagged\"" "$project/progress/reader.jsonl" || fail "it is not flagged"

# The next day begins where this one ended.
start "$BIN" "$project"
wait_for_window sarian-strait
settle
shot project-again
quit ctrl+q
chars=$(wc -m <"$project/articles/$second")
[[ $(cut -f 1 "$project/.hashiya/places/reader.tsv") == "$chars" ]] || fail "the spot was lost"

"$BIN" export "$project" --format jsonl --split train=1,test=1 --out "$WORK/dataset" || fail "it cannot be exported"
[[ $(cat "$WORK"/dataset/jsonl/*/articles.jsonl | wc -l) == 2 ]] || fail "the data set has other articles"
(cd "$WORK/dataset" && sha256sum --quiet --check SHA256SUMS) || fail "the sums are wrong"
