/* People on paper: who takes part and by which mandate, who signed, and lines for ink. Declared in
 * app/sheet.h. */
#include "app/sheet.h"
#include <inttypes.h>

static void participant(struct sheet *x, size_t number, Str who)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->number = sheet_printed(x, scope_print(x->s, "%zu.", number));
    for (size_t side = 0; side < SIDES; side++) {
        const struct mandate *m = sheet_mandate(x, x->party[side], who);
        if (m == NULL) continue;
        for (size_t i = 0; i < 2; i++)
            b->text[i] =
                sheet_printed(x, scope_print(x->s, "%.*s, %.*s, %.*s (%.*s %.*s:%" PRIu64 ")",
                                             STR_ARG(sheet_officer(x, x->party[side], who)),
                                             STR_ARG(sheet_title(x, i, "roles", m->role)),
                                             STR_ARG(sheet_party(x, i, x->party[side])),
                                             STR_ARG(sheet_text(x, i, "field.mandate")),
                                             STR_ARG(x->party[side]), m->index));
        return;
    }
    b->text[0] = b->text[1] = sheet_copy(x, who);
}

void sheet_participants(struct sheet *x, const struct fact *f)
{
    Str *list = NULL;
    size_t count = 0;
    if (x->status == OK) x->status = fact_list(x->s, f, "participants", &list, &count);
    if (x->status != OK || count == 0) return;
    sheet_heading(x, "act.section.participants");
    sheet_shown(x, STR("participants"));
    for (size_t i = 0; i < count; i++)
        participant(x, i + 1, list[i]);
}

/* Enough of the signature to tell it from another; the whole stands in the dossier. */
static Str signature_text(struct sheet *x, const struct fact *f)
{
    const uint8_t *b = f->signature.bytes;
    return sheet_printed(x, scope_print(x->s, "ed25519 %02x%02x %02x%02x … %02x%02x %02x%02x", b[0],
                                        b[1], b[2], b[3], b[60], b[61], b[62], b[63]));
}

void sheet_signature(struct sheet *x, const struct entry *e, Str role, struct paper_signature *out)
{
    char utc[INSTANT_TEXT_MAX];
    const struct mandate *m = role.len ? NULL : sheet_mandate(x, e->party, e->by);
    *out = (struct paper_signature){.side = sheet_side(x, e->party)};
    if (m) role = m->role;
    out->name = sheet_officer(x, e->party, e->by);
    out->value = signature_text(x, e->fact);
    for (size_t i = 0; i < 2; i++) {
        out->party[i] = sheet_party(x, i, e->party);
        out->role[i] = role.len ? sheet_title(x, i, "roles", role) : STR("");
        out->time_local[i] = sheet_local_time(x, x->party[i], e->at);
    }
    instant_format(e->at, utc);
    out->time_utc = sheet_printed(x, scope_print(x->s, "%.10s %.8s UTC", utc, utc + 11));
}

void sheet_signature_blank(struct sheet *x, size_t side, Str role, struct paper_signature *out)
{
    *out = (struct paper_signature){.side = side};
    for (size_t i = 0; i < 2; i++) {
        out->party[i] = sheet_party(x, i, x->party[side]);
        out->role[i] = role.len ? sheet_title(x, i, "roles", role) : STR("");
        out->time_local[i] = STR("");
    }
    out->name = out->time_utc = out->value = STR("");
}
