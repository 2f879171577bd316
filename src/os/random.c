#include "os/random.h"
#include <errno.h>
#include <sodium.h>
#include <sys/random.h>

struct random random_from_seed(const Hash *seed)
{
    return (struct random){.seeded = true, .seed = *seed};
}

static void fill_from_seed(struct random *r, uint8_t *out, size_t len)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, r->seed.bytes, HASH_BYTES);
    hash_add_u64(&h, r->taken++);
    Hash key = hash_finish(&h);
    randombytes_buf_deterministic(out, len, key.bytes);
}

Status random_fill(struct scope *s, struct random *r, uint8_t *out, size_t len)
{
    if (r->seeded) {
        fill_from_seed(r, out, len);
        return OK;
    }
    for (size_t done = 0; done < len;) {
        ssize_t n = getrandom(out + done, len - done, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail(s, ERR_INTERNAL, "the system gives no random bytes");
        done += (size_t)n;
    }
    return OK;
}

Status random_hash(struct scope *s, struct random *r, Hash *out)
{
    return random_fill(s, r, out->bytes, HASH_BYTES);
}
