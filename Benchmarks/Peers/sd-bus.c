#include "peer.h"

#include <sys/socket.h>
#include <systemd/sd-bus.h>

// sd-bus without a broker: two ends of one socket pair.

static uint64_t notes;

static int echo(sd_bus_message *message, void *context, sd_bus_error *error) {
  const char *text;
  (void)context, (void)error;
  int status = sd_bus_message_read(message, "s", &text);
  return status < 0 ? status : sd_bus_reply_method_return(message, "s", text);
}

static int note(sd_bus_message *message, void *context, sd_bus_error *error) {
  const char *text;
  (void)context, (void)error;
  int status = sd_bus_message_read(message, "s", &text);
  if (status >= 0) notes += 1;
  return status < 0 ? status : 1;
}

static int count_notes(sd_bus_message *message, void *context, sd_bus_error *error) {
  (void)context, (void)error;
  uint64_t counted = notes;
  notes = 0;
  return sd_bus_reply_method_return(message, "t", counted);
}

static const sd_bus_vtable methods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Echo", "s", "s", echo, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Note", "s", "", note, SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_METHOD_NO_REPLY),
    SD_BUS_METHOD("Notes", "", "t", count_notes, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static sd_bus *connect_bus(int socket, int is_server) {
  sd_bus *bus;
  sd_id128_t id;
  peer_require(sd_bus_new(&bus) >= 0, "sd_bus_new");
  peer_require(sd_bus_set_fd(bus, socket, socket) >= 0, "sd_bus_set_fd");
  if (is_server) {
    peer_require(sd_id128_randomize(&id) >= 0 && sd_bus_set_server(bus, 1, id) >= 0, "sd_bus_set_server");
    peer_require(sd_bus_add_object_vtable(bus, NULL, "/peer", "peer.Echo", methods, NULL) >= 0, "sd_bus_add_object_vtable");
  }
  peer_require(sd_bus_set_anonymous(bus, 1) >= 0 && sd_bus_start(bus) >= 0, "sd_bus_start");
  return bus;
}

static void serve(int socket) {
  sd_bus *bus = connect_bus(socket, 1);
  for (;;) {
    int status = sd_bus_process(bus, NULL);
    if (status == 0) status = sd_bus_wait(bus, UINT64_MAX);
    if (status < 0) _exit(0);
  }
}

static void call(void *context) {
  sd_bus_message *reply;
  const char *text;
  int status = sd_bus_call_method(context, NULL, "/peer", "peer.Echo", "Echo", NULL, &reply, "s", PEER_TEXT);
  peer_require(status >= 0, "sd_bus_call_method");
  peer_require(sd_bus_message_read(reply, "s", &text) >= 0 && strlen(text) == 64, "reply");
  sd_bus_message_unref(reply);
}

static void stream(void *context, uint64_t count) {
  uint64_t counted = 0;
  sd_bus_message *reply;
  for (uint64_t i = 0; i < count; i++) {
    sd_bus_message *message;
    int status = sd_bus_message_new_method_call(context, &message, NULL, "/peer", "peer.Echo", "Note");
    if (status >= 0) status = sd_bus_message_append(message, "s", PEER_TEXT);
    if (status >= 0) status = sd_bus_message_set_expect_reply(message, 0);
    if (status >= 0) status = sd_bus_send(context, message, NULL);
    peer_require(status >= 0, "sd_bus_send");
    sd_bus_message_unref(message);
    // What the socket had no room for is queued without a bound.
    if (i % 1024 == 1023) peer_require(sd_bus_flush(context) >= 0, "sd_bus_flush");
  }
  peer_require(sd_bus_call_method(context, NULL, "/peer", "peer.Echo", "Notes", NULL, &reply, "") >= 0, "Notes");
  peer_require(sd_bus_message_read(reply, "t", &counted) >= 0 && counted == count, "every message arrived");
  sd_bus_message_unref(reply);
}

int main(int argc, char **argv) {
  uint64_t count;
  int ends[2];
  const char *mode = peer_arguments(argc, argv, &count);
  peer_require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
  if (peer_fork() == 0) serve(ends[1]);
  close(ends[1]);
  struct peer peer = {.call = call, .stream = stream, .context = connect_bus(ends[0], 0)};
  return peer_measure(&peer, mode, count);
}
