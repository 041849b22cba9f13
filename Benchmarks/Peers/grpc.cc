#include "peer.h"

#include <grpcpp/grpcpp.h>
#include <string>

#include "echo.grpc.pb.h"

// gRPC over a Unix socket: the server of callbacks, a client that waits; one-way messages are a client stream.

namespace {

class EchoServer final : public bench_peer::Echo::CallbackService {
  grpc::ServerUnaryReactor *Call(grpc::CallbackServerContext *context, const bench_peer::Text *request, bench_peer::Text *reply) override {
    auto *reactor = context->DefaultReactor();
    reply->set_text(request->text());
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  class Notes final : public grpc::ServerReadReactor<bench_peer::Text> {
    bench_peer::Text text;
    bench_peer::Count *reply;
    uint64_t count = 0;

   public:
    explicit Notes(bench_peer::Count *reply) : reply(reply) { StartRead(&text); }

    void OnReadDone(bool has_read) override {
      if (has_read) {
        if (text.text().size() == 64) count += 1;
        return StartRead(&text);
      }
      reply->set_count(count);
      Finish(grpc::Status::OK);
    }

    void OnDone() override { delete this; }
  };

  grpc::ServerReadReactor<bench_peer::Text> *Note(grpc::CallbackServerContext *, bench_peer::Count *reply) override {
    return new Notes(reply);
  }
};

using Stub = bench_peer::Echo::Stub;

void call(void *context) {
  grpc::ClientContext options;
  bench_peer::Text request, reply;
  request.set_text(PEER_TEXT);
  auto status = static_cast<Stub *>(context)->Call(&options, request, &reply);
  peer_require(status.ok() && reply.text().size() == 64, "Call");
}

void stream(void *context, uint64_t count) {
  grpc::ClientContext options;
  bench_peer::Count reply;
  bench_peer::Text text;
  text.set_text(PEER_TEXT);
  auto writer = static_cast<Stub *>(context)->Note(&options, &reply);
  for (uint64_t i = 0; i < count; i++) peer_require(writer->Write(text), "Write");
  writer->WritesDone();
  peer_require(writer->Finish().ok() && reply.count() == count, "every message arrived");
}

void serve(const std::string &address) {
  EchoServer service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  peer_require(server != nullptr, "BuildAndStart");
  server->Wait();
}

}  // namespace

int main(int argc, char **argv) {
  uint64_t count;
  const char *mode = peer_arguments(argc, argv, &count);
  std::string path = "/tmp/peer-grpc-" + std::to_string(getpid());
  if (peer_fork() == 0) serve("unix:" + path);
  auto channel = grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials());
  peer_require(channel->WaitForConnected(gpr_time_from_millis(10000, GPR_TIMESPAN)), "WaitForConnected");
  auto stub = bench_peer::Echo::NewStub(channel);
  struct peer peer = {call, stream, stub.get()};
  int status = peer_measure(&peer, mode, count);
  unlink(path.c_str());
  fflush(stdout);
  _exit(status);  // the server is killed; nothing is to be taken down
}
