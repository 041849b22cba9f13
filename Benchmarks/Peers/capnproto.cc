#include "peer.h"

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <sys/socket.h>

#include "echo.capnp.h"

// Cap'n Proto's two-party RPC over a socket pair. Its one-way messages are a stream with the library's own flow control.

namespace {

class EchoServer final : public Echo::Server {
  uint64_t counted = 0;

  kj::Promise<void> echo(EchoContext context) override {
    context.getResults().setText(context.getParams().getText());
    return kj::READY_NOW;
  }

  kj::Promise<void> note(NoteContext context) override {
    if (context.getParams().getText().size() == 64) counted += 1;
    return kj::READY_NOW;
  }

  kj::Promise<void> notes(NotesContext context) override {
    context.getResults().setCount(counted);
    counted = 0;
    return kj::READY_NOW;
  }
};

struct Client {
  Echo::Client echo;
  kj::WaitScope &scope;
};

void call(void *context) {
  auto *client = static_cast<Client *>(context);
  auto request = client->echo.echoRequest();
  request.setText(PEER_TEXT);
  peer_require(request.send().wait(client->scope).getText().size() == 64, "reply");
}

void stream(void *context, uint64_t count) {
  auto *client = static_cast<Client *>(context);
  for (uint64_t i = 0; i < count; i++) {
    auto request = client->echo.noteRequest();
    request.setText(PEER_TEXT);
    request.send().wait(client->scope);  // until the window has room
  }
  auto reply = client->echo.notesRequest().send().wait(client->scope);
  peer_require(reply.getCount() == count, "every message arrived");
}

void serve(int socket) {
  auto io = kj::setupAsyncIo();
  capnp::TwoPartyServer server(kj::heap<EchoServer>());
  server.accept(io.lowLevelProvider->wrapSocketFd(socket));
  kj::NEVER_DONE.wait(io.waitScope);
}

}  // namespace

int main(int argc, char **argv) {
  uint64_t count;
  int ends[2];
  const char *mode = peer_arguments(argc, argv, &count);
  peer_require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
  if (peer_fork() == 0) serve(ends[1]);
  close(ends[1]);
  auto io = kj::setupAsyncIo();
  auto socket = io.lowLevelProvider->wrapSocketFd(ends[0]);
  capnp::TwoPartyClient network(*socket);
  Client client = {network.bootstrap().castAs<Echo>(), io.waitScope};
  struct peer peer = {call, stream, &client};
  int status = peer_measure(&peer, mode, count);
  fflush(stdout);
  _exit(status);  // the server is killed; nothing is to be taken down
}
