// What the kernel and C need for the same work: the floors and peers that the benchmarks are compared with, measured in the same run.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

/// Sends `size` bytes to a forked child over a blocking socket pair and waits for them to come back, `rounds` times. Stores the
/// nanoseconds of each round, after a tenth as many to warm up; sleeps `pause` nanoseconds before each, which are not counted. Returns 0 or -errno.
int floor_ping_pong(uint32_t rounds, size_t size, uint32_t pause, uint64_t *nanoseconds);

/// Sends `count` messages of `size` bytes to a forked child over a blocking SOCK_SEQPACKET pair, one send(2) and one recv(2) for each, and
/// waits until the child has the last. Stores the nanoseconds of all. Returns 0 or -errno.
int floor_one_way(uint32_t count, size_t size, uint64_t *nanoseconds);

/// Writes `size` bytes `count` times to a forked child over a blocking SOCK_STREAM pair, which reads them into one buffer of that size; waits
/// until the child has the last. Stores the nanoseconds of all. Returns 0 or -errno.
int floor_stream(size_t size, uint32_t count, uint64_t *nanoseconds);

/// Copies `size` bytes `count` times from one buffer to another, both touched before. Stores the nanoseconds of all. Returns 0 or -errno.
int floor_copy(size_t size, uint32_t count, uint64_t *nanoseconds);

/// The processor time of this process so far, in nanoseconds.
uint64_t floor_processor_time(void);

/// Starts a process on each processor that never rests. Returns 0 or -errno. One thread at a time, as floor_busy_end().
int floor_busy_begin(void);
void floor_busy_end(void);

/// Starts `path hold BYTES` (floor-process), which has touched that much memory when it says so, and measures from SIGKILL by pidfd to it being
/// reaped, `rounds` times. Returns 0 or -errno.
int floor_kill(const char *path, size_t bytes, uint32_t rounds, uint64_t *nanoseconds);

/// Makes `count` socket pairs and passes one end of each to a forked child, one message for each, then writes 8 bytes at the other; the child
/// reads them at the end that it got. Stores the nanoseconds until the child had all. Returns 0 or -errno.
int floor_pass(uint32_t count, uint64_t *nanoseconds);

/// Runs a program with its output thrown away and measures from fork to the child being reaped. Returns its status, or -errno.
int floor_run(char *const arguments[], uint64_t *nanoseconds);

/// Pins the calling thread, and what it starts from then on, to one processor; -1 undoes it. Returns 0 or -errno.
int floor_pin(int processor);

/// Forks a child that installs one or two filters (`struct sock_filter`, sizes in bytes; the second may have none), and measures what
/// close(-1) costs under them, in nanoseconds. Both must allow it, and exit_group. Returns 0 or -errno.
int floor_filtered_call(const void *first, size_t first_size, const void *second, size_t second_size, double *nanoseconds);

/// Forks a child whose openat(2) is reported, and opens `path` in its place `rounds` times: what a broker is at the least. Stores
/// the median of what the child waited. Returns 0 or -errno.
int floor_notified_open(const char *path, uint32_t rounds, uint64_t *median);

/// Runs a program and stores the number that it prints. Returns its status, or -errno.
int floor_number(char *const arguments[], uint64_t *number);

/// CLOCK_MONOTONIC in nanoseconds.
uint64_t floor_now(void);

#endif
