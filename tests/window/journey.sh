# A whole job on the bundled Arabic article: tag by mouse, review by keys, make a claim, undo, save, quit, open again.

export USER=reader
article=$WORK/sarian-strait.ar.txt
annotations=$article.ron
cp "$ROOT/assets/examples/sarian-strait.ar.txt" "$article"

start "$BIN" "$article"
wait_for_window sarian-strait
settle
shot journey-opened
assert_colours journey-opened 64

# A name of two words by mouse, from its first letter behind the space to its last: a person.
drag 705 640 629 640
key 1
# Ten suggestions: five accepted, three rejected, one skipped, one accepted as another label.
key ctrl+Home
key Tab
for decision in space space x space x space s space x 3; do
    key "$decision"
    # What was decided is looked for in the rest of the article; the next key comes when that is shown.
    sleep 1
    settle
done
shot journey-reviewed

# A claim: what is said, by whom, and the word that says so, its conjunction left out.
drag 749 676 296 676
key c
drag 705 640 629 640
key alt+2
drag 748 640 715 640
key alt+3
shot journey-claim

# Everything can be undone and done again.
key ctrl+z ctrl+z ctrl+z
key ctrl+shift+z ctrl+shift+z ctrl+shift+z
key ctrl+s
wait_until 10 test -s "$annotations" || fail "nothing was saved"
quit ctrl+q

# The times are those of this run; everything else is the same in every run.
without_times() { sed -E 's/"20[0-9-]+T[0-9:.]+Z"/"TIME"/g' "$1"; }
without_times "$annotations" >"$WORK/saved.ron"
[[ -z ${HASHIYA_BLESS:-} ]] || cp "$WORK/saved.ron" "$HERE/journey.expected.ron"
assert_same "$WORK/saved.ron" "$HERE/journey.expected.ron"
"$BIN" check "$article" || fail "the saved file does not fit its article"

# Opened again, all is there; saved again, the bytes are the same.
cp "$annotations" "$WORK/before.ron"
start "$BIN" "$article"
wait_for_window sarian-strait
shot journey-again
key ctrl+s
settle
quit ctrl+q
assert_same "$annotations" "$WORK/before.ron"
