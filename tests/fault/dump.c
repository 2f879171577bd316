#include "dump.h"
#include <sqlite3.h>
#include <stdio.h>

enum { SQL_MAX = 256, TABLES_MAX = 64, NAME_MAX_HERE = 64 };

static void database_close(sqlite3 **db)
{
    sqlite3_close_v2(*db);
}

static void statement_end(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

#define AUTO_DB        __attribute__((cleanup(database_close))) sqlite3
#define AUTO_STATEMENT __attribute__((cleanup(statement_end))) sqlite3_stmt

static void column_add(struct hasher *h, sqlite3_stmt *row, int column)
{
    const void *bytes = sqlite3_column_blob(row, column);
    size_t len = (size_t)sqlite3_column_bytes(row, column);
    hash_add_u64(h, len);
    if (len) hash_add(h, bytes, len);
}

static bool table_add(sqlite3 *db, const char *table, struct hasher *h)
{
    AUTO_STATEMENT *row = NULL;
    char sql[SQL_MAX];
    int code;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", table);
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) {
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1", table);
        if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) return false;
    }
    while ((code = sqlite3_step(row)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(row); i++)
            column_add(h, row, i);
    return code == SQLITE_DONE;
}

static size_t tables_list(sqlite3 *db, char names[TABLES_MAX][NAME_MAX_HERE])
{
    AUTO_STATEMENT *row = NULL;
    size_t count = 0;
    if (sqlite3_prepare_v2(db,
                           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                           "'sqlite_%' ORDER BY name",
                           -1, &row, NULL) != SQLITE_OK)
        return 0;
    while (count < TABLES_MAX && sqlite3_step(row) == SQLITE_ROW)
        snprintf(names[count++], NAME_MAX_HERE, "%s", (const char *)sqlite3_column_text(row, 0));
    return count;
}

bool dump_database(const char *path, Hash *out)
{
    AUTO_DB *db = NULL;
    char names[TABLES_MAX][NAME_MAX_HERE];
    struct hasher h;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return false;
    size_t count = tables_list(db, names);
    hash_start(&h);
    for (size_t i = 0; i < count; i++)
        if (!table_add(db, names[i], &h)) return false;
    *out = hash_finish(&h);
    return count > 0;
}

void dump_print(const char *path)
{
    AUTO_DB *db = NULL;
    char names[TABLES_MAX][NAME_MAX_HERE];
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return;
    size_t count = tables_list(db, names);
    for (size_t i = 0; i < count; i++) {
        struct hasher h;
        hash_start(&h);
        bool read = table_add(db, names[i], &h);
        Hash digest = hash_finish(&h);
        printf("#   %s %s %02x%02x%02x\n", names[i], read ? "" : "(not read)", digest.bytes[0],
               digest.bytes[1], digest.bytes[2]);
    }
}

bool dump_is_free(const char *path)
{
    AUTO_DB *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return false;
    return sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
}
