/*
 * Preloaded before libc: counts what a process does to files below IO_SHIM_ROOT, and at one of these
 * calls fails or kills the process; or writes a trace of everything that changes the disk.
 *
 *   IO_SHIM_ROOT   folder whose files are looked at
 *   IO_SHIM_CALLS  which calls count: write,sync,rename,link,open,read,unlink,mkdir,rmdir,truncate
 *   IO_SHIM_NAMES  only files whose path contains this
 *   IO_SHIM_AT     the number of the call, from 1, at which something happens
 *   IO_SHIM_ACT    ENOSPC, EIO, EROFS or EACCES (this call fails), the same with + (and all later ones), KILL, STOP
 *   IO_SHIM_NOLINKS  a file system without hard links, as FAT is
 *   IO_SHIM_COUNT  file that these calls are written into at the end, each with its path
 *   IO_SHIM_TRACE  file for the trace; see power-cut.ts
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 65536
#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[MOST_FILES];
static const char *root, *calls, *names, *act, *count_path;
static size_t root_length;
static long at, seen;
static char *notes;
static size_t noted;
static int trace = -1;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int raw_open(const char *path, int flags) {
  int (*call)(const char *, int, ...) = real("open64");
  return call(path, flags, 0644);
}

__attribute__((constructor)) static void start(void) {
  const char *number = getenv("IO_SHIM_AT"), *trace_path = getenv("IO_SHIM_TRACE");
  calls = getenv("IO_SHIM_CALLS");
  names = getenv("IO_SHIM_NAMES");
  act = getenv("IO_SHIM_ACT");
  count_path = getenv("IO_SHIM_COUNT");
  at = number ? atol(number) : 0;
  if (trace_path) trace = raw_open(trace_path, O_CREAT | O_WRONLY | O_APPEND);
  root = getenv("IO_SHIM_ROOT");
  root_length = root ? strlen(root) : 0;
}

__attribute__((destructor)) static void finish(void) {
  if (!count_path) return;
  int file = raw_open(count_path, O_CREAT | O_WRONLY | O_TRUNC);
  if (file < 0) return;
  ssize_t (*put)(int, const void *, size_t) = real("write");
  if (put(file, notes, noted) != (ssize_t)noted) abort();
}

static int below_root(const char *path) { return root && path && strncmp(path, root, root_length) == 0; }

/* An absolute path, for those who open relative ones. */
static const char *absolute(const char *path, char *buffer) {
  if (!path || path[0] == '/') return path;
  if (!getcwd(buffer, PATH_MAX)) return path;
  size_t length = strlen(buffer);
  snprintf(buffer + length, PATH_MAX - length, "/%s", path);
  return buffer;
}

static const char *path_of(int file) { return file >= 0 && file < MOST_FILES ? paths[file] : NULL; }

static void note(const char *call, const char *path) {
  notes = realloc(notes, noted + strlen(call) + strlen(path) + 3);
  noted += sprintf(notes + noted, "%s\t%s\n", call, path);
}

/* Called with the lock held. Answers the error to fail with, or 0. */
static int hit(const char *call, const char *path) {
  if (!below_root(path) || !calls || !strstr(calls, call)) return 0;
  if (names && !strstr(path, names)) return 0;
  seen += 1;
  if (count_path) note(call, path);
  if (!act || at == 0 || seen < at) return 0;
  int again = act[strlen(act) - 1] == '+';
  if (seen > at && !again) return 0;
  if (strncmp(act, "KILL", 4) == 0) kill(getpid(), SIGKILL);
  if (strncmp(act, "STOP", 4) == 0) {
    kill(getpid(), SIGSTOP);
    return 0;
  }
  if (strncmp(act, "ENOSPC", 6) == 0) return ENOSPC;
  if (strncmp(act, "EROFS", 5) == 0) return EROFS;
  return strncmp(act, "EACCES", 6) == 0 ? EACCES : EIO;
}

static void put_trace(const char *text, size_t length) {
  ssize_t (*put)(int, const void *, size_t) = real("write");
  if (put(trace, text, length) != (ssize_t)length) abort();
}

static void tell(const char *format, ...) {
  char line[3 * PATH_MAX];
  va_list arguments;
  if (trace < 0) return;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  put_trace(line, length);
}

