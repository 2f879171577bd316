/* People on paper: who takes part and by which mandate, who signed, and lines for ink. Declared in
 * app/sheet_parts.h. */
#include "app/sheet_parts.h"
#include <inttypes.h>

enum { HANDS_MAX = 16 };

const struct authority *sheet_authority(struct sheet *x, Str party)
{
    const struct authority *a;
    bool own = str_eq(party, x->p->card.party);
    struct neighbour *n = own ? NULL : post_neighbour(x->p, party);
    if ((!own && n == NULL) || party.len == 0) return NULL;
    Status status = post_authority(x->s, x->p, n, &a);
    if (status == OK) return a;
    if (x->status == OK) x->status = status;
    return NULL;
}

Str sheet_officer(struct sheet *x, Str party, Str id)
{
    const struct authority *a = sheet_authority(x, party);
    const struct officer *o = a ? authority_officer(a, id) : NULL;
    if (o == NULL || o->name.len == 0) return sheet_copy(x, id);
    if (o->post.len == 0) return sheet_copy(x, o->name);
    return sheet_printed(x, scope_print(x->s, "%.*s, %.*s", STR_ARG(o->name), STR_ARG(o->post)));
}

static bool stands(const struct mandate *m, Instant at)
{
    if (m->has_from && instant_before(at, m->from)) return false;
    if (m->has_to && !instant_before(at, m->to)) return false;
    return !(m->revoked && m->has_revoked_from && !instant_before(at, m->revoked_from));
}

const struct mandate *sheet_mandate(struct sheet *x, Str party, Str officer, Instant at)
{
    const struct authority *a = sheet_authority(x, party);
    const struct mandate *newest = NULL;
    for (size_t i = 0; a && i < a->mandate_count; i++) {
        const struct mandate *m = &a->mandates[i];
        if (!str_eq(m->officer, officer)) continue;
        if (stands(m, at)) return m;
        if (newest == NULL || m->index > newest->index) newest = m;
    }
    return newest;
}

/* "written power lv:4, decree 12, until 2027-01-01": what a court can ask for. */
static Str power_words(struct sheet *x, size_t column, Str party, const struct mandate *m)
{
    struct fact f;
    char utc[INSTANT_TEXT_MAX];
    Str instrument = STR(""), until = STR("");
    if (fact_load(x->s, x->p, party, m->index, &f, NULL) == OK)
        instrument = fact_get(&f, "instrument");
    if (m->has_to) {
        instant_format(m->to, utc);
        until = sheet_printed(x, scope_print(x->s, ", %.*s %.10s",
                                             STR_ARG(sheet_text(x, column, "field.until")), utc));
    }
    return sheet_printed(x, scope_print(x->s, "%.*s %.*s:%" PRIu64 "%s%.*s%.*s",
                                        STR_ARG(sheet_text(x, column, "field.mandate")),
                                        STR_ARG(party), m->index, instrument.len ? ", " : "",
                                        STR_ARG(instrument), STR_ARG(until)));
}

static void participant(struct sheet *x, size_t number, Str who, Instant at)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->number = sheet_printed(x, scope_print(x->s, "%zu.", number));
    for (size_t side = 0; side < SIDES; side++) {
        const struct mandate *m = sheet_mandate(x, x->party[side], who, at);
        if (m == NULL) continue;
        for (size_t i = 0; i < 2; i++)
            b->text[i] =
                sheet_printed(x, scope_print(x->s, "%.*s, %.*s, %.*s (%.*s)",
                                             STR_ARG(sheet_officer(x, x->party[side], who)),
                                             STR_ARG(sheet_title_inside(x, i, "roles", m->role)),
                                             STR_ARG(sheet_party(x, i, x->party[side])),
                                             STR_ARG(power_words(x, i, x->party[side], m))));
        return;
    }
    b->text[0] = b->text[1] = sheet_copy(x, who);
}

