// What Linux offers for looking after processes and Swift cannot reach: fork belongs in C, because between fork and
// exec only async-signal-safe calls are allowed; prctl is variadic; signalfd is not in Swift's Glibc.
#pragma once

// No _GNU_SOURCE: with it the types of libc would differ from those of Swift's Glibc, and importing both would fail.
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/// Orphans of this process's children become its own children, so that it can end them.
static inline int process_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/// Blocks the signals and returns a descriptor that delivers them, or -1.
static inline int process_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The next signal that has arrived, or 0.
static inline int process_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

static inline void process_child(const char *path, char *const argv[], char *const envp[], const int *descriptors,
                                 int count, int death_signal, pid_t parent, int report) {
    sigset_t none;
    int failure = 0, moved[16];
    for (int signal_number = 1; signal_number < NSIG; signal_number++) signal(signal_number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    // The parent may have gone before the request was made.
    if (death_signal != 0 && (prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0 || getppid() != parent)) _exit(125);
    // Out of the way first: a source may be another one's target.
    for (int i = 0; i < count && failure == 0; i++) {
        moved[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, 64);
        if (moved[i] < 0) failure = errno;
    }
    for (int i = 0; i < count && failure == 0; i++) {
        if (dup2(moved[i], i) < 0) failure = errno;
    }
    // Whatever a library opened without O_CLOEXEC is not for this program.
    if (failure == 0 && syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) != 0) failure = errno;
    if (failure == 0) {
        execve(path, argv, envp);
        failure = errno;
    }
    while (write(report, &failure, sizeof failure) < 0 && errno == EINTR) {
    }
    _exit(127);
}

/// Starts a program in a session of its own with descriptors[i] as its descriptor i and every signal at its default.
/// It receives death_signal (0: none) when the calling thread ends. Returns its process id, or -errno of what failed,
/// exec included.
static inline pid_t process_spawn(const char *path, char *const argv[], char *const envp[], const int *descriptors,
                                  int count, int death_signal) {
    int report[2], failure = 0;
    pid_t parent = getpid();
    if (count > 16) return -EINVAL;
    if (pipe(report) != 0) return -errno;
    // Above every target, or dup2 would close it.
    int writer = fcntl(report[1], F_DUPFD_CLOEXEC, 128);
    close(report[1]);
    if (writer < 0) {
        failure = errno;
        close(report[0]);
        return -failure;
    }
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) process_child(path, argv, envp, descriptors, count, death_signal, parent, writer);
    if (pid < 0) failure = errno;
    close(writer);
    ssize_t got = 0;
    if (pid > 0) {
        int sent = 0;
        do got = read(report[0], &sent, sizeof sent);
        while (got < 0 && errno == EINTR);
        if (got == (ssize_t)sizeof sent) failure = sent;
    }
    close(report[0]);
    return failure != 0 ? -failure : pid;
}