static unsigned long inode_of(int file) {
  struct stat status;
  return fstat(file, &status) == 0 ? (unsigned long)status.st_ino : 0;
}

static int is_folder(int file) {
  struct stat status;
  return fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
}

static void remember(int file, const char *path) {
  if (file < 0 || file >= MOST_FILES) return;
  free(paths[file]);
  paths[file] = below_root(path) ? strdup(path) : NULL;
}

static int open_any(int (*call)(const char *, int, ...), const char *given, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = absolute(given, buffer);
  if (!below_root(path)) {
    int other = call(given, flags, mode);
    pthread_mutex_lock(&lock);
    remember(other, NULL);
    pthread_mutex_unlock(&lock);
    return other;
  }
  pthread_mutex_lock(&lock);
  int fault = hit("open", path), file = -1;
  int existed = access(path, F_OK) == 0;
  if (!fault) file = call(given, flags, mode);
  int kept = fault ? fault : errno;
  if (file >= 0) {
    remember(file, path);
    if (!existed) tell("C\t%lu\t%s\n", inode_of(file), path);
    else if (flags & O_TRUNC) tell("T\t%lu\t0\n", inode_of(file));
  }
  pthread_mutex_unlock(&lock);
  errno = kept;
  return file;
}

#define OPEN(name)                                        \
  int name(const char *path, int flags, ...) {            \
    va_list arguments;                                    \
    va_start(arguments, flags);                           \
    mode_t mode = va_arg(arguments, mode_t);              \
    va_end(arguments);                                    \
    return open_any(REAL(name), path, flags, mode);       \
  }
OPEN(open)
OPEN(open64)

int close(int file) {
  pthread_mutex_lock(&lock);
  if (file >= 0 && file < MOST_FILES) {
    free(paths[file]);
    paths[file] = NULL;
  }
  pthread_mutex_unlock(&lock);
  return REAL(close)(file);
}

/* Writes: the trace has the bytes that were really taken. */
static void tell_write(int file, off_t offset, const struct iovec *parts, int count, ssize_t written) {
  if (trace < 0 || written <= 0 || !path_of(file)) return;
  tell("W\t%lu\t%ld\t%ld\n", inode_of(file), (long)offset, (long)written);
  for (int part = 0; part < count && written > 0; part += 1) {
    size_t length = parts[part].iov_len < (size_t)written ? parts[part].iov_len : (size_t)written;
    put_trace(parts[part].iov_base, length);
    written -= length;
  }
}

#define WRITING(file, offset, parts, count, call)              \
  if (!path_of(file)) return call;                             \
  pthread_mutex_lock(&lock);                                   \
  int fault = hit("write", path_of(file));                     \
  off_t place = offset;                                        \
  ssize_t done = fault ? -1 : call;                            \
  int kept = fault ? fault : errno;                            \
  tell_write(file, place, parts, count, done);                 \
  pthread_mutex_unlock(&lock);                                 \
  errno = kept;                                                \
  return done;

ssize_t write(int file, const void *bytes, size_t length) {
  struct iovec part = {(void *)bytes, length};
  WRITING(file, lseek(file, 0, SEEK_CUR), &part, 1, REAL(write)(file, bytes, length))
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
  struct iovec part = {(void *)bytes, length};
  WRITING(file, offset, &part, 1, REAL(pwrite)(file, bytes, length, offset))
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
  struct iovec part = {(void *)bytes, length};
  WRITING(file, offset, &part, 1, REAL(pwrite64)(file, bytes, length, offset))
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  WRITING(file, lseek(file, 0, SEEK_CUR), parts, count, REAL(writev)(file, parts, count))
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
  WRITING(file, offset, parts, count, REAL(pwritev)(file, parts, count, offset))
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset) {
  WRITING(file, offset, parts, count, REAL(pwritev64)(file, parts, count, offset))
}

#define READING(file, call)                                     \
  if (path_of(file)) {                                          \
    pthread_mutex_lock(&lock);                                  \
    int fault = hit("read", path_of(file));                     \
    pthread_mutex_unlock(&lock);                                \
    if (fault) {                                                \
      errno = fault;                                            \
      return -1;                                                \
    }                                                           \
  }                                                             \
  return call;

