/* Records what a process does to the files directly in one folder, and can kill it at a sync. For LD_PRELOAD.
 *
 * CRASH_FOLDER  the folder, absolute; nothing is recorded while it is not set
 * CRASH_TRACE   the file the record goes to; `trace.py` reads it
 * CRASH_KILL    "12 before" or "12 after": SIGKILL at the twelfth sync
 *
 * A call and its record are one step under a lock, so the record has the order in which things happened. -shm is
 * left out: SQLite makes it anew after a crash. No sync is really done: a kill does not need it, and what a power
 * cut leaves is worked out from the record. A call that went past this file is found out, because the
 * record is compared with the real files afterwards.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FDS 4096

struct head {
    int32_t kind; /* o open, w write, t truncate, s sync, u unlink, r rename */
    int32_t fd;
    int64_t at;   /* of a write: its offset; of a truncate: the length */
    int64_t size; /* of what follows: the bytes, the name, or both names with a 0 between */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char traced[FDS]; /* by file descriptor */
static int trace = -1;
static int syncs;

/* The name inside the folder ("" is the folder itself), or NULL for what is not recorded. */
static const char *inside(const char *path) {
    const char *folder = getenv("CRASH_FOLDER");
    size_t length = folder ? strlen(folder) : 0, all = strlen(path);
    if (!length || strncmp(path, folder, length) || (path[length] && path[length] != '/')) return NULL;
    if (all > 4 && !strcmp(path + all - 4, "-shm")) return NULL;
    return path[length] ? path + length + 1 : "";
}

static int is_traced(int fd) { return fd >= 0 && fd < FDS && traced[fd]; }

static void record(char kind, int fd, int64_t at, const void *bytes, int64_t size) {
    struct head head = {kind, fd, at, size};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)bytes, (size_t)size}};
    if (trace < 0) trace = REAL(open)(getenv("CRASH_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (writev(trace, parts, 2) != (ssize_t)(sizeof head) + size) abort();
}

static void die(const char *when) {
    int number = 0;
    char asked[8] = "";
    if (sscanf(getenv("CRASH_KILL") ? getenv("CRASH_KILL") : "", "%d %7s", &number, asked) != 2) return;
    if (number == syncs && !strcmp(asked, when)) kill(getpid(), SIGKILL);
}

static int opened(int fd, const char *path, int flags) {
    const char *name = inside(path);
    if (fd < 0 || !name) return fd;
    if (fd >= FDS) abort();
    traced[fd] = 1;
    record('o', fd, 0, name, (int64_t)strlen(name));
    if (flags & O_TRUNC) record('t', fd, 0, "", 0);
    return fd;
}

#define OPEN(name)                                            \
    int name(const char *path, int flags, ...) {              \
        va_list rest;                                         \
        va_start(rest, flags);                                \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                         \
        pthread_mutex_lock(&lock);                            \
        int fd = opened(REAL(name)(path, flags, mode), path, flags); \
        pthread_mutex_unlock(&lock);                          \
        return fd;                                            \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (is_traced(fd)) traced[fd] = 0;
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    if (!is_traced(fd)) return REAL(write)(fd, bytes, size);
    pthread_mutex_lock(&lock);
    ssize_t done = REAL(write)(fd, bytes, size);
    if (done > 0) record('w', fd, lseek(fd, 0, SEEK_CUR) - done, bytes, done); /* right for O_APPEND too */
    pthread_mutex_unlock(&lock);
    return done;
}

#define PWRITE(name, offset)                                        \
    ssize_t name(int fd, const void *bytes, size_t size, offset at) { \
        if (!is_traced(fd)) return REAL(name)(fd, bytes, size, at); \
        pthread_mutex_lock(&lock);                                  \
        ssize_t done = REAL(name)(fd, bytes, size, at);             \
        if (done > 0) record('w', fd, at, bytes, done);             \
        pthread_mutex_unlock(&lock);                                \
        return done;                                                \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset)                             \
    int name(int fd, offset length) {                      \
        if (!is_traced(fd)) return REAL(name)(fd, length); \
        pthread_mutex_lock(&lock);                         \
        int failed = REAL(name)(fd, length);               \
        if (!failed) record('t', fd, length, "", 0);       \
        pthread_mutex_unlock(&lock);                       \
        return failed;                                     \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                 \
    int name(int fd) {                             \
        if (!is_traced(fd)) return 0;              \
        pthread_mutex_lock(&lock);                 \
        syncs++;                                   \
        die("before");                             \
        record('s', fd, 0, "", 0);                 \
        die("after");                              \
        pthread_mutex_unlock(&lock);               \
        return 0;                                  \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    const char *name = inside(path);
    pthread_mutex_lock(&lock);
    int failed = REAL(unlink)(path);
    if (!failed && name) record('u', -1, 0, name, (int64_t)strlen(name));
    pthread_mutex_unlock(&lock);
    return failed;
}

int rename(const char *from, const char *to) {
    const char *old = inside(from), *new = inside(to);
    char both[2 * FILENAME_MAX];
    if (!old != !new) abort(); /* into or out of the folder: not a thing these sessions do */
    pthread_mutex_lock(&lock);
    int failed = REAL(rename)(from, to);
    if (!failed && old) record('r', -1, 0, both, sprintf(both, "%s%c%s", old, 0, new));
    pthread_mutex_unlock(&lock);
    return failed;
}
