/* Our side of the age interop test: age_file identity | recipient | seal | open. Plain and sealed
 * bytes go through stdin and stdout; the keys are fixed and there is no chance in it, so it must
 * never be used for anything but this. */
#include "base/age.h"
#include "base/hash.h"
#include "base/writer.h"
#include <sodium.h>
#include <stdio.h>

enum { FILE_MAX = 32 << 20, SCOPE_MAX = 256 << 20 };

static Status input(struct scope *s, Bytes *out)
{
    struct writer w = writer_open(s, FILE_MAX);
    uint8_t piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, stdin)) > 0;)
        write_bytes(&w, piece, n);
    return writer_close(&w, out);
}

static Status output(struct scope *s, Bytes bytes)
{
    bool ok = fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len && fflush(stdout) == 0;
    return ok ? OK : fail(s, ERR_DISK, "stdout takes no more");
}

/* Bytes that depend on the plain text alone. */
static struct age_seed seed_of(Bytes plain)
{
    struct age_seed seed;
    Hash h = hash_of(plain);
    uint8_t *at = (uint8_t *)&seed;
    for (size_t i = 0; i < sizeof seed; i++) {
        if (i % HASH_BYTES == 0) h = hash_of(hash_bytes(&h));
        at[i] = h.bytes[i % HASH_BYTES];
    }
    return seed;
}

static Status run(struct scope *s, Str what)
{
    struct age_identity id;
    Hash secret = hash_of(str_bytes(STR("interop")));
    age_identity_from_secret(secret.bytes, &id);
    Str text;
    Bytes in, out;
    if (str_is(what, "identity")) {
        TRY(age_identity_format(s, &id, &text));
        return output(s, str_bytes(text));
    }
    if (str_is(what, "recipient")) {
        TRY(age_recipient_format(s, &id.recipient, &text));
        return output(s, str_bytes(text));
    }
    TRY(input(s, &in));
    if (str_is(what, "seal")) {
        struct age_seed seed = seed_of(in);
        TRY(age_seal(s, &id.recipient, 1, &seed, in, &out));
    } else if (str_is(what, "open")) {
        TRY(age_open(s, &id, 1, in, FILE_MAX, &out));
    } else {
        return fail(s, ERR_USAGE, "identity, recipient, seal or open");
    }
    return output(s, out);
}

int main(int count, char **arguments)
{
    if (count != 2 || sodium_init() < 0) return 2;
    struct scope *s = scope_open(SCOPE_MAX);
    Status status = s ? run(s, str_of(arguments[1])) : ERR_MEMORY;
    if (status != OK) fprintf(stderr, "%s\n", s ? scope_reason(s) : "no memory");
    scope_close(s);
    return status_exit_code(status);
}
