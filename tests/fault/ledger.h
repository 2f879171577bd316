/* tests/fault/ledger.h - the smallest thing worth breaking: a table of transfers that must always
 * sum to zero. The harness is tried on it before it is trusted with the real use cases. */
#pragma once
#include "base/status.h"
#include <stdbool.h>

struct ledger {
    char path[64];
    bool careless; /* writes the halves of a transfer in two transactions, as a bug would */
    bool hasty;    /* does not wait for the disk */
};

/* A fresh, empty ledger file in the folder for temporary files. */
void ledger_prepare(struct ledger *l);

/* Removes the file and what SQLite keeps beside it. */
void ledger_remove(const struct ledger *l);

/* Opens, books `transfers` transfers one after the other and closes; ERR_MEMORY or ERR_DISK. With
 * `tell` each committed one is acknowledged to the crash driver. */
Status ledger_book(const struct ledger *l, int transfers, bool tell);

/* Rows in the file, or -1 when SQLite finds it damaged or the sum is not zero. */
int ledger_rows(const struct ledger *l);
