/* Parcels of a paired neighbour whose program goes wrong: the next parcel of lv's post, edited as
 * the input says, signed with lv's own keys and read by by's. It is taken, or refused with a reason
 * and a sentence and nothing has moved; and then true parcels arrive.
 *
 * The input is a list of edits of five bytes: what to do, to which record, at which byte (two), and
 * a value. */
#include "folder.h"
#include "fuzz.h"
#include "refusal.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { EDIT_BYTES = 5, EDITS_MAX = 12, READINGS_MAX = 500 };

static struct {
    struct pair *x;
    Str number;
    Instant at;       /* when the news was there and nothing had been sent */
    const char *kept; /* the posts as they were then */
    size_t readings;  /* in the memory of these two posts, which only grows */
} world;

static void world_close(void)
{
    folder_close(world.kept);
    pair_close(world.x);
    world.x = NULL;
}

static void posts_open(struct pair *x)
{
    for (size_t i = 0; i < COUNT_OF(x->post); i++)
        pair_restart(x, i);
}

static void posts_close(struct pair *x)
{
    for (size_t i = 0; i < COUNT_OF(x->post); i++) {
        post_close(x->post[i]);
        x->post[i] = NULL;
    }
}

static void world_open(void)
{
    void *state;
    struct pair *x = world.x = refusal_news(&state, &world.number);
    world.at = x->clock.at;
    world.kept = scope_print(x->s, "%s.kept", x->folder).ptr;
    posts_close(x);
    folder_copy(x->folder, world.kept);
    posts_open(x);
    world.readings = 0;
}

/* Back to where the news was there and nothing had been sent. */
static void world_renew(void)
{
    struct pair *x = world.x;
    posts_close(x);
    folder_close(x->folder);
    folder_copy(world.kept, x->folder);
    x->clock.at = world.at;
    posts_open(x);
}

static void payload_set(struct forged *f, size_t at, size_t offset, uint8_t value, size_t width)
{
    uint8_t *payload = forged_payload(f, at);
    size_t len = f->records[at].payload.len;
    for (size_t i = 0; i < width && offset + i < len; i++)
        payload[offset + i] = width == 1 ? (uint8_t)(payload[offset + i] ^ value) : value;
}

static void edit(struct forged *f, const uint8_t *e)
{
    if (f->count == 0) return;
    size_t at = e[1] % f->count, offset = (size_t)e[2] << 8 | e[3];
    struct forged_record *record = &f->records[at], moved = *record;
    offset = record->payload.len ? offset % record->payload.len : 0;
    switch (e[0] % 7) {
    case 0: /* some bits of one byte */
        payload_set(f, at, offset, e[4], 1);
        break;
    case 1: /* a number */
        payload_set(f, at, offset, e[4] % 2 ? 0xff : 0, e[4] % 3 ? 8 : 4);
        break;
    case 2:
        record->payload.len = offset;
        break;
    case 3:
        forged_remove(f, at);
        break;
    case 4: /* a record once more, elsewhere */
        if (f->count < FORGED_RECORDS_MAX)
            forged_insert(f, e[4] % (f->count + 1), record->type, record->payload);
        break;
    case 5:
        record->type = e[4];
        break;
    default: /* two records change places */
        f->records[at] = f->records[e[4] % f->count];
        f->records[e[4] % f->count] = moved;
    }
}

static void check_refused(const struct refusal_mark *before, Status status)
{
    struct refusal_mark after = refusal_mark(world.x, 1);
    assert(scope_reason(world.x->s)[0] != '\0');
    assert(status == ERR_SCHEMA || status == ERR_STALE || status == ERR_SIGNATURE ||
           status == ERR_PROOF || status == ERR_LIMIT || status == ERR_NOT_FOUND ||
           status == ERR_DUPLICATE || status == ERR_USAGE);
    refusal_unmoved(before, &after);
    if (after.alarms != before->alarms) world_renew(); /* an alarm is for ever */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct exchange_result result;
    if (world.kept == NULL) atexit(world_close);
    if (world.x && ++world.readings > READINGS_MAX) world_close();
    if (world.x == NULL) world_open();
    struct forged *f = forged_open(world.x, 0);
    for (size_t i = 0; i < EDITS_MAX && (i + 1) * EDIT_BYTES <= size; i++)
        edit(f, data + i * EDIT_BYTES);
    struct refusal_mark before = refusal_mark(world.x, 1);
    Status status = forged_send(f, NULL, &result);
    if (status != OK) {
        check_refused(&before, status);
        return 0;
    }
    (void)refusal_mark(world.x, 1); /* what is held is whole */
    pair_sync(world.x);             /* the true parcels arrive, and both see the same */
    refusal_equal_views(world.x, world.number);
    world_renew();
    return 0;
}