void sheet_participants(struct sheet *x, const struct fact *f, Instant at)
{
    Str *list = NULL;
    size_t count = 0;
    if (x->status == OK) x->status = fact_list(x->s, f, "participants", &list, &count);
    bool must = sheet_must(x, STR("participants"));
    if (x->status != OK || (count == 0 && !must)) return;
    sheet_heading(x, "act.section.participants");
    if (count == 0) sheet_gap(x, "participants");
    sheet_shown(x, STR("participants"));
    for (size_t i = 0; i < count; i++)
        participant(x, i + 1, list[i], at);
}

/* Enough of the signature to tell it from another; the whole stands in the dossier. */
static Str signature_text(struct sheet *x, const struct fact *f)
{
    const uint8_t *b = f->signature.bytes;
    return sheet_printed(x, scope_print(x->s, "ed25519 %02x%02x %02x%02x … %02x%02x %02x%02x", b[0],
                                        b[1], b[2], b[3], b[60], b[61], b[62], b[63]));
}

bool sheet_both_sign(const struct sheet *x)
{
    if (x->is_part) return false;
    const char *by = json_string_value(json_object_get(sheet_document(x), "signed_by"));
    return by && strstr(by, "both");
}

static void ink_words(struct sheet *x, struct paper_signature *out)
{
    sheet_texts(x, "document.ink", out->ink);
    if (sheet_both_sign(x)) sheet_texts(x, "document.seal", out->seal);
}

void sheet_signature(struct sheet *x, const struct entry *e, Str role, struct paper_signature *out)
{
    char utc[INSTANT_TEXT_MAX];
    const struct mandate *m = role.len ? NULL : sheet_mandate(x, e->party, e->by, e->at);
    *out = (struct paper_signature){.side = sheet_side(x, e->party)};
    if (m) role = m->role;
    out->name = sheet_officer(x, e->party, e->by);
    out->value = signature_text(x, e->fact);
    for (size_t i = 0; i < 2; i++) {
        out->party[i] = sheet_party(x, i, e->party);
        out->role[i] = role.len ? sheet_title(x, i, "roles", role) : STR("");
        out->time_local[i] = sheet_local_time(x, x->columns == 2 ? i : 0, x->party[i], e->at);
    }
    instant_format(e->at, utc);
    out->time_utc = sheet_printed(x, scope_print(x->s, "%.10s %.8s UTC", utc, utc + 11));
    ink_words(x, out);
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
    ink_words(x, out);
    sheet_texts(x, "document.ink_name", out->ink);
}

/* Who signs besides: the groups that the pack joins by "+" ("R3+R5", "R1,R2+doctor both"), without
 * the first, which signs here. */
static Str more_groups(const struct sheet *x)
{
    const char *by = json_string_value(json_object_get(sheet_document(x), "signed_by"));
    Str rest = by ? str_of(by) : STR("");
    Str groups = str_cut(&rest, ' ');
    (void)str_cut(&groups, '+');
    return groups;
}

bool sheet_is_signed_by_hand(const struct sheet *x, Str name)
{
    Str groups = more_groups(x);
    while (groups.len) {
        Str group = str_cut(&groups, '+');
        while (group.len)
            if (str_eq(str_cut(&group, ','), name)) return true;
    }
    return false;
}

/* "Expert / doctor": whoever of a group may sign; people without a role act for no party. */
static void group_words(struct sheet *x, Str group, struct paper_signature *out)
{
    out->role[0] = out->role[1] = STR("");
    while (group.len) {
        Str name = str_cut(&group, ',');
        bool has_role = role_bit(name) >= 0;
        for (size_t i = 0; i < 2; i++) {
            Str title = sheet_title(x, i, has_role ? "roles" : "other_signers", name);
            out->role[i] =
                out->role[i].len
                    ? sheet_printed(x, scope_print(x->s, "%.*s / %.*s", STR_ARG(out->role[i]),
                                                   STR_ARG(title)))
                    : title;
            if (!has_role) out->party[i] = STR("");
        }
    }
}

