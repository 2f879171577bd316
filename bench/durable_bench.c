/* Durable signed facts from 32 threads that call app/, beside SQLite rows of the same size in WAL
 * mode with synchronous FULL, one row a transaction, one connection; both on the same disk,
 * interleaved. */
#include "bench.h"
#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 32, FACTS_EACH = 250, ROWS = 2000, ROW_BYTES = 700, ROUNDS = 5 };

struct worker {
    struct post *post;
    struct session *session;
    Str case_number;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct scope *s = scope_open(WORK_BYTES_MAX);
    for (int i = 0; i < FACTS_EACH; i++) {
        struct fact_result result;
        struct name_value fields[] = {
            {STR("subject"), STR("Traces at the line")},
            {STR("text.lv"), STR("Lūdzam sniegt informāciju par pēdām pie robežas līnijas.")},
            {STR("text.ru"), STR("Просим сообщить о следах у линии границы.")}};
        struct fact_request request = {.kind = STR("letter.sent"),
                                       .case_number = w->case_number,
                                       .fields = fields,
                                       .field_count = COUNT_OF(fields)};
        bench_need(s, fact_add(s, w->post, w->session, &request, &result), "fact");
        scope_reset(s);
    }
    scope_close(s);
    return NULL;
}

static double facts_per_s(struct worker *workers)
{
    pthread_t threads[THREADS];
    double start = bench_now_s();
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, &workers[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return THREADS * FACTS_EACH / (bench_now_s() - start);
}

static double rows_per_s(const char *folder)
{
    char path[400];
    sqlite3 *db;
    sqlite3_stmt *insert;
    snprintf(path, sizeof path, "%s/rows.db", folder);
    if (sqlite3_open(path, &db)) exit(70);
    sqlite3_exec(db,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                 "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body BLOB)",
                 0, 0, 0);
    sqlite3_prepare_v2(db, "INSERT INTO row (body) VALUES (randomblob(?))", -1, &insert, NULL);
    double start = bench_now_s();
    for (int i = 0; i < ROWS; i++) {
        sqlite3_bind_int(insert, 1, ROW_BYTES);
        if (sqlite3_step(insert) != SQLITE_DONE) exit(70);
        sqlite3_reset(insert);
    }
    double rate = ROWS / (bench_now_s() - start);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return rate;
}

int main(void)
{
    char folder[300];
    struct clock clock = {0};
    struct worker workers[THREADS];
    double facts[ROUNDS], ratios[ROUNDS];
    if (sodium_init() < 0) return 70;
    struct scope *s = scope_open(WORK_BYTES_MAX);
    bench_folder(folder, sizeof folder);
    struct post *a = bench_post(s, folder, "lv", &clock), *b = bench_post(s, folder, "by", &clock);
    bench_pair(s, a, b);
    struct session *session = bench_session(s, a, "duty");
    for (int i = 0; i < THREADS; i++)
        workers[i] = (struct worker){a, session, bench_case(s, a, session)};
    for (int round = 0; round < ROUNDS; round++) {
        double rows = rows_per_s(folder);
        facts[round] = facts_per_s(workers);
        ratios[round] = facts[round] / rows;
        fprintf(stderr, "round %d: %.0f facts/s, %.0f rows/s\n", round + 1, facts[round], rows);
    }
    bench_line("durable_facts_32_threads", bench_median(facts, ROUNDS), "facts/s",
               bench_median(ratios, ROUNDS));
    post_close(a);
    post_close(b);
    scope_close(s);
    bench_clean(folder);
    return 0;
}
