/* Who may sign: officers and mandates in memory, sessions, enrolment. Declared in app/inside.h,
 * app/post.h and app/officer.h. */
#include "app/officer.h"
#include "app/statement.h"
#include "os/file.h"
#include "os/password.h"
#include "os/random.h"
#include <stdio.h>

enum { AUTHORITY_BYTES_MAX = 32 << 20 };

static const char *const authority_kinds[] = {"post.opened", "officer.enrolled", "mandate.granted",
                                              "mandate.revoked", "key.rotated"};

static Status authority_load(struct scope *s, struct post *p, int64_t journal,
                             const struct card *card, struct authority *out)
{
    struct fact_row *rows[COUNT_OF(authority_kinds)];
    size_t counts[COUNT_OF(authority_kinds)], total = 0, n = 0;
    for (size_t k = 0; k < COUNT_OF(authority_kinds); k++) {
        TRY(store_fact_of_kind(s, p->store, journal, str_of(authority_kinds[k]), &rows[k],
                               &counts[k]));
        total += counts[k];
    }
    struct fact *facts = scope_array(s, total + 1, sizeof *facts);
    struct authority_fact *list = scope_array(s, total + 1, sizeof *list);
    if (facts == NULL || list == NULL) return ERR_MEMORY;
    for (size_t k = 0; k < COUNT_OF(authority_kinds); k++)
        for (size_t i = 0; i < counts[k]; i++) {
            /* What the other side refused of ours still holds here. */
            if (rows[k][i].refused && journal != p->journal) continue;
            TRY(fact_read(s, card->origin, rows[k][i].record, &facts[n]));
            list[n] = (struct authority_fact){
                &facts[n], journal == p->journal ? 0 : rows[k][i].opening, rows[k][i].refused};
            n++;
        }
    return authority_build(s, card, list, n, out);
}

Status post_authority(struct scope *s, struct post *p, struct neighbour *n,
                      const struct authority **out)
{
    bool *known = n ? &n->authority_known : &p->authority_known;
    struct scope **memory = n ? &n->memory : &p->authority_memory;
    struct authority *authority = n ? &n->authority : &p->authority;
    if (!*known) {
        if (*memory == NULL) *memory = scope_open(AUTHORITY_BYTES_MAX);
        if (*memory == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
        scope_reset(*memory);
        Status status = authority_load(*memory, p, n ? n->journal : p->journal,
                                       n ? &n->card : &p->card, authority);
        if (status != OK) return fail(s, status, "%s", scope_reason(*memory));
        *known = true;
    }
    *out = authority;
    return OK;
}

Status root_key_read(struct scope *s, const struct post *p, Str root_file, struct secret_key *out)
{
    Str path = root_file.len ? scope_str(s, root_file) : file_join(s, p->dir, "root.key");
    Bytes seed;
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = file_read(s, path.ptr, SEED_BYTES, &seed);
    if (status == ERR_NOT_FOUND)
        return fail(
            s, ERR_NOT_FOUND,
            "this needs the party's offline root key: bring it and name its file (--root FILE)");
    TRY(status);
    if (seed.len != SEED_BYTES) return fail(s, ERR_SCHEMA, "%s is no root key", path.ptr);
    secret_key_from_seed(seed.ptr, out);
    if (memcmp(out->public.bytes, p->card.root.bytes, KEY_BYTES) != 0)
        return fail(s, ERR_SIGNATURE, "%s is not the root key of this party", path.ptr);
    return OK;
}

/* An officer's id says whose officer it is, also on the neighbour's screen; `PARTY.post` is the
 * post itself. */
static Status officer_id_check(struct scope *s, const struct post *p, Str officer)
{
    enum { OFFICER_LEN_MAX = 64 };
    Str name = officer, party = str_cut(&name, '.');
    bool fits = str_eq(party, p->card.party) && name.len > 0 && officer.len <= OFFICER_LEN_MAX;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        fits = fits && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._-", c));
    }
    if (!fits)
        return fail(s, ERR_SCHEMA,
                    "officer: \"%.*s\" should be %.*s. and a name of lower-case letters, digits, "
                    "dots and dashes, for example %.*s.duty",
                    STR_ARG(officer), STR_ARG(p->card.party), STR_ARG(p->card.party));
    if (str_is(name, "post"))
        return fail(s, ERR_DUPLICATE, "%.*s is the post itself", STR_ARG(officer));
    return OK;
}

Status officer_key_make(struct scope *s, struct post *p, Str officer, Str password, Str *out_public)
{
    uint8_t seed[SEED_BYTES];
    struct secret_key key;
    Bytes sealed;
    TRY(officer_id_check(s, p, officer));
    if (password.len == 0)
        return fail(s, ERR_USAGE, "the officer needs a password: it seals the officer's key");
    TRY(post_random(s, p, seed, sizeof seed));
    secret_key_from_seed(seed, &key);
    Status status =
        password_seal(s, &p->random, password, seed,
                      p->weak_passwords ? PASSWORD_MINIMAL : PASSWORD_INTERACTIVE, &sealed);
    secret_wipe(seed, sizeof seed);
    TRY(status);
    TRY(store_key_save(s, p->store, officer, sealed));
    struct writer w = writer_open(s, 64);
    write_base64(&w, bytes_of(key.public.bytes, KEY_BYTES));
    secret_wipe(&key, sizeof key);
    return writer_close_str(&w, out_public);
}

