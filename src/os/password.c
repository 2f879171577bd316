#include "os/password.h"
#include "base/reader.h"
#include "base/writer.h"
#include "os/file.h"
#include "os/terminal.h"
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>

/* Sealed: "twinpost/key/1" 0x00 || u32 passes || u64 memory || salt || nonce || box. */
static const char domain[] = "twinpost/key/1";

enum {
    BOX_BYTES = SEED_BYTES + crypto_secretbox_MACBYTES,
    SEALED_BYTES_MAX = 256,
    PASSES_MAX = 10,
    MEMORY_MAX = 256 * 1024 * 1024 /* sealed bytes from elsewhere must not use up the machine */
};

struct sealed {
    uint32_t passes;
    uint64_t memory;
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t nonce[crypto_secretbox_NONCEBYTES];
    uint8_t box[BOX_BYTES];
};

Status password_check(struct scope *s, Str password)
{
    if (password.len == 0) return fail(s, ERR_USAGE, "the password is empty");
    if (password.len > PASSWORD_BYTES_MAX)
        return fail(s, ERR_USAGE, "the password is longer than %d bytes", PASSWORD_BYTES_MAX);
    return OK;
}

/* The first line into `line`; byte by byte: what follows it belongs to somebody else. */
static Status line_read(struct scope *s, int fd, const struct hidden *hidden, uint8_t *line,
                        size_t room, size_t *out_len)
{
    size_t len = 0, got = 1;
    while (len < room && got) {
        if (hidden && !terminal_wait(hidden)) return fail(s, ERR_USAGE, "no password was given");
        TRY(file_read_some(s, fd, line + len, 1, &got));
        if (got && line[len] == '\n') break;
        len += got;
    }
    if (len && line[len - 1] == '\r') len--;
    *out_len = len;
    return OK;
}

Status password_read_fd(struct scope *s, int fd, const char *question, Str *out)
{
    uint8_t line[PASSWORD_BYTES_MAX + 2];
    size_t len = 0;
    if (fcntl(fd, F_GETFD) < 0)
        return fail(s, ERR_USAGE, "descriptor %d, for a password, is not open", fd);
    struct hidden *hidden = terminal_hide(s, fd, question);
    Status status = line_read(s, fd, hidden, line, sizeof line, &len);
    terminal_show(hidden);
    Str password = {(const char *)line, len};
    if (status == OK) status = password_check(s, password);
    if (status == OK) {
        password = scope_str(s, password);
        if (password.ptr == NULL) status = ERR_MEMORY;
    }
    secret_wipe(line, sizeof line);
    if (status == OK) *out = password;
    return status;
}

Status password_take_environment(struct scope *s, const char *name, Str *out)
{
    char *value = getenv(name);
    if (value == NULL) {
        *out = (Str){NULL, 0};
        return OK;
    }
    Str password = scope_str(s, str_of(value));
    secret_wipe(value, strlen(value)); /* what others may see of this process holds it no longer */
    unsetenv(name);
    if (password.ptr == NULL) return ERR_MEMORY;
    *out = password;
    return OK;
}

static Status derive(struct scope *s, Str password, const struct sealed *sealed,
                     uint8_t key[static crypto_secretbox_KEYBYTES])
{
    if (sodium_init() < 0) return fail(s, ERR_INTERNAL, "libsodium does not start");
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES, password.ptr, password.len, sealed->salt,
                      sealed->passes, (size_t)sealed->memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return fail(s, ERR_MEMORY, "there is no memory to try a password: try again in a moment");
    return OK;
}

Status password_seal(struct scope *s, struct random *random, Str password,
                     const uint8_t seed[static SEED_BYTES], enum password_strength strength,
                     Bytes *out)
{
    TRY(password_check(s, password));
    bool minimal = strength == PASSWORD_MINIMAL;
    struct sealed sealed = {
        .passes = minimal ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
        .memory = minimal ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE};
    TRY(random_fill(s, random, sealed.salt, sizeof sealed.salt));
    TRY(random_fill(s, random, sealed.nonce, sizeof sealed.nonce));
    uint8_t key[crypto_secretbox_KEYBYTES];
    TRY(derive(s, password, &sealed, key));
    crypto_secretbox_easy(sealed.box, seed, SEED_BYTES, sealed.nonce, key);
    secret_wipe(key, sizeof key);
    struct writer w = writer_open(s, SEALED_BYTES_MAX);
    write_bytes(&w, domain, sizeof domain);
    write_u32(&w, sealed.passes);
    write_u64(&w, sealed.memory);
    write_bytes(&w, sealed.salt, sizeof sealed.salt);
    write_bytes(&w, sealed.nonce, sizeof sealed.nonce);
    write_bytes(&w, sealed.box, sizeof sealed.box);
    return writer_close(&w, out);
}

static Status sealed_read(struct scope *s, Bytes bytes, struct sealed *out)
{
    struct reader r = reader_open(s, bytes, "sealed key");
    Bytes start = read_bytes(&r, sizeof domain);
    if (!bytes_eq(start, bytes_of(domain, sizeof domain))) reader_refuse(&r);
    out->passes = read_u32(&r);
    out->memory = read_u64(&r);
    if (out->passes < crypto_pwhash_OPSLIMIT_MIN || out->passes > PASSES_MAX) reader_refuse(&r);
    if (out->memory < crypto_pwhash_MEMLIMIT_MIN || out->memory > MEMORY_MAX) reader_refuse(&r);
    read_fixed(&r, out->salt, sizeof out->salt);
    read_fixed(&r, out->nonce, sizeof out->nonce);
    read_fixed(&r, out->box, sizeof out->box);
    return reader_close(&r);
}

Status password_open(struct scope *s, Str password, Bytes bytes,
                     uint8_t out_seed[static SEED_BYTES])
{
    struct sealed sealed;
    TRY(sealed_read(s, bytes, &sealed));
    TRY(password_check(s, password));
    uint8_t key[crypto_secretbox_KEYBYTES];
    TRY(derive(s, password, &sealed, key));
    int wrong =
        crypto_secretbox_open_easy(out_seed, sealed.box, sizeof sealed.box, sealed.nonce, key);
    secret_wipe(key, sizeof key);
    if (wrong) return fail(s, ERR_ROLE, "that is not this officer's password");
    return OK;
}

Status password_pretend(struct scope *s, Str password, enum password_strength strength)
{
    bool minimal = strength == PASSWORD_MINIMAL;
    const struct sealed sealed = {
        .passes = minimal ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE,
        .memory = minimal ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE};
    uint8_t key[crypto_secretbox_KEYBYTES];
    TRY(password_check(s, password));
    TRY(derive(s, password, &sealed, key));
    secret_wipe(key, sizeof key);
    return OK;
}