ssize_t read(int file, void *bytes, size_t length) { READING(file, REAL(read)(file, bytes, length)) }
ssize_t pread(int file, void *bytes, size_t length, off_t offset) { READING(file, REAL(pread)(file, bytes, length, offset)) }
ssize_t pread64(int file, void *bytes, size_t length, off64_t offset) { READING(file, REAL(pread64)(file, bytes, length, offset)) }
ssize_t preadv(int file, const struct iovec *parts, int count, off_t offset) {
  READING(file, REAL(preadv)(file, parts, count, offset))
}
ssize_t preadv64(int file, const struct iovec *parts, int count, off64_t offset) {
  READING(file, REAL(preadv64)(file, parts, count, offset))
}

#define SYNCING(name)                                           \
  int name(int file) {                                          \
    if (!path_of(file)) return REAL(name)(file);                \
    pthread_mutex_lock(&lock);                                  \
    int fault = hit("sync", path_of(file));                     \
    int answer = fault ? -1 : REAL(name)(file);                 \
    int kept = fault ? fault : errno;                           \
    if (answer == 0 && is_folder(file)) tell("D\t%s\n", path_of(file)); \
    else if (answer == 0) tell("F\t%lu\n", inode_of(file));     \
    pthread_mutex_unlock(&lock);                                \
    errno = kept;                                               \
    return answer;                                              \
  }
SYNCING(fsync)
SYNCING(fdatasync)

/* `sync -f`, which is a process of its own and has the same environment. */
int syncfs(int file) {
  pthread_mutex_lock(&lock);
  int fault = hit("sync", path_of(file));
  int answer = fault ? -1 : REAL(syncfs)(file);
  int kept = fault ? fault : errno;
  if (answer == 0 && path_of(file)) tell("S\n");
  pthread_mutex_unlock(&lock);
  errno = kept;
  return answer;
}

#define TRUNCATING(name, type)                                  \
  int name(int file, type length) {                             \
    if (!path_of(file)) return REAL(name)(file, length);        \
    pthread_mutex_lock(&lock);                                  \
    int fault = hit("truncate", path_of(file));                 \
    int answer = fault ? -1 : REAL(name)(file, length);         \
    int kept = fault ? fault : errno;                           \
    if (answer == 0) tell("T\t%lu\t%ld\n", inode_of(file), (long)length); \
    pthread_mutex_unlock(&lock);                                \
    errno = kept;                                               \
    return answer;                                              \
  }
TRUNCATING(ftruncate, off_t)
TRUNCATING(ftruncate64, off64_t)

#define NAMING(call, subject, action, ...)                      \
  pthread_mutex_lock(&lock);                                    \
  int fault = hit(call, subject);                               \
  int answer = fault ? -1 : action;                             \
  int kept = fault ? fault : errno;                             \
  if (answer == 0 && below_root(subject)) tell(__VA_ARGS__);    \
  pthread_mutex_unlock(&lock);                                  \
  errno = kept;                                                 \
  return answer;

int rename(const char *from, const char *to) {
  char one[PATH_MAX], other[PATH_MAX];
  const char *old = absolute(from, one), *now = absolute(to, other);
  NAMING("rename", now, REAL(rename)(from, to), "R\t%s\t%s\n", old, now)
}
int link(const char *from, const char *to) {
  char one[PATH_MAX], other[PATH_MAX];
  const char *old = absolute(from, one), *now = absolute(to, other);
  if (below_root(now) && getenv("IO_SHIM_NOLINKS")) {
    errno = EPERM;
    return -1;
  }
  NAMING("link", now, REAL(link)(from, to), "L\t%s\t%s\n", old, now)
}
int unlink(const char *given) {
  char buffer[PATH_MAX];
  const char *path = absolute(given, buffer);
  NAMING("unlink", path, REAL(unlink)(given), "U\t%s\n", path)
}
/* Node 23 and later take a file away like this. */
int remove(const char *given) {
  char buffer[PATH_MAX];
  const char *path = absolute(given, buffer);
  NAMING("unlink", path, REAL(remove)(given), "U\t%s\n", path)
}
int rmdir(const char *given) {
  char buffer[PATH_MAX];
  const char *path = absolute(given, buffer);
  NAMING("rmdir", path, REAL(rmdir)(given), "U\t%s\n", path)
}
int mkdir(const char *given, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = absolute(given, buffer);
  NAMING("mkdir", path, REAL(mkdir)(given, mode), "M\t%s\n", path)
}
