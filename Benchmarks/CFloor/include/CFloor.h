// What the kernel and C need for the same work: the floors and peers that the benchmarks are compared with, measured in the same run.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

/// Sends `size` bytes to a forked child over a blocking socket pair and waits for them to come back, `rounds` times. Stores the
/// nanoseconds of each round. Returns 0 or -errno.
int floor_ping_pong(uint32_t rounds, size_t size, uint64_t *nanoseconds);

/// Forks a child that waits, and measures from SIGKILL by pidfd to the child being reaped, `rounds` times. Returns 0 or -errno.
int floor_kill(uint32_t rounds, uint64_t *nanoseconds);

/// Runs a program with its output thrown away and measures from fork to the child being reaped. Returns its status, or -errno.
int floor_run(char *const arguments[], uint64_t *nanoseconds);

/// Pins the calling thread, and what it starts from then on, to one processor; -1 undoes it. Returns 0 or -errno.
int floor_pin(int processor);

/// CLOCK_MONOTONIC in nanoseconds.
uint64_t floor_now(void);

#endif
