/* `verify` of a dossier with 10,000 facts beside as many calls of libsodium's
 * crypto_sign_verify_detached over messages of the size that is signed; interleaved. */
#include "app/exchange.h"
#include "app/paper.h"
#include "bench.h"
#include "os/file.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS = 10000, ROUNDS = 5, SIGNED_BYTES = 48, VERIFY_BYTES_MAX = SCOPE_PARCEL_MAX };

static void letters_state(struct post *p, const struct session *rep, Str number)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    for (int i = 0; i < FACTS; i++) {
        struct fact_result result;
        struct name_value fields[] = {{STR("subject"), STR("Traces at the line")},
                                      {STR("text.lv"), STR("Lūdzam sniegt informāciju par pēdām.")},
                                      {STR("text.ru"), STR("Просим сообщить о следах.")}};
        struct fact_request r = {.kind = STR("letter.sent"),
                                 .case_number = number,
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields)};
        bench_need(s, fact_add(s, p, rep, &r, &result), "letter");
        scope_reset(s);
    }
}

/* By courier until both hold all, so that the newest head is countersigned. */
static void exchange(struct post *a, struct post *b)
{
    struct post *posts[2] = {a, b};
    for (int i = 0; i < 6; i++) {
        AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
        struct exchange_result result;
        Bytes sealed;
        bench_need(s, exchange_write(s, posts[i % 2], STR(""), &sealed), "write");
        bench_need(s, exchange_read(s, posts[1 - i % 2], sealed, &result), "read");
    }
}

static void dossier_make(struct post *p, Str number, const char *path)
{
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    bench_need(s, dossier_write(s, p, number, path), "dossier");
}

static double verify_s(const char *path)
{
    AUTO_SCOPE struct scope *s = scope_open(VERIFY_BYTES_MAX);
    struct check_line *lines;
    size_t count;
    double start = bench_now_s();
    bench_need(s, dossier_verify(s, path, STR(""), &lines, &count), "verify");
    double took = bench_now_s() - start;
    for (size_t i = 0; i < count; i++)
        if (!lines[i].passed) {
            fprintf(stderr, "%.*s\n", STR_ARG(lines[i].text));
            exit(70);
        }
    return took;
}

static double signatures_s(void)
{
    unsigned char key[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
    static unsigned char messages[FACTS][SIGNED_BYTES], signatures[FACTS][crypto_sign_BYTES];
    crypto_sign_keypair(public_key, key);
    for (int i = 0; i < FACTS; i++) {
        randombytes_buf(messages[i], SIGNED_BYTES);
        crypto_sign_detached(signatures[i], NULL, messages[i], SIGNED_BYTES, key);
    }
    double start = bench_now_s();
    for (int i = 0; i < FACTS; i++)
        if (crypto_sign_verify_detached(signatures[i], messages[i], SIGNED_BYTES, public_key))
            exit(70);
    return bench_now_s() - start;
}

int main(void)
{
    char folder[300];
    struct clock clock = {0};
    double times[ROUNDS], ratios[ROUNDS];
    if (sodium_init() < 0) return 70;
    struct scope *s = scope_open(WORK_BYTES_MAX);
    bench_folder(folder, sizeof folder);
    struct post *a = bench_post(s, folder, "lv", &clock), *b = bench_post(s, folder, "by", &clock);
    bench_pair(s, a, b);
    struct session *rep = bench_session(s, a, "rep");
    Str number = bench_case(s, a, rep), path = file_join(s, folder, "dossier.zip");
    letters_state(a, rep, number);
    exchange(a, b);
    dossier_make(a, number, path.ptr);
    for (int i = 0; i < ROUNDS; i++) {
        double plain = signatures_s();
        times[i] = verify_s(path.ptr);
        ratios[i] = times[i] / plain;
        fprintf(stderr, "round %d: %.3f s, %d signatures alone %.3f s\n", i + 1, times[i], FACTS,
                plain);
    }
    bench_line("verify_dossier_10000_facts", bench_median(times, ROUNDS), "s",
               bench_median(ratios, ROUNDS));
    session_close(rep);
    post_close(a);
    post_close(b);
    scope_close(s);
    bench_clean(folder);
    return 0;
}
