#include "app/asked.h"
#include "app/keys.h"
#include "app/officer.h"
#include "app/packs.h"
#include "app/recovery.h"
#include "app/statement.h"
#include "os/file.h"
#include "os/zone.h"
#include "peer/tls.h"
#include <stdlib.h>

enum { POST_BYTES_MAX = 256 << 20, KEY_FILE_MAX = 16384 };

static Status key_read(struct scope *s, struct post *p, const char *name, uint8_t out[static 32])
{
    Str path = file_join(s, p->dir, name);
    Bytes bytes;
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(file_read(s, path.ptr, 64, &bytes));
    if (bytes.len != 32) return fail(s, ERR_DISK, "%s does not hold a key", path.ptr);
    memcpy(out, bytes.ptr, 32);
    return OK;
}

static Status signing_key_read(struct scope *s, struct post *p, const char *name,
                               struct key_ring *out)
{
    uint8_t seed[SEED_BYTES];
    TRY(key_read(s, p, name, seed));
    secret_key_from_seed(seed, &out->keys[0]);
    secret_wipe(seed, sizeof seed);
    out->count = 1;
    return OK;
}

static Status keys_read(struct scope *s, struct post *p)
{
    uint8_t identity[32];
    TRY(signing_key_read(s, p, "keys/journal", &p->journal_keys));
    TRY(signing_key_read(s, p, "keys/cosigner", &p->cosigner_keys));
    TRY(signing_key_read(s, p, "keys/parcel", &p->parcel_keys));
    TRY(signing_key_read(s, p, "keys/post", &p->post_keys));
    TRY(key_read(s, p, "keys/cover", p->cover_key.bytes));
    TRY(key_read(s, p, "keys/identity", identity));
    TRY(key_read(s, p, "keys/recovery.pub", p->recovery.bytes));
    age_identity_from_secret(identity, &p->identity);
    secret_wipe(identity, sizeof identity);
    p->identities[0] = p->identity;
    p->identity_count = 1;
    return OK;
}

Status post_setting(struct scope *s, struct post *p, const char *name, Str *out)
{
    Bytes value;
    if (name == NULL) return ERR_MEMORY;
    Status status = store_setting_load(s, p->store, name, &value);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    *out = status == OK ? bytes_str(value) : STR("");
    return OK;
}

/* The same, kept as long as the post. */
static Status setting(struct scope *s, struct post *p, const char *name, Str *out)
{
    Str value;
    TRY(post_setting(s, p, name, &value));
    *out = scope_str(p->memory, value);
    return out->ptr ? OK : ERR_MEMORY;
}

static Status texts_load(struct scope *s, struct post *p)
{
    Str names;
    size_t count = 0;
    TRY(setting(s, p, "texts", &names));
    for (size_t i = 0; i < names.len; i++)
        count += names.ptr[i] == '\n';
    p->texts = scope_array(p->memory, count + 1, sizeof *p->texts);
    if (p->texts == NULL) return ERR_MEMORY;
    while (names.len) {
        Str text, name = scope_str(p->memory, str_cut(&names, '\n'));
        if (name.ptr == NULL) return ERR_MEMORY;
        TRY(setting(s, p, name.ptr, &text));
        p->texts[p->text_count++] = (struct pack_file){name, str_bytes(text)};
    }
    return OK;
}

static Status pack_load(struct scope *s, struct post *p)
{
    Str kinds, pack;
    TRY(setting(s, p, "kinds", &kinds));
    TRY(setting(s, p, "pack", &pack));
    Status status = pack_parse(p->memory, str_bytes(kinds), str_bytes(pack), &p->pack);
    if (status != OK) return fail(s, status, "%s", scope_reason(p->memory));
    TRY(texts_load(s, p));
    for (size_t i = 0; status == OK && i < p->pack.party_count && p->zone_count < ZONES_MAX - 1;
         i++)
        status = zone_load(p->memory, p->pack.parties[i].zone, &p->zones[p->zone_count++]);
    if (status == OK) status = zone_load(p->memory, STR("UTC"), &p->zones[p->zone_count++]);
    return status == OK ? OK : fail(s, status, "%s", scope_reason(p->memory));
}