Status enrol_inside(struct scope *s, struct post *p, const struct enrolment *e,
                    const struct secret_key *root)
{
    struct name_value officer[24] = {
        {STR("officer"), e->officer}, {STR("name"), e->name}, {STR("post"), e->post}};
    const struct authority *a;
    struct stated stated;
    TRY(post_authority(s, p, NULL, &a));
    if (authority_officer(a, e->officer))
        return fail(s, ERR_DUPLICATE, "%.*s is enrolled already", STR_ARG(e->officer));
    struct statement_of_fact f = {.kind = STR("officer.enrolled"),
                                  .by_post = true,
                                  .root = root,
                                  .fields = officer,
                                  .field_count = 4,
                                  .case_number = STR("")};
    officer[3].name = STR("key");
    TRY(officer_key_make(s, p, e->officer, e->password, &officer[3].value));
    TRY(fact_state(s, p, &f, &stated));
    if (e->role.len == 0) return OK;
    struct name_value mandate[24] = {{STR("officer"), e->officer}, {STR("role"), e->role},
                                     {STR("section"), e->section}, {STR("from"), e->from},
                                     {STR("to"), e->to},           {STR("acts_for"), e->acts_for}};
    f.kind = STR("mandate.granted");
    f.fields = mandate;
    f.field_count = 6;
    return fact_state(s, p, &f, &stated);
}

struct enrolling {
    const struct enrolment *e;
    struct secret_key root;
};

static Status enrol_run(struct scope *s, struct post *p, void *arg)
{
    const struct enrolling *x = arg;
    return enrol_inside(s, p, x->e, &x->root);
}

Status post_enrol(struct scope *s, struct post *p, const struct enrolment *e)
{
    struct enrolling x = {.e = e};
    TRY(root_key_read(s, p, e->root_file, &x.root));
    Status status = post_write(s, p, enrol_run, &x);
    secret_wipe(&x.root, sizeof x.root);
    return status;
}

Status session_open(struct scope *s, struct post *p, Str officer, Str password,
                    struct session **out)
{
    uint8_t seed[SEED_BYTES];
    Bytes sealed = {NULL, 0};
    struct session *session = NEW(s, struct session);
    if (session == NULL) return ERR_MEMORY;
    session->officer = scope_str(s, officer);
    if (session->officer.ptr == NULL) return ERR_MEMORY;
    post_lock(p);
    Status status = store_key_load(s, p->store, officer, &sealed);
    post_unlock(p);
    /* The slow part, outside the lock. */
    if (status == OK)
        status = password_open(s, password, sealed, seed);
    else if (status == ERR_NOT_FOUND)
        TRY(password_pretend(s, password,
                             p->weak_passwords ? PASSWORD_MINIMAL : PASSWORD_INTERACTIVE));
    if (status == ERR_NOT_FOUND || status == ERR_ROLE)
        return fail(s, ERR_ROLE, "no officer of this post signs in with that name and password");
    TRY(status);
    secret_key_from_seed(seed, &session->key);
    secret_wipe(seed, sizeof seed);
    *out = session;
    return OK;
}

void session_close(struct session *session)
{
    if (session) secret_wipe(&session->key, sizeof session->key);
}

Roles session_roles(struct post *p, Str officer)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    const struct authority *a;
    Roles roles = 0;
    if (s == NULL) return 0;
    POST_READING(p);
    if (post_authority(s, p, NULL, &a) != OK) return 0;
    for (int bit = 0; bit < ROLE_COUNT; bit++) {
        const struct mandate *m;
        if (authority_mandate(s, a, officer, 1u << bit, STR(""), post_now(p),
                              (struct place){p->leaf_count, 0}, &m) == OK)
            roles |= 1u << bit;
    }
    return roles;
}

Roles session_sight(struct post *p, Str officer)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    const struct authority *a;
    if (s == NULL) return 0;
    POST_READING(p);
    if (post_authority(s, p, NULL, &a) != OK) return 0;
    return authority_roles(a, officer, post_now(p), (struct place){p->leaf_count, 0});
}

static void officers_of(struct scope *s, const struct authority *a, struct officer_view *out,
                        size_t *count)
{
    for (size_t i = 0; i < a->officer_count; i++) {
        const struct officer *o = &a->officers[i];
        bool any = false;
        struct officer_view v = {.party = scope_str(s, a->party),
                                 .id = scope_str(s, o->id),
                                 .name = scope_str(s, o->name)};
        for (size_t n = 0; n < a->mandate_count; n++) {
            const struct mandate *m = &a->mandates[n];
            if (!str_eq(m->officer, o->id)) continue;
            any = true;
            v.role = scope_str(s, m->role);
            v.section = scope_str(s, m->section);
            v.acts_for = scope_str(s, m->acts_for);
            v.mandate =
                scope_print(s, "%.*s:%llu", STR_ARG(a->party), (unsigned long long)m->index);
            v.has_to = m->has_to;
            v.to = m->to;
            v.revoked = m->revoked;
            out[(*count)++] = v;
        }
        if (!any) out[(*count)++] = v;
    }
}

Status post_officers(struct scope *s, struct post *p, struct officer_view **out, size_t *out_count)
{
    const struct authority *list[NEIGHBOURS_MAX + 1];
    size_t room = 1, count = 0;
    POST_READING(p);
    TRY(post_authority(s, p, NULL, &list[0]));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(post_authority(s, p, &p->neighbours[i], &list[i + 1]));
    for (size_t i = 0; i <= p->neighbour_count; i++)
        room += list[i]->officer_count + list[i]->mandate_count;
    struct officer_view *views = scope_array(s, room, sizeof *views);
    if (views == NULL) return ERR_MEMORY;
    for (size_t i = 0; i <= p->neighbour_count; i++)
        officers_of(s, list[i], views, &count);
    *out = views;
    *out_count = count;
    return OK;
}
