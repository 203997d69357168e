# A whole job on the bundled Arabic article: open, look, leave.

article=$WORK/sarian-strait.ar.txt
cp "$ROOT/assets/examples/sarian-strait.ar.txt" "$article"

start "$BIN" "$article"
wait_for_window
shot journey-opened
assert_colours journey-opened 64

quit ctrl+q
