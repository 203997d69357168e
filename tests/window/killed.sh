# The program is killed in the middle of the work, then meets a fault of its own: everything is there again.

export USER=reader
article=$WORK/sarian-strait.ar.txt
annotations=$article.ron
cp "$ROOT/assets/examples/sarian-strait.ar.txt" "$article"

start "$BIN" "$article"
wait_for_window sarian-strait
settle
key Tab space Tab space Tab x
# Before the file is written, a second later, but after the journal is.
sleep 0.4
[[ ! -e $annotations ]] || fail "the file was written before the program could be killed"
kill -9 "$program"
wait "$program" 2>/dev/null || true
program='' window=''

start "$BIN" "$article"
wait_for_window sarian-strait
shot killed-recovered
wait_until 10 test -s "$annotations" || fail "what was recovered is not saved"
accepted=$(grep -c 'decision: accepted' "$annotations" || true)
rejected=$(grep -c 'decision: rejected' "$annotations" || true)
((accepted == 2 && rejected == 1)) || fail "$accepted accepted and $rejected rejected were recovered"
key ctrl+z ctrl+z ctrl+z ctrl+s
wait_until 10 eval "! grep -q 'decision:' '$annotations'" || fail "what was done before the kill cannot be undone"
quit ctrl+q

# A fault ends the window; the program starts itself again on the same article.
export HASHIYA_FAULT_WHEN=$WORK/fault
start "$BIN" "$article"
wait_for_window sarian-strait
key Tab space Tab space
sleep 5
key Tab space
touch "$HASHIYA_FAULT_WHEN"
key Tab
assert_exit 2 20
assert_contains "$WORK/output" 'Hashiya met a fault of its own'
wait_until 20 eval 'pgrep -f -- --after-fault >/dev/null' || fail "the program was not started again"
program=$(pgrep -f -- --after-fault | head -n 1)
wait_for_window sarian-strait
shot killed-after-fault
report=$(find "$XDG_STATE_HOME/hashiya/faults" -name '*.txt')
assert_contains "$report" 'message: a fault was asked for'
assert_contains "$report" 'place: src/ui/app.rs'
key ctrl+s
wait_until 10 test "$(grep -c 'decision: accepted' "$annotations")" = 3 || fail "not everything is there after a fault"
key ctrl+q
wait_until 10 has_ended || fail "the program that was started again does not end"
program='' window=''
"$BIN" check "$article" || fail "the saved file does not fit its article"
