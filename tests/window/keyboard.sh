# A whole article by the keyboard alone: the pointer stands in a corner and no button is pressed.

export USER=reader
article=$WORK/halden-dam.en.txt
annotations=$article.ron
cp "$ROOT/assets/examples/halden-dam.en.txt" "$article"

start "$BIN" "$article"
wait_for_window halden-dam
settle
shot keyboard-opened

# Every suggestion is decided; what is learned on the way is suggested and decided too.
for round in $(seq 1 60); do
    key Tab space Tab space
    ((round % 5)) || key Tab x
done
settle
key Tab space Tab space Tab space Tab space
settle
shot keyboard-reviewed

# A word by hand, a note on it, a look at panel, menus and search, and all of it undone and done again.
key ctrl+Home Down Right shift+Right 6
key F8 Return
type_text 'seen by keyboard'
key Escape ctrl+F6 Tab space Escape F10 space Escape Escape
key ctrl+f
type_text 'dam'
key F3 Escape Escape
key ctrl+z ctrl+z ctrl+shift+z ctrl+shift+z
shot keyboard-done
key ctrl+s
wait_until 10 test -s "$annotations" || fail "nothing was saved"
quit ctrl+q

assert_contains "$annotations" 'seen by keyboard'
decided=$(grep -cE 'decision: (accepted|rejected)' "$annotations" || true)
((decided >= 60)) || fail "only $decided suggestions are decided"
"$BIN" check "$article" || fail "the saved file does not fit its article"
