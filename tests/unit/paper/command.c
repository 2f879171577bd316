#include "command.h"
#include "os/file.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4 << 20 };

bool command_is_there(const char *name)
{
    static const char *const places[] = {"/usr/bin/", "/bin/", "/usr/local/bin/"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        char path[100];
        snprintf(path, sizeof path, "%s%s", places[i], name);
        if (access(path, X_OK) == 0) return true;
    }
    printf("# skipped: %s is not installed\n", name);
    return false;
}

int command_run(struct scope *s, const char *const *argv, Str *out)
{
    int ends[2];
    if (pipe(ends) != 0) return 255;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_WRONLY);
        dup2(ends[1], STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(255);
    }
    close(ends[1]);
    Bytes found = {NULL, 0};
    Status status = file_read_fd(s, ends[0], argv[0], OUTPUT_MAX, &found);
    close(ends[0]);
    int how = 0;
    if (child < 0 || waitpid(child, &how, 0) != child || status != OK) return 255;
    *out = bytes_str(found);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 255;
}
