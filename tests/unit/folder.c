#include "folder.h"
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *folder_open(struct scope *s)
{
    char *name = (char *)(uintptr_t)scope_str(s, STR("test-folder-XXXXXX")).ptr;
    if (name == NULL || mkdtemp(name) == NULL) {
        fprintf(stderr, "cannot make a folder for the test\n");
        exit(1);
    }
    return name;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

void folder_close(const char *folder)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void folder_block(const char *path)
{
    const char *name = strrchr(path, '/');
    if (symlink(name ? name + 1 : path, path) == 0) return;
    fprintf(stderr, "cannot make a link for the test\n");
    exit(1);
}

void folder_copy(const char *from, const char *to)
{
    pid_t child;
    int status;
    char *cp[] = {"cp", "-a", "--", (char *)(uintptr_t)from, (char *)(uintptr_t)to, NULL};
    if (posix_spawnp(&child, "cp", NULL, NULL, cp, NULL) == 0 &&
        waitpid(child, &status, 0) == child && status == 0)
        return;
    fprintf(stderr, "cannot copy %s for the test\n", from);
    exit(1);
}
