/* Cards, keys, heads and officers of a dossier. Declared in app/verify.h. */
#include "app/verify.h"
#include "core/casework/judgement.h"
#include <inttypes.h>

static Str text_of(struct verify *v, Str name)
{
    const struct container_member *m = verify_member(v, name);
    return m && m->bytes.ptr ? bytes_str(m->bytes) : (Str){NULL, 0};
}

static bool same_keys(const struct card *a, const struct card *b)
{
    return str_eq(a->party, b->party) && str_eq(a->origin, b->origin) &&
           memcmp(&a->root, &b->root, sizeof a->root) == 0 &&
           memcmp(&a->journal, &b->journal, sizeof a->journal) == 0 &&
           memcmp(&a->cosigner, &b->cosigner, sizeof a->cosigner) == 0 &&
           memcmp(&a->parcel, &b->parcel, sizeof a->parcel) == 0 &&
           memcmp(&a->post, &b->post, sizeof a->post) == 0;
}

static Status pin_check(struct verify *v, Str pinned)
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
    for (size_t i = 0; i < SIDES; i++)
        if (same_keys(&pin, &v->card[i])) {
            verify_pass(v, "The keys of %.*s are those of the card you gave.",
                        STR_ARG(v->party[i]));
            return OK;
        }
    verify_fail(v, ERR_SIGNATURE,
                "The card you gave is not in the dossier: its keys are other ones.");
    return OK;
}

Status verify_cards(struct verify *v, Str pinned)
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
    return pin_check(v, pinned);
}

static Status keys_check(struct verify *v, size_t side)
{
    const struct card *card = &v->card[side], *other = &v->card[1 - side];
    Str log, cosigner;
    TRY(vkey_format(v->s, card->origin, NOTE_ED25519, &card->journal, &log));
    TRY(vkey_format(v->s, card_cosigner_name(v->s, other->origin), NOTE_COSIGNATURE,
                    &other->cosigner, &cosigner));
    Str told = text_of(v, scope_print(v->s, "data/journal/%.*s/vkeys", STR_ARG(v->party[side])));
    Str keys = scope_print(v->s, "%.*s\n%.*s\n", STR_ARG(log), STR_ARG(cosigner));
    if (keys.ptr == NULL) return ERR_MEMORY;
    if (told.ptr && str_eq(told, keys))
        verify_pass(v, "The keys listed for the journal of %.*s are those of the cards.",
                    STR_ARG(v->party[side]));
    else
        verify_fail(v, ERR_SIGNATURE,
                    "The keys listed for the journal of %.*s are not those of the cards.",
                    STR_ARG(v->party[side]));
    return OK;
}

static Status head_check(struct verify *v, size_t side, const char *file, bool cosigned,
                         struct checked_head *out)
{
    const struct card *card = &v->card[side], *other = &v->card[1 - side];
    struct checkpoint cp;
    Instant time;
    char at[INSTANT_TEXT_MAX] = "";
    Str note = text_of(v, scope_print(v->s, "data/journal/%.*s/%s", STR_ARG(v->party[side]), file));
    if (note.ptr == NULL) return OK;
    Status status = checkpoint_parse(v->s, note, &cp);
    if (status == OK) status = checkpoint_check(v->s, &cp, card->origin, &card->journal);
    if (status == OK && cosigned)
        status = cosignature_check(v->s, &cp, card_cosigner_name(v->s, other->origin),
                                   &other->cosigner, &time);
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
        TRY(keys_check(v, side));
        TRY(head_check(v, side, "checkpoint", true, &v->heads[side][0]));
        TRY(head_check(v, side, "checkpoint.newest", false, &v->heads[side][1]));
        if (v->heads[side][0].note.ptr == NULL && v->heads[side][1].note.ptr == NULL)
            verify_fail(v, ERR_PROOF, "There is no good head of the journal of %.*s.",
                        STR_ARG(v->party[side]));
    }
    return OK;
}

static Status officers_of(struct verify *v, size_t side)
{
    const struct card *card = &v->card[side];
    struct authority_fact *facts = scope_array(v->s, v->bag.count + 1, sizeof *facts);
    struct judging how = {.crossed = true};
    size_t count = 0, bad = 0;
    if (facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < v->bag.count; i++) {
        uint64_t index;
        struct fact *f;
        bool cosigned;
        Str name = v->bag.members[i].name;
        if (!verify_index(name, "data/officers/", v->party[side], ".fact", &index)) continue;
        TRY(verify_entry(v, side, index, name, &f, &cosigned));
        if (f == NULL)
            bad++;
        else
            facts[count++] = (struct authority_fact){.fact = f};
    }
    TRY(authority_build(v->s, card, facts, count, &v->authority[side]));
    for (size_t i = 0; i < count; i++) {
        Status status = fact_judge(v->s, &v->pack, &v->authority[side], facts[i].fact, &how);
        if (status == ERR_MEMORY) return status;
        if (status == OK) continue;
        verify_fail(v, status, "data/officers/%.*s-%" PRIu64 ".fact is no power: %s.",
                    STR_ARG(v->party[side]), facts[i].fact->index, scope_reason(v->s));
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
