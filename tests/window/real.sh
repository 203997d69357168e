# The same job on an article that the project may not hold; what is expected of it is labels and offsets only.

if [[ ! -f ${HASHIYA_TEST_DATA:-/nowhere}/article-ar.txt ]]; then
    echo "  skipped: HASHIYA_TEST_DATA names no folder with article-ar.txt"
    return
fi
export USER=reader
article=$WORK/article-ar.txt
annotations=$article.ron
cp "$HASHIYA_TEST_DATA/article-ar.txt" "$article"
chmod u+w "$article"

start "$BIN" "$article"
wait_for_window article-ar
shot real-opened
assert_colours real-opened 64

drag 712 604 630 604
key 1
key ctrl+Home
key Tab
for decision in space space x space space x space s space x; do
    key "$decision"
    sleep 1
    settle
done
drag 206 604 506 640
shot real-reviewed
key c
drag 712 604 630 604
key alt+2
drag 747 604 719 604
key alt+3
shot real-claim
key ctrl+z ctrl+z ctrl+shift+z ctrl+shift+z
key ctrl+s
wait_until 10 test -s "$annotations" || fail "nothing was saved"
quit ctrl+q
"$BIN" check "$article" || fail "the saved file does not fit its article"

# Kind, label and offsets of each record; the quoted text stays out of the project.
grep -E '^ *\((id|label|spans|decision)' "$annotations" |
    grep -oE '(kind: [a-z]+|entity\("a[0-9]+"\)|label: "[A-Z]+"|start: [0-9]+|end: [0-9]+|rejected|accepted)' |
    paste -sd ' ' | sed -E 's/ (kind:|label: "[A-Z]+" start)/\n\1/g' >"$WORK/saved"
[[ -z ${HASHIYA_BLESS:-} ]] || cp "$WORK/saved" "$HERE/real.expected"
assert_same "$WORK/saved" "$HERE/real.expected"

cp "$annotations" "$WORK/before.ron"
start "$BIN" "$article"
wait_for_window article-ar
shot real-again
quit ctrl+q
assert_same "$annotations" "$WORK/before.ron"
