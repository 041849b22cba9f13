#define _GNU_SOURCE  // memfd_create, strerrorname_np
#include "CMageSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_GET_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif

static int64_t result_or_errno(long result) { return result < 0 ? -(int64_t)errno : (int64_t)result; }

void mage_close(int descriptor) {
  int saved = errno;
  (void)close(descriptor);  // EINTR closes too on Linux, close(2)
  errno = saved;
}

// MARK: Packets

// Room for every descriptor that the kernel can pass, so that a packet is never cut short for lack of it.
union control_buffer {
  struct cmsghdr align;
  char bytes[CMSG_SPACE(sizeof(int) * MAGE_MAX_PACKET_DESCRIPTORS)];
};

int64_t mage_send_packet(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
  if (descriptor_count > MAGE_MAX_PACKET_DESCRIPTORS) return -E2BIG;
  struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  union control_buffer control;
  if (descriptor_count > 0) {
    size_t payload = sizeof(int) * descriptor_count;
    memset(&control, 0, CMSG_SPACE(payload));
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(payload);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(payload);
    memcpy(CMSG_DATA(header), descriptors, payload);
  }
  long sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return result_or_errno(sent);
}

int64_t mage_send_packet_patiently(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
  int64_t sent = 0;
  for (int attempt = 0; attempt < 5000; attempt++) {
    sent = mage_send_packet(socket, bytes, count, descriptors, descriptor_count);
    if (sent != -ETOOMANYREFS) break;
    // Sleeps, by a call that every filter allows: whoever spun would keep the receivers from receiving.
    uint32_t nobody = 0;
    struct timespec pause = {.tv_nsec = 1000000};
    (void)syscall(SYS_futex, &nobody, FUTEX_WAIT_PRIVATE, 0, &pause, NULL, 0);
  }
  return sent;
}

// Takes the descriptors of one SCM_RIGHTS message; what finds no room is closed and said.
static void take_descriptors(struct cmsghdr *header, int *descriptors, struct mage_received_packet *result) {
  size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
    if (result->descriptor_count < MAGE_MAX_PACKET_DESCRIPTORS) {
      descriptors[result->descriptor_count++] = descriptor;
    } else {
      mage_close(descriptor);
      result->flags |= MAGE_PACKET_DESCRIPTORS_TRUNCATED;
    }
  }
}

int mage_receive_packet(int socket, void *buffer, size_t capacity, int *descriptors, struct mage_received_packet *result) {
  struct iovec vector = {.iov_base = buffer, .iov_len = capacity};
  union control_buffer control;
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
  long received;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return -errno;
  *result = (struct mage_received_packet){.count = received};
  if (message.msg_flags & MSG_TRUNC) result->flags |= MAGE_PACKET_BYTES_TRUNCATED;
  if (message.msg_flags & MSG_CTRUNC) result->flags |= MAGE_PACKET_DESCRIPTORS_TRUNCATED;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
      take_descriptors(header, descriptors, result);
    } else {
      result->flags |= MAGE_PACKET_UNEXPECTED_CONTROL;
    }
  }
  return 0;
}

// MARK: Descriptors

int mage_memfd_create(const char *name) {
  int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  // Kernels before 6.3 do not know MFD_NOEXEC_SEAL and refuse it.
  if (descriptor < 0 && errno == EINVAL) descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return (int)result_or_errno(descriptor);
}

int mage_add_seals(int descriptor, unsigned seals) { return (int)result_or_errno(fcntl(descriptor, F_ADD_SEALS, seals)); }

int mage_get_seals(int descriptor) { return (int)result_or_errno(fcntl(descriptor, F_GET_SEALS)); }

int mage_duplicate(int descriptor, int minimum) {
  return (int)result_or_errno(fcntl(descriptor, F_DUPFD_CLOEXEC, minimum));
}

int mage_status_flags(int descriptor) { return (int)result_or_errno(fcntl(descriptor, F_GETFL)); }

int mage_pipe(int *ends, bool nonblocking) {
  return (int)result_or_errno(pipe2(ends, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)));
}

int mage_alarm_create(void) {
  return (int)result_or_errno(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
}

int mage_alarm_set(int alarm, uint64_t nanoseconds) {
  struct itimerspec value = {
      .it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)}};
  return (int)result_or_errno(timerfd_settime(alarm, TFD_TIMER_ABSTIME, &value, NULL));
}

int mage_current_processor(void) { return sched_getcpu(); }

