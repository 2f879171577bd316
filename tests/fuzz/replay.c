/* Runs every file of a corpus folder through the target it is linked with, so that old findings
 * stay found without a fuzzer. Prints TAP: one line a file. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1024, FILE_MAX = 4 << 20 };

static int file_run(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = len > 0 && (size_t)len < sizeof path ? fopen(path, "rb") : NULL;
    if (f == NULL) return 1;
    uint8_t *bytes = malloc(FILE_MAX);
    size_t size = bytes ? fread(bytes, 1, FILE_MAX, f) : 0;
    fclose(f);
    /* A block of exactly this size, so that sanitizers see the first byte past it. */
    uint8_t *exact = bytes ? malloc(size ? size : 1) : NULL;
    if (exact) memcpy(exact, bytes, size);
    free(bytes);
    int failed = exact ? LLVMFuzzerTestOneInput(exact, size) : 1;
    free(exact);
    return failed;
}

int main(int count, char **arguments)
{
    struct dirent **names;
    int found = count == 2 ? scandir(arguments[1], &names, NULL, alphasort) : -1;
    if (found < 0) return 2;
    int number = 0, failures = 0;
    for (int i = 0; i < found; i++) {
        if (names[i]->d_name[0] != '.') {
            int failed = file_run(arguments[1], names[i]->d_name);
            printf("%s %d - %s\n", failed ? "not ok" : "ok", ++number, names[i]->d_name);
            failures += failed != 0;
        }
        free(names[i]);
    }
    free(names);
    printf("1..%d\n", number);
    return failures > 0 || number == 0;
}
