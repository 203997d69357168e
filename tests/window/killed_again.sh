# The program is killed again and again while it is worked with, HASHIYA_WINDOW_KILLS times (2). What was done a second
# before the kill is there at every start, and what was done before an earlier kill can still be undone.

export USER=reader
article=$WORK/sarian-strait.ar.txt
annotations=$article.ron
cp "$ROOT/assets/examples/sarian-strait.ar.txt" "$article"
kills=${HASHIYA_WINDOW_KILLS:-2}
decided=0 later=0

count_decisions() { grep -c 'decision: ' "$annotations" || true; }
is_saved() { [[ -s $annotations && $(count_decisions) == "$1" ]]; }

RANDOM=7
start "$BIN" "$article"
wait_for_window sarian-strait
for ((kill = 1; kill <= kills; kill++)); do
    if ((decided < 30)); then
        key Tab space Tab x
        ((decided += 2))
    else
        key ctrl+z ctrl+z
        ((decided -= 2))
    fi
    sleep 1
    # This may be lost, or not.
    key Tab space
    sleep "0.0$((RANDOM % 10))"
    kill -9 "$program"
    wait "$program" 2>/dev/null || true
    program='' window=''

    start "$BIN" "$article"
    wait_for_window sarian-strait
    key ctrl+s
    if wait_until 3 is_saved "$((decided + 1))"; then
        ((later += 1, decided += 1))
    else
        is_saved "$decided" || fail "kill $kill: $decided decisions were a second old, $(count_decisions) are there"
    fi
done
printf '  %d kills: nothing that was a second old was lost; %d times more was there\n' "$kills" "$later"
quit ctrl+q
"$BIN" check "$article" || fail "the saved file does not fit its article"
