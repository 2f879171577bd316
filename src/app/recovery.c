#include "app/recovery.h"
#include "app/officer.h"
#include "app/pieces.h"
#include "core/ledger/succession.h"
#include <inttypes.h>

/* Settings of a post that was set back: `restored` (yes, no), when and with how many leaves it
 * began, and `owed.<party>` (yes, no). */

static Status flag_save(struct scope *s, struct post *p, const char *name, bool value)
{
    return store_setting_save(s, p->store, name, str_bytes(value ? STR("yes") : STR("no")));
}

static Status owed_save(struct scope *s, struct post *p, struct neighbour *n, bool owed)
{
    Str name = scope_print(s, "owed.%.*s", STR_ARG(n->card.party));
    if (name.ptr == NULL) return ERR_MEMORY;
    n->owed = owed;
    return flag_save(s, p, name.ptr, owed);
}

Status hold_begin(struct scope *s, struct post *p, Str text, Bytes evidence)
{
    struct alarm_row alarm = {.party = p->card.party,
                              .what = STR("restore"),
                              .at = post_now(p),
                              .text = text,
                              .evidence = evidence};
    Str at = instant_str(s, post_now(p)), from = scope_print(s, "%" PRIu64, p->leaf_count);
    if (at.ptr == NULL || from.ptr == NULL || text.ptr == NULL) return ERR_MEMORY;
    p->held = true;
    TRY(flag_save(s, p, "restored", true));
    TRY(store_setting_save(s, p->store, "restored_at", str_bytes(at)));
    TRY(store_setting_save(s, p->store, "restored_from", str_bytes(from)));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(owed_save(s, p, &p->neighbours[i], true));
    return store_alarm_add(s, p->store, &alarm);
}

/* Is the journal all that the record knows of? A record that is not there asks nothing. */
static Status is_whole(struct scope *s, struct post *p, const struct second_place *second,
                       bool *out)
{
    Hash root;
    uint64_t leaves;
    TRY(store_leaf_count(s, p->store, p->journal, &leaves));
    *out = second->present ? second->size <= leaves : true;
    if (!*out || !second->present || second->size == 0) return OK;
    TRY(store_tree_root(s, p->store, p->journal, second->size, &root));
    *out = hash_eq(&root, &second->root);
    return OK;
}

static void remember(struct post *p, const struct second_place *second)
{
    for (size_t i = 0; i < second->count; i++) {
        struct neighbour *n = post_neighbour(p, second->list[i].party);
        if (n == NULL) continue;
        n->remembered = second->list[i].kept;
        if (n->row.parcel_out < n->remembered.parcels) n->row.parcel_out = n->remembered.parcels;
    }
}

/* "erased lv:7.text" was everywhere, "recalled ..." wherever it was opened. */
static Status erase_again(struct scope *s, struct post *p)
{
    Str *list;
    size_t count;
    TRY(second_place_erased(s, p->second_path, &list, &count));
    for (size_t i = 0; i < count; i++) {
        Str ref = list[i], how = str_cut(&ref, ' ');
        TRY(erasure_repeat(s, p, ref, str_is(how, "erased")));
    }
    return OK;
}

static Status hold_open(struct scope *s, struct post *p, bool began)
{
    Str evidence = scope_print(s, "%" PRIu64 " leaves", p->leaf_count);
    if (evidence.ptr == NULL) return ERR_MEMORY;
    TRY(store_begin(s, p->store));
    Status status = OK;
    if (!began)
        status = hold_begin(s, p,
                            STR("this post was set back: it signs nothing until its journal's head "
                                "has come back from a neighbour"),
                            str_bytes(evidence));
    if (status == OK) status = erase_again(s, p);
    if (status == OK) return store_commit(s, p->store);
    store_rollback(p->store);
    return status;
}

/* The record lies outside the transactions of the database: it is read first, and then never tells
 * of more than a whole journal has. */
