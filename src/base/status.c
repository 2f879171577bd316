#include "base/status.h"
#include <string.h>

static const struct {
    const char *name;
    int exit_code;
    int http;
} table[STATUS_COUNT] = {
#define X(id, name, exit_code, http) {name, exit_code, http},
    STATUS_TABLE(X)
#undef X
};

const char *status_name(Status status)
{
    return table[status].name;
}

int status_exit_code(Status status)
{
    return table[status].exit_code;
}

int status_http(Status status)
{
    return table[status].http;
}

Status status_parse(const char *name)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(table[i].name, name) == 0) return (Status)i;
    return STATUS_COUNT;
}
