/* A disk that is slower than this machine's: every fsync and fdatasync takes ANXIN_FSYNC_US microseconds more. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_as_a_disk_would(void) {
    const char *us = getenv("ANXIN_FSYNC_US");
    if (us) usleep((useconds_t) atoi(us));
}

int fsync(int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    wait_as_a_disk_would();
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    wait_as_a_disk_would();
    return real(file);
}
