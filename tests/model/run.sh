#!/bin/sh
# Proves the model of the hand-over with spin, and that each rule is needed: the model with one rule taken out must
# fail. Prints TAP. Needs spin and a C compiler; skips with a word when they are not installed.
set -eu
model=$(cd "$(dirname "$0")" && pwd)/handover.pml
if ! command -v spin >/dev/null || ! command -v cc >/dev/null; then
    echo "1..0 # SKIP spin or cc is not installed"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Searches the whole state space of a model; prints the number of states, fails when an assertion does.
search() {
    spin -a "$1" >spin.out 2>&1
    cc -O0 -w -DSAFETY -o pan pan.c
    ./pan -m100000 >pan.out 2>&1
    grep -q 'errors: 0' pan.out && ! grep -q 'max search depth too small' pan.out
}

number=0
failed=0
report() {
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2"
}

# Takes one rule out and expects a counter-example.
broken() {
    sed "$2" "$model" >broken.pml
    if cmp -s "$model" broken.pml; then
        report "not ok" "$1 (the rule was not found in the model)"
    elif search broken.pml; then
        report "not ok" "$1"
    else
        report ok "$1"
    fi
}

echo 1..5
if search "$model"; then
    report ok "no schedule of loss, repetition and delay breaks (a) to (d)"
    grep 'states, stored' pan.out | sed 's/^ */# /'
else
    report "not ok" "no schedule of loss, repetition and delay breaks (a) to (d)"
    sed 's/^/# /' pan.out
fi
broken "without the rule that the taker must have seen the giver's signature it fails" \
    's/(signed != NONE \&\& seen >= signed)/(signed != NONE)/'
broken "if a withdrawal always voids a signature it fails" \
    's/taken \&\& wd \&\& seen >= g_withdrawn -> taken = false/taken \&\& wd -> taken = false/'
broken "if the giver names the taker on its own signature it fails" \
    's/    :: taken -> holder = TAKER/    :: taken || (gs \&\& t == 0) -> holder = TAKER/'
broken "the hand-over can be completed: both posts do come to name the taker" \
    's/g_names == TAKER \&\& t_names == GIVER/g_names == TAKER \&\& t_names == TAKER/'
exit $failed
