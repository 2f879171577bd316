/* bench/bench.h - a folder on the disk, a clock, and the line `name value unit ratio` of a
 * measurement. */
#pragma once
#include "app/fact.h"
#include "os/clock.h"

/* A fresh folder below TWINPOST_BENCH_DIR (or the current one: a disk, not tmpfs); removed by
 * bench_clean. */
void bench_folder(char *out, size_t len);
void bench_clean(const char *folder);

/* Runs a command line; ends the program unless it ends well. */
void bench_shell(const char *command);

double bench_now_s(void);

/* Of what the rounds gave: a noisy machine spoils single rounds, and the best one flatters. */
enum { BENCH_ROUNDS_MAX = 15 };
double bench_median(const double *list, size_t count);

/* Prints one line; `ratio` is to the public yardstick measured in the same run. */
void bench_line(const char *name, double value, const char *unit, double ratio);

/* Ends the program with the sentence of the scope unless the status is OK. */
void bench_need(struct scope *s, Status status, const char *what);

/* A post of the party with officer PARTY.rep (R1) and PARTY.duty (R7), passwords as their ids. */
struct post *bench_post(struct scope *s, const char *folder, const char *party,
                        const struct clock *clock);
void bench_pair(struct scope *s, struct post *a, struct post *b);
struct session *bench_session(struct scope *s, struct post *p, const char *name);

/* Registers an incident; the case number. */
Str bench_case(struct scope *s, struct post *p, const struct session *session);