Status hold_read(struct scope *s, struct post *p)
{
    struct second_place second;
    struct head_row head = {0};
    Str restored;
    bool whole;
    TRY(second_place_read(s, p->second_path, &second));
    TRY(post_setting(s, p, "restored", &restored));
    TRY(is_whole(s, p, &second, &whole));
    Status status = store_head_newest(s, p->store, p->journal, false, &head);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    remember(p, &second);
    if (head.size > second.size) p->second_due = true; /* ended between the two */
    p->held = str_is(restored, "yes") || !whole;
    return OK;
}

Status hold_check(struct scope *s, struct post *p)
{
    Str restored, at;
    TRY(hold_read(s, p));
    TRY(post_setting(s, p, "restored", &restored));
    TRY(post_setting(s, p, "restored_at", &at));
    p->second_due = p->erased_due = p->bytes_due = true;
    if (p->held) TRY(hold_open(s, p, str_is(restored, "yes") && at.len));
    /* A post that was set back shows nothing before what was erased is gone again; any other tries
     * once more with its next commit. */
    Status status = blobs_destroy(s, p);
    return p->held ? status : OK;
}

/* What the post owes in its turn for what arrived while it could not sign. */
static Status arrears_state(struct scope *s, struct post *p, struct neighbour *n)
{
    struct fact_row *rows;
    size_t count;
    TRY(store_fact_of_kind(s, p->store, n->journal, STR("release.recalled"), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        bool done;
        if (rows[i].refused) continue;
        TRY(fact_read(s, n->card.origin, rows[i].record, &f));
        TRY(recall_is_executed(s, p, n, &f, &done));
        if (!done) TRY(recall_execute(s, p, n, &f));
    }
    return openings_catch_up(s, p, n);
}

static Status restored_state(struct scope *s, struct post *p)
{
    struct stated stated;
    Str from;
    TRY(post_setting(s, p, "restored_from", &from));
    struct name_value fields[24] = {{STR("from"), from},
                                    {STR("to"), scope_print(s, "%" PRIu64, p->leaf_count)}};
    struct statement_of_fact f = {.kind = STR("post.restored"),
                                  .case_number = STR(""),
                                  .fields = fields,
                                  .field_count = 2,
                                  .by_post = true};
    p->second_due = p->erased_due = true;
    TRY(flag_save(s, p, "restored", false));
    cases_forget(p);
    post_authority_forget(p, NULL);
    return fact_state(s, p, &f, &stated);
}

/* Whole by the record; without one, by the word of every neighbour. */
static Status may_sign(struct scope *s, struct post *p, bool *out)
{
    struct second_place second;
    TRY(second_place_read(s, p->second_path, &second));
    TRY(is_whole(s, p, &second, out));
    for (size_t i = 0; i < p->neighbour_count && *out; i++) {
        const struct neighbour *n = &p->neighbours[i];
        *out = second.present ? n->openings >= n->remembered.openings : !n->owed;
    }
    return OK;
}

/* Has the neighbour told, since the post was set back, of no more than is here again? */
static Status has_answered(struct scope *s, struct post *p, const struct arrival *a, bool *out)
{
    const struct parcel_header *h = &a->records[0].header;
    Str text;
    Instant at;
    TRY(post_setting(s, p, "restored_at", &text));
    bool late = instant_parse(text, &at) && instant_before(h->time, at);
    *out = !late && h->leaves_held <= p->leaf_count && h->opening_held <= a->n->openings &&
           a->n->remembered.openings <= a->n->openings && h->own_openings <= a->n->applied &&
           a->n->remembered.head_size <= a->held;
    return OK;
}

static Status signing_resume(struct scope *s, struct post *p)
{
    p->held = false;
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (!p->neighbours[i].owed) TRY(head_countersign(s, p, &p->neighbours[i]));
    TRY(restored_state(s, p));
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (!p->neighbours[i].owed) TRY(arrears_state(s, p, &p->neighbours[i]));
    return OK;
}

Status hold_settle(struct scope *s, struct post *p, struct arrival *a)
{
    bool answered, sign;
    if (!a->n->owed) return OK;
    TRY(has_answered(s, p, a, &answered));
    if (!answered) return OK;
    const struct parcel_header *h = &a->records[0].header;
    if (h->leaves_held > a->n->row.held_leaves) a->n->row.held_leaves = h->leaves_held;
    if (h->opening_held > a->n->row.held_opening) a->n->row.held_opening = h->opening_held;
    TRY(owed_save(s, p, a->n, false));
    TRY(erase_again(s, p)); /* what they gave back may show what had been taken back */
    if (!p->held) {
        TRY(head_countersign(s, p, a->n));
        return arrears_state(s, p, a->n);
    }
    TRY(may_sign(s, p, &sign));
    return sign ? signing_resume(s, p) : OK;
}

struct recovering {
    const struct session *representative, *second;
    Str head;
};

static Status has_role(struct scope *s, struct post *p, const struct session *session, int number)
{
    const struct authority *a;
    const struct mandate *m;
    TRY(post_authority(s, p, NULL, &a));
    return authority_mandate(s, a, session->officer, 1u << (number - 1), STR(""), post_now(p),
                             (struct place){p->leaf_count, 0}, &m);
}

/* Three lines from paper; with signatures under them, the own one must hold. */
static Status paper_parse(struct scope *s, struct post *p, Str text, struct checkpoint *out)
{
    bool is_signed = memmem(text.ptr, text.len, "\n\n", 2) != NULL;
    if (text.len == 0) return fail(s, ERR_SCHEMA, "there is no head to go by");
    bool ends = text.ptr[text.len - 1] == '\n';
    /* A signature of nobody makes a note of the bare lines. */
    Str note = is_signed ? text
                         : scope_print(s, "%.*s%s\n\xE2\x80\x94 paper AAAAAAA=\n", STR_ARG(text),
                                       ends ? "" : "\n");
    if (note.ptr == NULL) return ERR_MEMORY;
    TRY(checkpoint_parse(s, note, out));
    const struct authority *a;
    TRY(post_authority(s, p, NULL, &a));
    if (is_signed) return head_is_signed(s, a, out);
    return str_eq(out->origin, p->card.origin)
               ? OK
               : fail(s, ERR_SIGNATURE, "this is a head of %.*s", STR_ARG(out->origin));
}

static Status decision_keep(struct scope *s, struct post *p, const struct recovering *x)
{
    struct alarm_row alarm = {.party = p->card.party,
                              .what = STR("restore"),
                              .at = post_now(p),
                              .evidence = str_bytes(x->head)};
    alarm.text = scope_print(s,
                             "%.*s (R1) and %.*s (R13) decided that this is the newest head that "
                             "was given out: the post signs again",
                             STR_ARG(x->representative->officer), STR_ARG(x->second->officer));
    return alarm.text.ptr ? store_alarm_add(s, p->store, &alarm) : ERR_MEMORY;
}

static Status recover_run(struct scope *s, struct post *p, void *arg)
{
    const struct recovering *x = arg;
    struct checkpoint cp;
    Hash root;
    if (!p->held) return fail(s, ERR_STATE, "the post is not held: it signs");
    TRY(has_role(s, p, x->representative, 1));
    TRY(has_role(s, p, x->second, 13));
    if (str_eq(x->representative->officer, x->second->officer))
        return fail(s, ERR_ROLE, "two officers decide this together");
    TRY(paper_parse(s, p, x->head, &cp));
    if (cp.size > p->leaf_count)
        return fail(s, ERR_PROOF,
                    "that head has %" PRIu64 " leaves and the journal here %" PRIu64
                    ": only a neighbour can give back the rest",
                    cp.size, p->leaf_count);
    TRY(store_tree_root(s, p->store, p->journal, cp.size, &root));
    if (!hash_eq(&root, &cp.root))
        return fail(s, ERR_PROOF, "that head is not part of the journal as it stands here");
    TRY(decision_keep(s, p, x));
    for (size_t i = 0; i < p->neighbour_count; i++)
        p->neighbours[i].remembered.openings = 0;
    return signing_resume(s, p);
}

Status post_recover(struct scope *s, struct post *p, const struct session *representative,
                    const struct session *second, Str head)
{
    struct recovering x = {representative, second, head};
    return post_write(s, p, recover_run, &x);
}
