// What the launcher and a template share: both make processes from requests. Included by launcher.c and template.c only.
#ifndef MAGE_REQUESTS_H
#define MAGE_REQUESTS_H

#include "CMageSystem.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

// One request at a time: whoever reads them has one thread.
static _Alignas(8) unsigned char request_bytes[MAGE_MAX_LAUNCH_BYTES];

enum served {
  SERVED_GONE,  // the host has closed its end
  SERVED_ONE,
  SERVED_CHILD,  // this is the process that a request made
};

static void send_report(int socket, const struct mage_launch_report *report, const int *descriptor) {
  // The peer is the host, which reads, or is gone; in both cases there is nothing to do about a failure.
  (void)mage_send_packet(socket, report, sizeof(*report), descriptor, descriptor ? 1 : 0);
}

static void send_failure(int socket, uint32_t step, const char *call, int error) {
  struct mage_launch_report report = {.kind = MAGE_REPORT_FAILED, .step = step, .error = error};
  strncpy(report.call, call, sizeof(report.call) - 1);
  send_report(socket, &report, NULL);
}

// Waits until somebody has mapped this process's ids: before that it has no identity inside its namespace.
static void await_release(int release) {
  char byte;
  ssize_t got;
  do {
    got = read(release, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) _exit(127);  // whoever was to map them has given up or is gone
}

// Waits for a request and hands it to `make`, which says whether this is still the process that called it.
static enum served serve_request(int socket, bool (*make)(size_t size, const int *descriptors, size_t count)) {
  int descriptors[MAGE_MAX_PACKET_DESCRIPTORS];
  struct mage_received_packet packet;
  struct pollfd waiting = {.fd = socket, .events = POLLIN};
  if (poll(&waiting, 1, -1) < 0) return errno == EINTR ? SERVED_ONE : SERVED_GONE;
  int status = mage_receive_packet(socket, request_bytes, sizeof(request_bytes), descriptors, &packet);
  if (status == -EAGAIN) return SERVED_ONE;
  if (status < 0 || packet.count == 0) return SERVED_GONE;
  if (packet.descriptor_count > 0) {
    if (packet.flags != 0 || (size_t)packet.count < sizeof(struct mage_launch_request)) {
      send_failure(descriptors[0], MAGE_STEP_INDEX_REQUEST, "recvmsg", EMSGSIZE);
    } else if (!make((size_t)packet.count, descriptors, packet.descriptor_count)) {
      return SERVED_CHILD;  // the numbers have other meanings here
    }
  }
  for (size_t i = 0; i < packet.descriptor_count; i++) mage_close(descriptors[i]);
  return SERVED_ONE;
}

#endif
