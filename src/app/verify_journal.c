/* Cards, keys, heads and officers of a dossier. Declared in app/verify.h. */
#include "app/verify.h"
#include "core/casework/judgement.h"
#include "core/ledger/succession.h"
#include <inttypes.h>

static Str text_of(struct verify *v, Str name)
{
    const struct container_member *m = verify_member(v, name);
    return m && m->bytes.ptr ? bytes_str(m->bytes) : (Str){NULL, 0};
}

/* Is each key of the pinned card one that the party had: on the card in the dossier, or since? */
static Status has_keys(struct verify *v, size_t side, const struct card *pin, bool *out)
{
    static const char *const roles[] = {"journal", "cosigner",  "parcel",
                                        "post",    "recipient", "tls"};
    const struct authority *a = &v->authority[side];
    struct authority of_pin = {.opened = *pin}, of_card = {.opened = a->card};
    *out = str_eq(pin->party, a->card.party) && str_eq(pin->origin, a->card.origin) &&
           memcmp(&pin->root, &a->card.root, sizeof pin->root) == 0;
    for (size_t i = 0; i < COUNT_OF(roles) && *out; i++) {
        Str *pinned, *carded, *known;
        size_t one, count;
        TRY(authority_keys(v->s, &of_pin, roles[i], &pinned, &one));
        TRY(authority_keys(v->s, &of_card, roles[i], &carded, &one));
        TRY(authority_keys(v->s, a, roles[i], &known, &count));
        bool found = str_eq(pinned[0], carded[0]);
        for (size_t k = 0; k < count; k++)
            found = found || str_eq(pinned[0], known[k]);
        *out = found;
    }
    return OK;
}

Status verify_pin(struct verify *v, Str pinned)
{
    struct card pin;
    Str words;
    if (pinned.len == 0) {
        TRY(card_words(v->s, v->card_text[0], v->card_text[1], &words));
        verify_pass(
            v,
            "No card is pinned. Compare these code words with those of the two posts, or the "
            "dossier only agrees with itself: %.*s.",
            STR_ARG(words));
        return OK;
    }
    if (card_parse(v->s, pinned, &pin) != OK) {
        verify_fail(v, ERR_SCHEMA, "The card to compare with is no card: %s", scope_reason(v->s));
        return OK;
    }
    for (size_t i = 0; i < SIDES; i++) {
        bool same;
        TRY(has_keys(v, i, &pin, &same));
        if (!same) continue;
        verify_pass(v, "The keys of %.*s are those of the card you gave.", STR_ARG(v->party[i]));
        return OK;
    }
    for (size_t i = 0; i < SIDES; i++)
        if (memcmp(&pin.root, &v->card[i].root, sizeof pin.root) == 0) {
            verify_fail(
                v, ERR_SIGNATURE,
                "The card you gave has a key that the dossier does not know: %.*s changed it "
                "since. Compare with its card of that time, or ask for the dossier anew.",
                STR_ARG(v->party[i]));
            return OK;
        }
    verify_fail(v, ERR_SIGNATURE,
                "The card you gave is not in the dossier: its keys are other ones.");
    return OK;
}

Status verify_cards(struct verify *v)
{
    for (size_t i = 0; i < SIDES; i++) {
        v->card_text[i] =
            text_of(v, scope_print(v->s, "data/cards/%.*s.card", STR_ARG(v->party[i])));
        Status status =
            v->card_text[i].ptr ? card_parse(v->s, v->card_text[i], &v->card[i]) : ERR_NOT_FOUND;
        if (status == ERR_MEMORY) return status;
        if (status == OK && str_eq(v->card[i].party, v->party[i])) continue;
        verify_fail(v, status == ERR_SIGNATURE ? status : ERR_SCHEMA,
                    "The card of %.*s is missing, or its own root key did not sign it.",
                    STR_ARG(v->party[i]));
        v->stopped = true;
    }
    if (v->stopped) return OK;
    verify_pass(v, "Both party cards are signed by their own root keys.");
    return OK;
}

static Status vkeys_add(struct scope *s, const struct authority *journal,
                        const struct authority *cosigner, Str note, Str *log, Str *line)
{
    struct checkpoint cp;
    if (note.len == 0) return OK;
    Status status = checkpoint_parse(s, note, &cp);
    if (status == OK) status = head_vkeys(s, journal, &cp, cosigner, log, line);
    return status == ERR_MEMORY ? status : OK;
}

Status dossier_vkeys(struct scope *s, const struct authority *journal,
                     const struct authority *cosigner, Str cosigned, Str newest, Str *out)
{
    struct writer w = writer_open(s, 4096);
    Str first = {NULL, 0}, second = {NULL, 0}, line = {NULL, 0};
    TRY(vkeys_add(s, journal, cosigner, cosigned, &first, &line));
    TRY(vkeys_add(s, journal, NULL, newest, &second, &line));
    if (first.len) write_print(&w, "%.*s\n", STR_ARG(first));
    if (second.len && !str_eq(first, second)) write_print(&w, "%.*s\n", STR_ARG(second));
    if (line.len) write_print(&w, "%.*s\n", STR_ARG(line));
    return writer_close_str(&w, out);
}

static Str head_text(struct verify *v, size_t side, const char *file)
{
    Str note = text_of(v, scope_print(v->s, "data/journal/%.*s/%s", STR_ARG(v->party[side]), file));
    return note.ptr ? note : STR("");
}