const struct zone *post_zone(const struct post *p, Str party)
{
    for (size_t i = 0; i < p->pack.party_count && i + 1 < p->zone_count; i++)
        if (str_eq(p->pack.parties[i].id, party)) return &p->zones[i];
    return &p->zones[p->zone_count - 1];
}

static Status receipts_load(struct scope *s, struct post *p, struct neighbour *n, bool theirs)
{
    struct fact_row *rows;
    size_t count;
    struct spans *spans = theirs ? &n->taken_by_them : &n->taken_by_us;
    spans->count = 0;
    TRY(store_fact_of_kind(s, p->store, theirs ? n->journal : p->journal, STR("receipt"), &rows,
                           &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        if (!theirs && rows[i].neighbour != n->row.id) continue;
        TRY(fact_read(s, journal_origin(p, rows[i].journal), rows[i].record, &f));
        Instant at;
        if (instant_parse(fact_get(&f, "at"), &at))
            TRY(spans_add(p->memory, spans, fact_get(&f, "took"), at));
    }
    return OK;
}

/* What is counted and remembered of a neighbour, as the database has it. */
static Status neighbour_refresh(struct scope *s, struct post *p, struct neighbour *n)
{
    struct head_row head;
    struct checkpoint cp;
    Str owed, paired;
    TRY(store_neighbour_load(s, p->store, n->card.party, &n->row));
    if (n->row.parcel_out < n->remembered.parcels) n->row.parcel_out = n->remembered.parcels;
    n->row.party = n->card.party;
    n->row.card = n->card_text;
    TRY(post_setting(s, p, scope_print(s, "owed.%.*s", STR_ARG(n->card.party)).ptr, &owed));
    n->owed = str_is(owed, "yes");
    TRY(post_setting(s, p, scope_print(s, "paired.%.*s", STR_ARG(n->card.party)).ptr, &paired));
    if (!str_u64(paired, &n->paired_at)) n->paired_at = 0;
    n->authority_known = false;
    n->open_with_count = 0;
    n->root_size = 0;
    TRY(store_opening_count(s, p->store, n->journal, n->row.id, &n->applied));
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &n->openings));
    n->head_size = 0;
    Status status = store_head_newest(s, p->store, n->journal, true, &head);
    if (status == OK) {
        TRY(checkpoint_parse(s, head.note, &cp));
        n->head_size = cp.size;
        n->head_root = cp.root;
    } else if (status != ERR_NOT_FOUND) {
        return status;
    }
    TRY(receipts_load(s, p, n, true));
    TRY(receipts_load(s, p, n, false));
    return asked_load(s, p, n);
}

