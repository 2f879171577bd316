#!/bin/sh
# mutants.sh BUILD: breaks core in plausible ways, one at a time and in a copy, and expects the random schedules to
# notice each, or the test of the hand-over when 3,000 of them come nowhere near. Prints TAP. Needs a C compiler and a build; leaves the sources as they are.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="$(pkg-config --cflags libsodium nettle jansson cmocka) -I$root/src -std=gnu17 -O2 -w"
libraries="$(pkg-config --libs libsodium nettle hogweed jansson cmocka) -lgmp -lm"
number=0
failed=0

report() {
    number=$((number + 1))
    [ "$1" = ok ] || failed=1
    echo "$1 $number - $2"
}

# A test program of the build, with the mutant instead of its original.
mutated() {
    # shellcheck disable=SC2086
    cc -o "$work/$1" "$build/$1.p"/*.o "$work/mutant.o" "$build/libstage.a" "$build/libcore.a" "$build/libbase.a" \
        $libraries
}

# What is broken, the file of core/casework, and how (sed).
mutant() {
    sed "$3" "$root/src/core/casework/$2.c" >"$work/mutant.c"
    if cmp -s "$work/mutant.c" "$root/src/core/casework/$2.c"; then
        report "not ok" "$1 (nothing was changed: mend mutants.sh)"
        return
    fi
    # shellcheck disable=SC2086 # flags and libraries are words of our own
    cc $flags -c -o "$work/mutant.o" "$work/mutant.c"
    mutated casework_schedule_test
    mutated casework_handover_test
    if (cd "$root" && TWINPOST_QUICK=1 TWINPOST_SCHEDULES=3000 "$work/casework_schedule_test") >"$work/out" 2>&1 &&
        (cd "$root" && "$work/casework_handover_test") >"$work/out" 2>&1; then
        report "not ok" "$1 is not noticed"
    else
        report ok "$1 is noticed"
        grep -m 1 -E '^schedule|^not ok' "$work/out" | sed 's/^/# /' || tail -3 "$work/out" | sed 's/^/# /'
    fi
}

echo 1..12
mutant "what was seen at that very opening counts as not seen" case \
    's/list\[i - 1\]->opening <= e->seen.opening/list[i - 1]->opening < e->seen.opening/'
mutant "the common order without depth" case 's/x->depth != y->depth)/x->depth > 100000)/'
mutant "the common order by the authors' clocks" case \
    's/return (x->opening > y->opening) - (x->opening < y->opening);/return (x->at.us > y->at.us) - (x->at.us < y->at.us);/'
mutant "what a receipt refused stands" case 's/if (entries\[i\].refused ||/if (/'
mutant "a voided taking-over ends at once" case 's/ && !stands_until_told(entries, count, &entries\[i\])//'
mutant "a word taken back counts at its own post" case 's/return e->opened ? e->opened : e->fact;/return e->fact;/'
mutant "a taker may sign first" handover 's/e->seen.opening >= o->giver_signed->opening)/true)/'
mutant "a withdrawal voids a signature that had not seen it" handover \
    's/o->taker_signed->seen.opening >= o->withdrawn->opening)/true)/'
mutant "who does not hold a thing can give it" handover \
    's/if (!str_eq(h->holder, giver)) continue;//; s/!str_eq(h->holder, o->entry->party) || //'
mutant "an objection counts after the approval" act 's/if (a->approval\[side\] || a->objection\[side\]) continue;//; s/if (str_is(e->kind, "act.objected")) a->objection\[side\] = e;/if (str_is(e->kind, "act.objected")) { a->objection[side] = e; a->approval[side] = NULL; }/'
mutant "days run on this post's own clock" duty_settle 's/int side = case_side(c, party);/int side = case_side(c, c->own_party);/'
mutant "common duties from what one side knows alone" duty \
    's/struct making m = {.s = s, .c = &common,/struct making m = {.s = s, .c = c,/'
exit $failed