static Status keys_check(struct verify *v, size_t side)
{
    Str keys,
        told = text_of(v, scope_print(v->s, "data/journal/%.*s/vkeys", STR_ARG(v->party[side])));
    TRY(dossier_vkeys(v->s, &v->authority[side], &v->authority[1 - side],
                      head_text(v, side, "checkpoint"), head_text(v, side, "checkpoint.newest"),
                      &keys));
    if (told.ptr && str_eq(told, keys))
        verify_pass(v, "The keys listed for the journal of %.*s are those that signed its heads.",
                    STR_ARG(v->party[side]));
    else
        verify_fail(
            v, ERR_SIGNATURE,
            "data/journal/%.*s/vkeys: the keys listed for the journal of %.*s are not those "
            "that may sign its heads.",
            STR_ARG(v->party[side]), STR_ARG(v->party[side]));
    return OK;
}

static Status head_check(struct verify *v, size_t side, const char *file, bool cosigned,
                         struct checked_head *out)
{
    struct checkpoint cp;
    Instant time;
    char at[INSTANT_TEXT_MAX] = "";
    Str note = head_text(v, side, file);
    if (note.len == 0) return OK;
    Status status = checkpoint_parse(v->s, note, &cp);
    if (status == OK) status = head_is_signed(v->s, &v->authority[side], &cp);
    if (status == OK && cosigned)
        status = head_is_cosigned(v->s, &v->authority[1 - side], &cp, &time, NULL);
    if (status == ERR_MEMORY) return status;
    if (status != OK) {
        verify_fail(v, status, "The head %s of the journal of %.*s does not stand: %s", file,
                    STR_ARG(v->party[side]), scope_reason(v->s));
        return OK;
    }
    *out = (struct checked_head){note, cp.size, cp.root, cosigned};
    if (cosigned) instant_format(time, at);
    if (cosigned)
        verify_pass(v,
                    "The journal of %.*s: its head of %" PRIu64 " leaves is signed by it and "
                    "countersigned by %.*s at %s by that post's clock.",
                    STR_ARG(v->party[side]), cp.size, STR_ARG(v->party[1 - side]), at);
    else
        verify_pass(v,
                    "The journal of %.*s: its newest head of %" PRIu64
                    " leaves is signed by it and "
                    "not yet countersigned.",
                    STR_ARG(v->party[side]), cp.size);
    return OK;
}

Status verify_journals(struct verify *v)
{
    for (size_t side = 0; side < SIDES; side++) {
        TRY(head_check(v, side, "checkpoint", true, &v->heads[side][0]));
        TRY(head_check(v, side, "checkpoint.newest", false, &v->heads[side][1]));
        if (v->heads[side][0].note.ptr == NULL && v->heads[side][1].note.ptr == NULL)
            verify_fail(v, ERR_PROOF, "There is no good head of the journal of %.*s.",
                        STR_ARG(v->party[side]));
        TRY(keys_check(v, side));
    }
    return OK;
}

/* Reads the entries of authority, and what follows from them if they stand in the journal. */
static Status powers_read(struct verify *v, size_t side)
{
    struct authority_fact *facts = scope_array(v->s, v->bag.count + 1, sizeof *facts);
    size_t count = 0;
    if (facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < v->bag.count; i++) {
        const struct container_member *m = &v->bag.members[i];
        uint64_t index;
        struct fact *f = NEW(v->s, struct fact);
        if (f == NULL) return ERR_MEMORY;
        if (!verify_index(m->name, "data/officers/", v->party[side], ".fact", &index)) continue;
        Status status =
            m->bytes.ptr ? fact_read(v->s, v->card[side].origin, m->bytes, f) : ERR_SCHEMA;
        if (status == ERR_MEMORY) return status;
        if (status == OK) facts[count++] = (struct authority_fact){.fact = f};
    }
    return authority_build(v->s, &v->card[side], facts, count, &v->authority[side]);
}

Status verify_powers(struct verify *v)
{
    for (size_t side = 0; side < SIDES; side++)
        TRY(powers_read(v, side));
    return OK;
}

static Status officers_of(struct verify *v, size_t side)
{
    struct judging how = {.crossed = true};
    size_t count = 0, bad = 0;
    for (size_t i = 0; i < v->bag.count; i++) {
        uint64_t index;
        struct fact *f;
        bool cosigned;
        Str name = v->bag.members[i].name;
        if (!verify_index(name, "data/officers/", v->party[side], ".fact", &index)) continue;
        TRY(verify_entry(v, side, index, name, &f, &cosigned));
        count++;
        bad += f == NULL;
        if (f == NULL) continue;
        Status status = fact_judge(v->s, &v->pack, &v->authority[side], f, &how);
        if (status == ERR_MEMORY) return status;
        if (status == OK && kind_is_authority(fact_get(f, "kind"))) continue;
        verify_fail(v, status == OK ? ERR_SCHEMA : status, "%.*s is no power of %.*s: %s.",
                    STR_ARG(name), STR_ARG(v->party[side]),
                    status == OK ? "it is another kind of entry" : scope_reason(v->s));
        bad++;
    }
    if (bad == 0)
        verify_pass(v,
                    "%zu entries on the officers of %.*s stand in its journal, signed by who may.",
                    count, STR_ARG(v->party[side]));
    return OK;
}

Status verify_officers(struct verify *v)
{
    for (size_t side = 0; side < SIDES; side++)
        TRY(officers_of(v, side));
    return OK;
}