int mage_available_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) < 0 ? -errno : CPU_COUNT(&set);
}

int mage_set_nonblocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -errno;
  return (int)result_or_errno(fcntl(descriptor, F_SETFL, flags | O_NONBLOCK));
}

int mage_open(int directory, const char *path, int flags, unsigned mode) {
  return (int)result_or_errno(openat(directory, path, flags | O_CLOEXEC, (mode_t)mode));
}

int mage_describe_descriptor(int descriptor, struct mage_descriptor_facts *result) {
  struct stat status;
  if (fstat(descriptor, &status) < 0) return -errno;
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -errno;
  *result = (struct mage_descriptor_facts){
      .mode = status.st_mode,
      .owner = status.st_uid,
      .status_flags = flags,
      .seals = fcntl(descriptor, F_GET_SEALS),
      .size = status.st_size,
      .device = status.st_dev,
      .inode = status.st_ino,
  };
  return 0;
}

// MARK: Processes

int mage_pidfd_send_signal(int pidfd, int signal) {
  return (int)result_or_errno(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

static uint64_t nanoseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_usec * 1000ULL;
}

int mage_reap(int pidfd, struct mage_exit_status *result) {
  siginfo_t info;
  struct rusage usage;
  memset(&info, 0, sizeof(info));
  memset(&usage, 0, sizeof(usage));
  // The raw call, because the libc's waitid(3) drops the resource usage.
  long status;
  do {
    status = syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | WNOHANG, &usage);
  } while (status < 0 && errno == EINTR);
  if (status < 0) return -errno;
  *result = (struct mage_exit_status){
      .code = info.si_pid == 0 ? 0 : info.si_code,
      .status = info.si_status,
      .user_nanoseconds = nanoseconds(usage.ru_utime),
      .system_nanoseconds = nanoseconds(usage.ru_stime),
      .peak_resident_bytes = (uint64_t)usage.ru_maxrss * 1024ULL,
  };
  return 0;
}

int64_t mage_process_cpu_nanoseconds(int32_t pid) {
  clockid_t clock;
  struct timespec time;
  int error = clock_getcpuclockid(pid, &clock);
  if (error) return -error;
  if (clock_gettime(clock, &time) < 0) return -errno;
  return (int64_t)time.tv_sec * 1000000000LL + time.tv_nsec;
}

void mage_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name); }

struct thread_start {
  void (*body)(void *);
  void *argument;
};

static void *enter_thread(void *start) {
  struct thread_start copy = *(struct thread_start *)start;
  free(start);
  copy.body(copy.argument);
  return NULL;
}

int mage_start_thread(void (*body)(void *), void *argument) {
  struct thread_start *start = malloc(sizeof(*start));
  if (!start) return -ENOMEM;
  *start = (struct thread_start){.body = body, .argument = argument};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, enter_thread, start);
  if (error) {
    free(start);
    return -error;
  }
  (void)pthread_detach(thread);
  return 0;
}

static char **process_arguments;
static int process_argument_count;

// The C library calls constructors with main's arguments (an extension of glibc's and of the BSDs').
__attribute__((constructor)) static void take_arguments(int count, char **arguments) {
  process_argument_count = count;
  process_arguments = arguments;
}

char **mage_process_arguments(int32_t *count) {
  *count = process_argument_count;
  return process_arguments;
}

const char *mage_errno_name(int error) { return strerrorname_np(error); }

// MARK: Filters

int mage_seccomp_install(const void *instructions, uint16_t count, bool wants_listener) {
  struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
  unsigned flags = wants_listener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
  return (int)result_or_errno(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

int mage_notification_receive(int listener, struct mage_notification *result) {
  struct seccomp_notif notification;
  memset(&notification, 0, sizeof(notification));  // the kernel insists on zeroes, seccomp_unotify(2)
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) < 0) return -errno;
  *result = (struct mage_notification){
      .id = notification.id,
      .pid = notification.pid,
      .number = notification.data.nr,
      .architecture = notification.data.arch,
      .instruction_pointer = notification.data.instruction_pointer,
  };
  for (int i = 0; i < 6; i++) result->arguments[i] = notification.data.args[i];
  return 0;
}

int mage_notification_answer(int listener, uint64_t id, int32_t error, int64_t value) {
  struct seccomp_notif_resp response = {.id = id, .val = value, .error = -error, .flags = 0};
  return (int)result_or_errno(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

int mage_notification_valid(int listener, uint64_t id) {
  return (int)result_or_errno(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id));
}