static Status neighbour_load(struct scope *s, struct post *p, Str text, struct neighbour *n)
{
    struct journal_row journal;
    if (str_eq(n->card_text, text)) return neighbour_refresh(s, p, n);
    Str kept = scope_str(p->memory, text);
    if (kept.ptr == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = card_parse(p->memory, kept, &n->card);
    if (status != OK) return fail(s, status, "%s", scope_reason(p->memory));
    TRY(store_journal_load(s, p->store, n->card.party, &journal));
    n->journal = journal.id;
    n->card_text = kept;
    return neighbour_refresh(s, p, n);
}

static Status own_card_load(struct scope *s, struct post *p)
{
    Bytes card;
    TRY(store_setting_load(s, p->store, "card", &card));
    if (str_eq(p->card_text, bytes_str(card))) return OK;
    Str text = scope_str(p->memory, bytes_str(card));
    if (text.ptr == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = card_parse(p->memory, text, &p->card);
    if (status != OK) return fail(s, status, "%s", scope_reason(p->memory));
    p->card_text = text;
    return OK;
}

Status neighbours_load(struct scope *s, struct post *p)
{
    struct neighbour_row *rows;
    size_t count;
    TRY(own_card_load(s, p));
    TRY(keys_load(s, p));
    TRY(store_neighbour_list(s, p->store, &rows, &count));
    if (count > NEIGHBOURS_MAX)
        return fail(s, ERR_LIMIT, "more than %d neighbours", NEIGHBOURS_MAX);
    for (size_t i = 0; i < count; i++) {
        TRY(neighbour_load(s, p, rows[i].card, &p->neighbours[i]));
        p->neighbour_count = i + 1;
    }
    return OK;
}

static Status second_path_find(struct scope *s, struct post *p)
{
    Str path;
    TRY(setting(s, p, "second_place", &path));
    if (path.len == 0) path = second_place_beside(s, p->dir);
    p->second_path = path.len ? scope_str(p->memory, path).ptr : NULL;
    return p->second_path ? OK : ERR_MEMORY;
}

static Status load(struct scope *s, struct post *p)
{
    struct journal_row journal;
    Str party, multiple, weak;
    uint64_t n;
    bool there;
    Str path = file_join(s, p->dir, "twinpost.db");
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path.ptr, &there));
    if (!there) return fail(s, ERR_NOT_FOUND, "there is no %s", path.ptr);
    TRY(store_open(s, path.ptr, STORE_WRITE, &p->store));
    (void)store_has_changed(p->store); /* what is read from here on is followed */
    TRY(keys_read(s, p));
    TRY(setting(s, p, "party", &party));
    TRY(setting(s, p, "cover_multiple", &multiple));
    TRY(setting(s, p, "weak_passwords", &weak));
    p->cover_multiple = str_u64(multiple, &n) && n > 0 && n <= 4096 ? (uint32_t)n : 1;
    p->weak_passwords = str_is(weak, "yes");
    TRY(pack_load(s, p));
    TRY(store_journal_load(s, p->store, party, &journal));
    p->journal = journal.id;
    TRY(store_leaf_count(s, p->store, p->journal, &p->leaf_count));
    TRY(neighbours_load(s, p));
    TRY(second_path_find(s, p));
    return hold_check(s, p);
}

static Status post_new(struct scope *s, const char *dir, const struct clock *clock,
                       struct post **out)
{
    struct post *p = calloc(1, sizeof *p);
    if (p == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    p->clock = clock;
    p->memory = scope_open(POST_BYTES_MAX);
    Str copy = p->memory ? scope_str(p->memory, str_of(dir)) : (Str){NULL, 0};
    p->cases = copy.ptr ? scope_array(p->memory, CASES_KEPT_MAX, sizeof *p->cases) : NULL;
    p->queue.end = &p->queue.first;
    if (p->cases == NULL || pthread_mutex_init(&p->lock, NULL) ||
        pthread_mutex_init(&p->queue.lock, NULL)) {
        scope_close(p->memory);
        free(p);
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    }
    p->dir = (char *)(uintptr_t)copy.ptr;
    *out = p;
    return OK;
}

Status post_open(struct scope *s, const char *dir, const struct clock *clock, struct post **out)
{
    bool finished;
    TRY(post_is_finished(s, dir, &finished));
    if (!finished)
        return fail(s, ERR_NOT_FOUND,
                    "%s is not a post yet: making it was cut off; run twinpost init again", dir);
    return post_open_any(s, dir, clock, out);
}

Status post_open_any(struct scope *s, const char *dir, const struct clock *clock, struct post **out)
{
    struct post *p = NULL;
    TRY(post_new(s, dir, clock, &p));
    Status status = load(s, p);
    if (status != OK) {
        post_close(p);
        return status == ERR_NOT_FOUND
                   ? fail(s, ERR_NOT_FOUND, "%s is not a post: run twinpost init", dir)
                   : post_told(s, status);
    }
    *out = p;
    return OK;
}

static void post_free(struct post *p)
{
    for (size_t i = 0; i < CASES_KEPT_MAX; i++)
        scope_close(p->cases[i].memory);
    for (size_t i = 0; i < NEIGHBOURS_MAX; i++)
        scope_close(p->neighbours[i].memory);
    scope_close(p->authority_memory);
    pack_release(&p->pack);
    scope_close(p->memory);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->queue.lock);
    secret_wipe(p, sizeof *p);
    free(p);
}

void post_close(struct post *p)
{
    if (p == NULL) return;
    store_close(p->store);
    post_free(p);
}