void sheet_more_hands(struct sheet *x, size_t side, struct paper_signature *list, size_t max,
                      size_t *count)
{
    Str groups = more_groups(x);
    while (groups.len && *count < max) {
        sheet_signature_blank(x, side, STR(""), &list[*count]);
        group_words(x, str_cut(&groups, '+'), &list[(*count)++]);
    }
}

/* The role that signs when the pack names one alone. */
static Str only_role(const struct sheet *x)
{
    const char *by = json_string_value(json_object_get(sheet_document(x), "signed_by"));
    return by && by[0] == 'R' && strpbrk(by, ",+ ") == NULL ? str_of(by) : STR("");
}

void sheet_sign(struct sheet *x)
{
    struct paper_signature *hands = scope_array(x->s, HANDS_MAX, sizeof *hands);
    size_t n = 0, side = sheet_side(x, x->issuer);
    bool has[SIDES] = {false, false};
    bool both = sheet_both_sign(x) && !x->own_side && !x->is_list && x->cited_count;
    if (hands == NULL) {
        if (x->status == OK) x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < x->signer_count; i++) {
        sheet_cite(x, x->signers[i]);
        sheet_signature(x, x->signers[i], STR(""), &hands[n]);
        has[hands[n++].side] = true;
    }
    if (x->signer_count && !both) sheet_more_hands(x, side, hands, HANDS_MAX, &n);
    for (size_t k = 0; k < SIDES && x->is_list; k++)
        if (x->issuer.len ? k == side : x->party[k].len > 0)
            sheet_signature_blank(x, k, only_role(x), &hands[n++]);
    for (size_t k = 0; k < SIDES && both; k++)
        if (!has[k] && x->party[k].len) sheet_signature_blank(x, k, STR(""), &hands[n++]);
    if (both) sheet_more_hands(x, sheet_side(x, x->cited[0]->party), hands, HANDS_MAX, &n);
    if (x->hand) {
        sheet_signature_blank(x, side, STR(""), &hands[n]);
        sheet_texts(x, x->hand, hands[n].role);
        hands[n].party[0] = hands[n].party[1] = STR("");
        n++;
    }
    /* The paper of one side has nobody else's column to keep free. */
    for (size_t i = 0; i < n && x->issuer.len; i++)
        hands[i].side = i % 2;
    if (n == 0) return;
    sheet_heading(x, "act.section.signatures");
    if (sheet_both_sign(x)) sheet_authenticity(x);
    struct paper_block *b = sheet_add(x, PAPER_SIGNATURES);
    b->signatures = hands;
    b->signature_count = n;
}

/* "Latvian, Russian": the languages of the columns in the words of one of them. */
static Str languages(struct sheet *x, size_t column)
{
    Str names = STR("");
    for (size_t k = 0; k < 2; k++) {
        if (k && str_eq(x->language[0], x->language[1])) break;
        Str name = sheet_catalogue(x, column, "language.in", x->language[k]);
        Str and = k ? sheet_text(x, column, "document.and") : STR("");
        names = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s%s%.*s", STR_ARG(names), k ? " " : "",
                                             STR_ARG(and), k ? " " : "", STR_ARG(name)));
    }
    return names;
}

void sheet_authenticity(struct sheet *x)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    json_int_t count = json_integer_value(json_object_get(sheet_document(x), "originals"));
    b->keeps_next = true;
    for (size_t i = 0; i < 2; i++) {
        Str originals = sheet_printed(x, scope_print(x->s, "%d", count > 0 ? (int)count : 2));
        Str text = sheet_fill(x, sheet_text(x, i, "act.both_languages"), "{originals}", originals);
        b->text[i] = sheet_fill(x, text, "{languages}", languages(x, i));
    }
}
