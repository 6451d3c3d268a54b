// A client on Proton C++ that does what the interop suite tells it (../protocol.ts): commands in, events out, one JSON object
// a line.
#include "client_peer.hpp"
#include <iostream>
#include <memory>
#include <proton/connection_options.hpp>
#include <proton/container.hpp>
#include <thread>

class client : public proton::messaging_handler {
  public:
    void on_container_start(proton::container& container) override {
        container_ = &container;
        container.auto_stop(false);
        std::thread([this] { read_commands(); }).detach();
    }
    void on_error(const proton::error_condition&) override {}

  private:
    proton::container* container_ = nullptr;
    std::map<int64_t, std::unique_ptr<peer>> peers_; // in the thread that reads commands only, as the next
    std::map<int64_t, int64_t> link_connections_;

    void read_commands() {
        std::string line;
        while (std::getline(std::cin, line)) {
            value command = json::reader(line).read();
            if (command["do"].string == "connect") { connect(command); continue; }
            if (command.has("connection") && command.has("link")) link_connections_[command["link"].whole()] = command["connection"].whole();
            int64_t connection = command.has("connection") ? command["connection"].whole() : link_connections_[command["link"].whole()];
            peers_.at(connection)->later(command);
        }
        _exit(0); // the suite is gone
    }

    void connect(const value& command) {
        auto& one = peers_[command["connection"].whole()] = std::make_unique<peer>(command["connection"].whole());
        proton::connection_options options(*one);
        options.container_id(command.has("containerId") ? command["containerId"].string : "proton-cpp").sasl_allow_insecure_mechs(true);
        if (command.has("user")) options.user(command["user"].string);
        if (command.has("password")) options.password(command["password"].string);
        if (command.has("mechanisms")) options.sasl_allowed_mechs(command["mechanisms"].string);
        if (command.has("sasl")) options.sasl_enabled(command["sasl"].flag);
        if (command.has("idleTimeoutMs")) options.idle_timeout(proton::duration(uint64_t(command["idleTimeoutMs"].whole())));
        if (command.has("maxFrameSize")) options.max_frame_size(uint32_t(command["maxFrameSize"].whole()));
        if (command.has("properties")) options.properties(values::to_symbol_map(command["properties"]));
        std::string host = command.has("host") ? command["host"].string : "127.0.0.1";
        if (host.find(':') != std::string::npos) host = "[" + host + "]";
        container_->connect(host + ":" + std::to_string(command["port"].whole()), options);
    }
};

int main() {
    client one;
    proton::container(one).run();
}
