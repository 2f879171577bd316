/* tests/unit/ledger/page_fact.h - the registration of docs/formats/fact.md, made by our code, and
 * the records of docs/formats/disclosure.md. */
#pragma once
#include "core/ledger/fact.h"
#include "vector.h"

/* The fact of the page from its values, secret and key. */
struct fact page_fact(struct scope *s);

/* The key of the officer who signed it. */
struct secret_key page_fact_key(struct scope *s);

/* The record of that name as bytes, and read. */
Bytes page_record(struct scope *s, const char *name);
struct fact page_record_read(struct scope *s, const char *name);

/* Its commitment and signature must be those of the page. */
void assert_holds(struct scope *s, const struct fact *f);

/* A text of that many letters. */
Str filled(struct scope *s, size_t len);
