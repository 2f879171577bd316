/* Parcels of a neighbour whose program was changed on purpose: well formed, signed, and untrue.
 * None may write into what this post says of itself, leave anything half stored, or end the
 * exchange with an honest successor. */
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

/* Their oldest head in the place of the newest. */
static void older_head(struct pair *x, struct forged *f)
{
    struct head_row head;
    Hash root;
    Str text;
    POST_READING(x->post[0]);
    OKAY(store_tree_root(x->s, x->post[0]->store, x->post[0]->journal, 3, &root));
    OKAY(checkpoint_text(x->s, x->post[0]->card.origin, 3, &root, &text));
    OKAY(
        checkpoint_sign(x->s, text, x->post[0]->card.origin, &x->post[0]->journal_key, &head.note));
    f->records[forged_find(f, RECORD_CHECKPOINT, 0)].payload = str_bytes(head.note);
}

static void leaves_above_a_head_of_the_past(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    older_head(x, f);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    older_head(x, f);
    uint8_t *leaves = forged_payload(f, forged_find(f, RECORD_LEAVES, 0));
    leaves[7] = (uint8_t)(leaves[7] + 3); /* and not even joined to what is held */
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    older_head(x, f);
    memset(forged_payload(f, forged_find(f, RECORD_LEAVES, 0)), 0xff, 8);
    refusal_expect(x, f, NULL, ERR_STALE);
    refusal_goes_on(x, number);
}

/* What lv keeps of its newest countersigned head. */
static Str own_head(struct pair *x)
{
    struct head_row head;
    struct checkpoint cp;
    POST_READING(x->post[0]);
    OKAY(store_head_newest(x->s, x->post[0]->store, x->post[0]->journal, true, &head));
    OKAY(checkpoint_parse(x->s, head.note, &cp));
    OKAY_IN(x->s, checkpoint_check(x->s, &cp, x->post[0]->card.origin, &x->post[0]->card.journal));
    return head.note;
}

static void a_countersignature_line_in_the_name_of_another(void **state)
{
    Str number, line, before;
    struct pair *x = refusal_news(state, &number);
    struct post *lv = x->post[0];
    uint8_t junk[SIGNATURE_BYTES] = {0};
    pair_sync(x);
    before = own_head(x);
    static const char *const names[] = {"own", "stranger"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Str name = i ? STR("ee.twinpost/journal/cosigner") : lv->card.origin;
        uint32_t id = note_key_id(name, i ? NOTE_COSIGNATURE : NOTE_ED25519, &lv->card.journal);
        struct forged *f = forged_open(x, 1);
        size_t at = forged_find(f, RECORD_COSIGNATURE, 0);
        OKAY(note_line(x->s, name, id, bytes_of(junk, sizeof junk), &line));
        Str payload = scope_print(x->s, "%.*s%.*s", 8, "12345678", STR_ARG(line));
        memcpy((char *)(uintptr_t)payload.ptr, f->records[at].payload.ptr, 8);
        f->records[at].payload = str_bytes(payload);
        refusal_expect(x, f, NULL, ERR_SIGNATURE);
        assert_true(str_eq(own_head(x), before));
    }
    refusal_goes_on(x, number);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(leaves_above_a_head_of_the_past),
        CASE(a_countersignature_line_in_the_name_of_another),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