void post_abandon(struct post *p)
{
    if (p == NULL) return;
    store_abandon(p->store);
    post_free(p);
}

Str post_party(const struct post *p)
{
    return p->card.party;
}

const struct pack *post_pack(const struct post *p)
{
    return &p->pack;
}

const char *post_dir(const struct post *p)
{
    return p->dir;
}

Instant post_now(const struct post *p)
{
    return clock_read(p->clock);
}

bool post_is_held(const struct post *p)
{
    return p->held;
}

Status post_card(struct scope *s, struct post *p, Str *out)
{
    Bytes card;
    POST_READING(p);
    TRY(store_setting_load(s, p->store, "card", &card));
    *out = bytes_str(card);
    return OK;
}

/* The files of the TLS key that is shown: "keys/tls.crt", "keys/tls.2.crt" ... */
static Str tls_file(struct scope *s, struct post *p, const char *suffix)
{
    size_t number;
    POST_READING(p);
    if (tls_number(s, p, &number) != OK) return (Str){NULL, 0};
    Str name = number > 1 ? scope_print(s, "keys/tls.%zu.%s", number, suffix)
                          : scope_print(s, "keys/tls.%s", suffix);
    return name.ptr ? file_join(s, p->dir, name.ptr) : name;
}

Str post_tls_certificate(struct scope *s, struct post *p)
{
    return tls_file(s, p, "crt");
}

Str post_tls_key(struct scope *s, struct post *p)
{
    return tls_file(s, p, "key");
}

static Status neighbour_views(struct scope *s, struct post *p, struct neighbour_view *v, size_t i)
{
    struct neighbour *n = &p->neighbours[i];
    struct head_row head;
    v->party = n->card.party;
    v->origin = n->card.origin;
    memcpy(v->addresses, n->card.addresses, sizeof v->addresses);
    v->address_count = n->card.address_count;
    struct peer_keys keys;
    TRY(peer_keys_read(s, p, n, &keys));
    v->tls = keys.tls;
    v->tls_before = keys.tls_before;
    v->held_leaves = n->row.held_leaves;
    v->held_opening = n->row.held_opening;
    v->theirs_opening = n->applied;
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &v->openings));
    TRY(store_leaf_count(s, p->store, n->journal, &v->theirs_leaves));
    Status status = store_head_newest(s, p->store, p->journal, true, &head);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    v->cosigned_size = head.size;
    return OK;
}

Status post_neighbours(struct scope *s, struct post *p, struct neighbour_view **out,
                       size_t *out_count)
{
    POST_READING(p);
    struct neighbour_view *views = scope_array(s, p->neighbour_count + 1, sizeof *views);
    if (views == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(neighbour_views(s, p, &views[i], i));
    *out = views;
    *out_count = p->neighbour_count;
    return OK;
}

Status post_figures(struct scope *s, struct post *p, struct post_figures *out)
{
    struct head_row head;
    struct alarm_row *alarms;
    struct queue_row *queue;
    size_t count;
    POST_READING(p);
    struct post_figures f = {.journal_size = p->leaf_count,
                             .alarm = STR(""),
                             .held = p->held,
                             .lacks_key = keys_missing(p)};
    TRY(post_is_suspended(s, p, &f.suspended));
    Status status = store_head_newest(s, p->store, p->journal, true, &head);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (status == OK) f.cosigned_size = head.size;
    TRY(store_alarm_list(s, p->store, &alarms, &count));
    if (count) f.alarm = alarms[count - 1].what;
    TRY(store_queue_list(s, p->store, &queue, &count));
    f.queued = count;
    *out = f;
    return OK;
}

Status post_alarms(struct scope *s, struct post *p, struct alarm_view **out, size_t *out_count)
{
    struct alarm_row *rows;
    size_t count;
    POST_READING(p);
    TRY(store_alarm_list(s, p->store, &rows, &count));
    struct alarm_view *views = scope_array(s, count + 1, sizeof *views);
    if (views == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        views[i] = (struct alarm_view){rows[i].party, rows[i].what, rows[i].text, rows[i].at};
    *out = views;
    *out_count = count;
    return OK;
}
