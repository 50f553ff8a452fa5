/* fcgi_stdio.h must not be included here: it redefines FILE and printf. */
#include <fcgiapp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

/* Swift's Glibc has neither epoll nor signalfd, and EPOLLEXCLUSIVE is a cast macro. */

static inline int shim_signal_descriptor(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Exclusive: of several processes that wait on one listening socket, a connection wakes one. */
static inline int shim_epoll(int listening, int signals) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event connection = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    struct epoll_event stop = {.events = EPOLLIN};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &connection) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, signals, &stop) != 0)
        return -1;
    return epoll;
}

static inline int shim_epoll_wait(int epoll, int milliseconds) {
    struct epoll_event event;
    return epoll_wait(epoll, &event, 1, milliseconds);
}

/* Declared by <sys/socket.h> for GNU sources only, which Swift's importer is not. */
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

static inline int shim_accept(int listening) {
    return accept4(listening, 0, 0, SOCK_CLOEXEC);
}
