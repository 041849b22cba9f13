#include "peer.h"

#include <zmq.h>

// ZeroMQ over its ipc transport: REQ to REP for calls, PUSH to PULL for a stream, whose end is acknowledged by REP.

struct ends {
  void *request, *push;
};

static void make_path(char *path, size_t size, const char *what, pid_t pid) {
  snprintf(path, size, "ipc:///tmp/peer-zeromq-%s-%d", what, pid);
}

static void *open_end(void *context, int type, const char *path, int binds) {
  void *end = zmq_socket(context, type);
  peer_require(end != NULL, "zmq_socket");
  peer_require((binds ? zmq_bind : zmq_connect)(end, path) == 0, "zmq_bind or zmq_connect");
  return end;
}

// A request of 64 bytes is echoed; one of 8 is a count, answered when that many messages came.
static void serve(const char *request_path, const char *push_path) {
  char bytes[64];
  void *context = zmq_ctx_new();
  void *reply = open_end(context, ZMQ_REP, request_path, 1);
  void *pull = open_end(context, ZMQ_PULL, push_path, 1);
  for (;;) {
    int size = zmq_recv(reply, bytes, sizeof(bytes), 0);
    if (size < 0) _exit(1);
    if (size == 8) {
      uint64_t count;
      memcpy(&count, bytes, 8);
      for (uint64_t i = 0; i < count; i++) {
        if (zmq_recv(pull, bytes, sizeof(bytes), 0) != 64) _exit(1);
      }
    }
    if (zmq_send(reply, bytes, (size_t)size, 0) != size) _exit(1);
  }
}

static void call(void *context) {
  struct ends *ends = context;
  char bytes[64];
  peer_require(zmq_send(ends->request, PEER_TEXT, 64, 0) == 64, "zmq_send");
  peer_require(zmq_recv(ends->request, bytes, sizeof(bytes), 0) == 64, "zmq_recv");
}

static void stream(void *context, uint64_t count) {
  struct ends *ends = context;
  char bytes[64];
  peer_require(zmq_send(ends->request, &count, 8, 0) == 8, "zmq_send");
  for (uint64_t i = 0; i < count; i++) peer_require(zmq_send(ends->push, PEER_TEXT, 64, 0) == 64, "zmq_send");
  peer_require(zmq_recv(ends->request, bytes, sizeof(bytes), 0) == 8, "every message arrived");
}

int main(int argc, char **argv) {
  uint64_t count;
  const char *mode = peer_arguments(argc, argv, &count);
  char request_path[64], push_path[64];
  make_path(request_path, sizeof(request_path), "call", getpid());
  make_path(push_path, sizeof(push_path), "stream", getpid());
  if (peer_fork() == 0) serve(request_path, push_path);
  void *context = zmq_ctx_new();
  struct ends ends = {
      .request = open_end(context, ZMQ_REQ, request_path, 0), .push = open_end(context, ZMQ_PUSH, push_path, 0)};
  struct peer peer = {.call = call, .stream = stream, .context = &ends};
  int status = peer_measure(&peer, mode, count);
  unlink(request_path + strlen("ipc://"));
  unlink(push_path + strlen("ipc://"));
  return status;
}
