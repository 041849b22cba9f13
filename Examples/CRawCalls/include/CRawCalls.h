// System calls by number, as injected machine code makes them. Only for the simulations of taken-over workers.
#ifndef CRAWCALLS_H
#define CRAWCALLS_H

#include <stddef.h>
#include <stdint.h>

/// Calls `number` with six arguments. Returns the result, or -errno.
int64_t raw_call(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f);

/// The same through the 32-bit entry (int 0x80), whose numbers are others. x86-64 only; elsewhere -ENOSYS.
int64_t raw_call_32bit(long number);

/// Sends bytes and descriptors on a socket as one packet, without any check. Returns bytes, or -errno.
int64_t raw_packet(int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count);

/// Waits for ever, by a call that a worker's loop makes anyway.
void raw_wait_forever(void);

/// Computes for ever.
void raw_spin(void);

/// Takes memory and writes to it until there is none.
void raw_allocate(void);

/// Fills files in memory, of which nothing is mapped, until no more can be made.
void raw_hoard(void);

/// Writes to address 0.
void raw_segfault(void);

#endif
