/* The common view of docs/formats/common-view.md: text, digest, and what a signature covers. */
#include "core/casework/act.h"
#include "stage.h"
#include "vector.h"
#include <sodium.h>

enum { PAGE_FACTS = 6 };

struct page {
    struct stage *stage; /* for its pack only */
    struct scope *s;
    struct fact facts[PAGE_FACTS];
    struct entry entries[PAGE_FACTS];
};

/* The facts of the page as one post has them, in the order given; `persons` of the first is hidden.
 */
static struct page *page_open(void)
{
    struct stage *stage = stage_open("generic");
    struct scope *s = stage->s;
    struct page *p = scope_array(s, 1, sizeof *p);
    uint64_t opening[SIDES] = {0, 0};
    size_t count = 0;
    assert_non_null(p);
    p->stage = stage;
    p->s = s;
    for (Str lines = vector_page(s, "common-view.md", "facts"); lines.len; count++) {
        Str line = str_cut(&lines, '\n');
        Str ref = str_cut(&line, ' ');
        Str party = {ref.ptr, 2};
        assert_in_range(count, 0, PAGE_FACTS - 1);
        struct fact *f = &p->facts[count];
        assert_status(s,
                      fact_read(s, scope_print(s, "%.*s.example/journal", STR_ARG(party)),
                                vector_hex(s, line), f),
                      OK);
        p->entries[count] = (struct entry){
            .fact = f, .party = party, .opening = ++opening[str_is(party, "by") ? BY : LV]};
    }
    assert_int_equal(count, PAGE_FACTS);
    bool *erase = scope_array(s, p->facts[0].field_count, sizeof *erase);
    assert_non_null(erase);
    assert_true(str_is(p->facts[0].fields[p->facts[0].field_count - 1].name, "persons"));
    erase[p->facts[0].field_count - 1] = true;
    fact_erase(&p->facts[0], erase);
    return p;
}

static struct casefile fold(struct page *p, const char *own, size_t count)
{
    struct casefile c;
    Instant now = {INT64_C(1800000000000000)};
    for (size_t i = 0; i < PAGE_FACTS; i++)
        p->entries[i].own = str_is(p->entries[i].party, own);
    assert_status(p->s, case_fold(p->s, &p->stage->pack, str_of(own), p->entries, count, now, &c),
                  OK);
    return c;
}

static void both_posts_write_the_text_of_the_page(void **state)
{
    (void)state;
    static const char *const sides[] = {"", "lv", "by"};
    struct page *p = page_open();
    Str expected = vector_page(p->s, "common-view.md", "common-view"), text, digest;
    digest = vector_page(p->s, "common-view.md", "common-digest");
    digest = str_cut(&digest, '\n');
    for (size_t i = 0; i < COUNT_OF(sides); i++) {
        struct casefile c = fold(p, sides[i], PAGE_FACTS);
        assert_status(p->s, case_common_text(p->s, &c, &text), OK);
        assert_true(str_eq(text, expected));
        Hash hash = hash_of(str_bytes(text));
        assert_hex(hash_bytes(&hash), digest);
    }
    stage_close(p->stage);
}

static void it_does_not_matter_in_which_order_facts_came(void **state)
{
    (void)state;
    struct page *p = page_open();
    Str expected = vector_page(p->s, "common-view.md", "common-view"), text;
    for (size_t turn = 0; turn < 20; turn++) {
        uint32_t seed = (uint32_t)turn + 1;
        for (size_t i = PAGE_FACTS; i > 1; i--) {
            size_t n = dice(&seed, (uint32_t)i);
            struct entry e = p->entries[n];
            p->entries[n] = p->entries[i - 1];
            p->entries[i - 1] = e;
        }
        struct casefile c = fold(p, "", PAGE_FACTS);
        assert_status(p->s, case_common_text(p->s, &c, &text), OK);
        assert_true(str_eq(text, expected));
    }
    stage_close(p->stage);
}

static void what_is_not_opened_or_refused_leaves_no_trace(void **state)
{
    (void)state;
    struct page *p = page_open();
    Str whole = vector_page(p->s, "common-view.md", "common-view"), closed, refused, fewer;
    struct casefile c = fold(p, "lv", PAGE_FACTS - 1);
    assert_status(p->s, case_common_text(p->s, &c, &fewer), OK);
    p->entries[PAGE_FACTS - 1].refused = true;
    c = fold(p, "lv", PAGE_FACTS);
    assert_status(p->s, case_common_text(p->s, &c, &refused), OK);
    p->entries[PAGE_FACTS - 1].refused = false;
    p->entries[PAGE_FACTS - 1].opening = 0;
    c = fold(p, "by", PAGE_FACTS);
    assert_status(p->s, case_common_text(p->s, &c, &closed), OK);
    assert_true(str_eq(fewer, refused) && str_eq(fewer, closed));
    assert_false(str_eq(fewer, whole));
    stage_close(p->stage);
}

static void a_signature_covers_the_positions_of_the_page(void **state)
{
    (void)state;
    struct page *p = page_open();
    Str page = vector_page(p->s, "common-view.md", "positions");
    Hash positions, reserved;
    struct casefile c = fold(p, "by", PAGE_FACTS);
    assert_int_equal(c.act_count, 1);
    assert_status(p->s, act_positions(p->s, &c, &c.acts[0], &positions, &reserved), OK);
    assert_hex(hash_bytes(&positions), vector_value(page, "positions"));
    assert_hex(hash_bytes(&reserved), vector_value(page, "reserved"));
    c = fold(p, "by", PAGE_FACTS - 2);
    assert_int_equal(c.act_count, 1);
    assert_status(p->s, act_positions(p->s, &c, &c.acts[0], &positions, &reserved), OK);
    assert_hex(hash_bytes(&positions), vector_value(page, "none"));
    assert_hex(hash_bytes(&reserved), vector_value(page, "none"));
    stage_close(p->stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_posts_write_the_text_of_the_page),
        cmocka_unit_test(it_does_not_matter_in_which_order_facts_came),
        cmocka_unit_test(what_is_not_opened_or_refused_leaves_no_trace),
        cmocka_unit_test(a_signature_covers_the_positions_of_the_page),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
