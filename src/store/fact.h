/* store/fact.h - facts by place, by case and by kind, and the openings that crossed or will cross.
 * A record is the bytes of a disclosure (docs/formats/fact.md), whole for own facts. */
#pragma once
#include "base/hash.h"
#include "store/store.h"

struct fact_row {
    int64_t journal;
    uint64_t index;
    Str kind;
    Str case_number; /* as written in the fact; empty when it has none */
    Str officer;
    Instant at;
    uint64_t opening;  /* first opening number (own: to the case's counterpart), 0 = not opened */
    int64_t neighbour; /* rowid of the neighbour it was opened to or came from, 0 = none */
    Hash body;
    Bytes record;
    bool refused; /* the receiver's receipt refused it: it stands in neither view */
};

/* Own: inserts truth. Theirs: inserts or replaces the merged projection. */
MUST_USE Status store_fact_save(struct scope *s, struct store *st, const struct fact_row *fact);

/* ERR_NOT_FOUND when no fact is held for that leaf. */
MUST_USE Status store_fact_load(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                                struct fact_row *out);

/* The nearest fact below `index`; ERR_NOT_FOUND when there is none. */
MUST_USE Status store_fact_before(struct scope *s, struct store *st, int64_t journal,
                                  uint64_t index, struct fact_row *out);

/* The place where this body stands already in a neighbour's journal, refused facts not counted;
 * ERR_NOT_FOUND when it does not. Own bodies are new by construction and are not asked for. */
MUST_USE Status store_fact_by_body(struct scope *s, struct store *st, int64_t journal,
                                   const Hash *body, uint64_t *out_index);

/* All facts of a case under this very number, of all journals, by journal then index. */
MUST_USE Status store_fact_of_case(struct scope *s, struct store *st, Str case_number,
                                   struct fact_row **out, size_t *out_count);

/* All facts of one kind in a journal, by index. */
MUST_USE Status store_fact_of_kind(struct scope *s, struct store *st, int64_t journal, Str kind,
                                   struct fact_row **out, size_t *out_count);

/* Facts of a journal in order, from `first`, at most `max`. */
MUST_USE Status store_fact_list(struct scope *s, struct store *st, int64_t journal, uint64_t first,
                                size_t max, struct fact_row **out, size_t *out_count);

/* Marks a fact as refused by the other side's receipt, or takes that back. */
MUST_USE Status store_fact_refuse(struct scope *s, struct store *st, int64_t journal,
                                  uint64_t index, bool refused);

/* Replaces an own fact's record by an erased one (same index, body and signature). */
MUST_USE Status store_fact_erase(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                                 Bytes record);

struct opening_row {
    int64_t journal;   /* whose fact it opens */
    int64_t neighbour; /* to (own journal) or from whom (theirs) */
    uint64_t number;   /* 1, 2, 3 ... without gaps per journal and neighbour */
    uint64_t index;    /* leaf index of the fact */
    Bytes handle;      /* 16 random bytes naming its blob in this opening, or empty */
    Bytes record;      /* the disclosure */
    bool is_fact;      /* on adding: an own fact's record says the same, byte for byte */
    bool fact_comes;   /* on adding: the own fact is saved after it, and brings the number along */
    Str kind;
    Instant at; /* when opened or applied, by the own clock */
};

/* ERR_STALE unless `number` is the next one. An own fact takes over its first opening number, and
 * counts as refused no more. */
MUST_USE Status store_opening_append(struct scope *s, struct store *st,
                                     const struct opening_row *opening);

/* Openings with number > after, ascending, at most `max` and about `bytes_max` of records. */
MUST_USE Status store_opening_list(struct scope *s, struct store *st, int64_t journal,
                                   int64_t neighbour, uint64_t after, size_t max, size_t bytes_max,
                                   struct opening_row **out, size_t *out_count);

/* All openings of one fact (of own to that neighbour, or theirs), by number. */
MUST_USE Status store_opening_of_fact(struct scope *s, struct store *st, int64_t journal,
                                      int64_t neighbour, uint64_t index, struct opening_row **out,
                                      size_t *out_count);

/* Highest number, 0 when none. */
MUST_USE Status store_opening_count(struct scope *s, struct store *st, int64_t journal,
                                    int64_t neighbour, uint64_t *out);

/* Rewrites the record of an opening after an erasure or recall. */
MUST_USE Status store_opening_erase(struct scope *s, struct store *st, int64_t journal,
                                    int64_t neighbour, uint64_t number, Bytes record);

/* Case numbers: the row that lists show. A projection; `primary` differs from `number` for the
 * alias that linking left. */
struct case_row {
    Str number;
    Str primary_number;
    Str type;
    Str section;
    Str counterpart; /* party, or empty */
    Instant opened;
    Instant changed;
    uint64_t facts_own, facts_theirs;
};
MUST_USE Status store_case_save(struct scope *s, struct store *st, const struct case_row *row);
/* One more fact of a case that has a row, an own one or one of theirs, or of theirs without
 * anything to count: ERR_NOT_FOUND when it has none. */
MUST_USE Status store_case_touch(struct scope *s, struct store *st, Str number, Instant changed,
                                 bool own, bool theirs);
MUST_USE Status store_case_load(struct scope *s, struct store *st, Str number,
                                struct case_row *out);
/* Newest change first, from `offset`; a case once, under its primary number. */
MUST_USE Status store_case_list(struct scope *s, struct store *st, size_t offset, size_t max,
                                struct case_row **out, size_t *out_count);
/* The primary numbers of all cases that have several. */
MUST_USE Status store_case_linked(struct scope *s, struct store *st, Str **out, size_t *out_count);
/* Every number that names this case, the primary first. */
MUST_USE Status store_case_numbers(struct scope *s, struct store *st, Str primary_number, Str **out,
                                   size_t *out_count);
