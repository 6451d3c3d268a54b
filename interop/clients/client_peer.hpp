// One connection of the client on Proton C++, with its links and deliveries: does commands, tells what happens.
#pragma once
#include "client_engine.hpp"
#include <proton/connection.hpp>
#include <proton/delivery.hpp>
#include <proton/messaging_handler.hpp>
#include <proton/receiver_options.hpp>
#include <proton/sender_options.hpp>
#include <proton/session.hpp>
#include <proton/source_options.hpp>
#include <proton/target_options.hpp>
#include <proton/tracker.hpp>
#include <proton/transport.hpp>
#include <proton/work_queue.hpp>

/** One connection and what is on it. Everything but `queue` is touched in the container's thread only. */
class peer : public proton::messaging_handler {
  public:
    explicit peer(int64_t number) : number_(number) {}

    /** Does a command in the container's thread. The suite sends none before it was told that the connection is open. */
    void later(const value& command) { queue_->add([this, command] { carry_out(command); }); }

  private:
    struct link_state {
        proton::sender sender;
        proton::receiver receiver;
        pn_link_t* link = nullptr;
        bool auto_accept = false;
    };

    int64_t number_;
    proton::work_queue* queue_ = nullptr;
    proton::connection connection_;
    std::map<int64_t, link_state> links_;
    std::map<pn_link_t*, int64_t> link_numbers_;
    // Kept while they may be spoken of, so that no other delivery gets their place in memory.
    std::map<std::pair<int64_t, int64_t>, proton::tracker> sent_;
    std::map<std::pair<int64_t, int64_t>, proton::delivery> received_;
    std::map<pn_delivery_t*, int64_t> delivery_numbers_;
    int64_t received_count_ = 0;

    // --- commands ---

    void carry_out(const value& command) {
        const std::string& verb = command["do"].string;
        try {
            if (verb == "close") connection_.close();
            else if (verb == "attach") attach(command);
            else if (verb == "send") send(command);
            else if (verb == "state") set_state(command);
            else if (verb == "settle") settle(command);
            else if (verb == "credit") links_.at(command["link"].whole()).receiver.add_credit(uint32_t(command["credit"].whole()));
            else if (verb == "drain") drain(links_.at(command["link"].whole()).receiver, uint32_t(command["credit"].whole()));
            else if (verb == "end") end(links_.at(command["link"].whole()));
            else if (verb == "detach") detach(links_.at(command["link"].whole()), command["closed"].flag);
            else throw std::runtime_error("Proton C++ cannot " + verb);
        } catch (const std::exception& error) {
            tell("fault", {{"text", error.what()}});
        }
    }

    void attach(const value& command) {
        int64_t number = command["link"].whole();
        bool is_sender = command["role"].string == "sender";
        std::string name = command.has("name") ? command["name"].string : "link-" + std::to_string(number);
        proton::session session = command["newSession"].flag ? connection_.open_session() : connection_.default_session();
        link_state& state = links_[number];
        state.auto_accept = command["autoAccept"].flag;
        if (is_sender) {
            state.sender = session.open_sender(command["address"].string, proton::sender_options().name(name).target(target_of(command)));
            state.link = inside<proton::sender>::of(state.sender);
        } else {
            proton::source_options source = source_of(command);
            auto options = proton::receiver_options().name(name).auto_accept(false).credit_window(0).source(source);
            state.receiver = session.open_receiver(command["address"].string, options);
            state.link = inside<proton::receiver>::of(state.receiver);
        }
        link_numbers_[state.link] = number;
        // The attach leaves at the end of this turn, so this is still in time.
        pn_terminus_t* node = is_sender ? pn_link_target(state.link) : pn_link_source(state.link);
        if (command["coordinator"].flag) pn_terminus_set_type(node, PN_COORDINATOR);
        if (command["capabilities"].type == value::text) put_symbol(pn_terminus_capabilities(node), command["capabilities"].string);
        set_settle_modes(state.link, command["senderSettleMode"].string, command["receiverSettleMode"].string);
        if (command.has("credit")) state.receiver.add_credit(uint32_t(command["credit"].whole()));
    }

    static proton::target_options target_of(const value& command) {
        proton::target_options target;
        if (command["dynamic"].flag) target.dynamic(true);
        else if (!command.has("address")) target.anonymous(true);
        if (command["capabilities"].type == value::list) target.capabilities(symbols_of(command["capabilities"]));
        return target;
    }

    static proton::source_options source_of(const value& command) {
        proton::source_options source;
        if (command["dynamic"].flag) source.dynamic(true);
        if (command["capabilities"].type == value::list) source.capabilities(symbols_of(command["capabilities"]));
        return source;
    }

    static std::vector<proton::symbol> symbols_of(const value& names) {
        std::vector<proton::symbol> symbols;
        for (auto& name : names.items) symbols.push_back(name.string);
        return symbols;
    }

    static void put_symbol(pn_data_t* data, const std::string& name) { pn_data_put_symbol(data, pn_bytes(name.size(), name.data())); }

    void send(const value& command) {
        if (command.has("raw")) throw std::runtime_error("Proton C++ sends messages, no bytes");
        proton::message message;
        if (command.has("size")) {
            message.body(values::patterned_bytes(size_t(command["size"].whole())));
            message.inferred(true);
            if (command.has("to")) message.to(command["to"].string);
        } else message = values::to_message(command["message"]);
        int64_t link = command["link"].whole(), number = command["delivery"].whole();
        proton::tracker tracker = links_.at(link).sender.send(message);
        sent_[{link, number}] = tracker;
        delivery_numbers_[inside<proton::tracker>::of(tracker)] = number;
        if (!command["settled"].flag) return;
        tracker.settle();
        forget(link, number);
    }

    /** Proton answers no drain while somebody holds a sent delivery that is settled. */
    void forget(int64_t link, int64_t number) {
        auto found = sent_.find({link, number});
        if (found == sent_.end()) return;
        delivery_numbers_.erase(inside<proton::tracker>::of(found->second));
        sent_.erase(found);
    }

    void settle(const value& command) {
        pn_delivery_settle(delivery_of(command));
        forget(command["link"].whole(), command["delivery"].whole());
    }

    pn_delivery_t* delivery_of(const value& command) {
        std::pair<int64_t, int64_t> key{command["link"].whole(), command["delivery"].whole()};
        auto received = received_.find(key);
        if (received != received_.end()) return inside<proton::delivery>::of(received->second);
        return inside<proton::tracker>::of(sent_.at(key));
    }

    void set_state(const value& command) {
        pn_delivery_t* one = delivery_of(command);
        ::set_state(one, command["state"]);
        if (command["settle"].flag) pn_delivery_settle(one);
    }

    static void drain(proton::receiver& receiver, uint32_t credit) {
        if (credit > 0) receiver.add_credit(credit);
        receiver.drain();
    }

    static void end(link_state& state) {
        if (state.sender) state.sender.session().close(); else state.receiver.session().close();
    }

    static void detach(link_state& state, bool closed) {
        if (state.sender) { if (closed) state.sender.close(); else state.sender.detach(); }
        else { if (closed) state.receiver.close(); else state.receiver.detach(); }
    }

    // --- events ---

    void on_connection_open(proton::connection& connection) override {
        connection_ = connection;
        queue_ = &connection.work_queue();
        fields properties;
        for (auto& [name, one] : connection.properties()) properties[name] = values::report(one);
        std::vector<value> capabilities;
        for (auto& name : connection.offered_capabilities()) capabilities.push_back(std::string(name));
        tell("open", {{"connection", number_}, {"containerId", connection.container_id()}, {"properties", properties}, {"capabilities", capabilities}});
    }
    void on_connection_close(proton::connection& connection) override {
        tell("close", failure({{"connection", number_}}, connection.error()));
    }
    void on_transport_close(proton::transport& transport) override {
        tell("disconnected", failure({{"connection", number_}}, transport.error()));
    }
    // Told with the close that follows each of them.
    void on_connection_error(proton::connection&) override {}
    void on_transport_error(proton::transport&) override {}
    void on_session_error(proton::session&) override {}
    void on_sender_error(proton::sender&) override {}
    void on_receiver_error(proton::receiver&) override {}
    void on_error(const proton::error_condition& error) override { tell("fault", {{"text", error.what()}}); }

    void on_sender_open(proton::sender& sender) override { tell_attached(inside<proton::sender>::of(sender)); }
    void on_receiver_open(proton::receiver& receiver) override { tell_attached(inside<proton::receiver>::of(receiver)); }
    void tell_attached(pn_link_t* link) {
        tell("attached", {{"link", link_numbers_[link]},
                          {"source", terminus(pn_link_remote_source(link))},
                          {"target", terminus(pn_link_remote_target(link))},
                          {"maxMessageSize", uint64_t(pn_link_remote_max_message_size(link))}});
    }

    void on_sender_close(proton::sender& sender) override { tell_detached(inside<proton::sender>::of(sender), true, sender.error()); }
    void on_sender_detach(proton::sender& sender) override { tell_detached(inside<proton::sender>::of(sender), false, sender.error()); }
    void on_receiver_close(proton::receiver& receiver) override { tell_detached(inside<proton::receiver>::of(receiver), true, receiver.error()); }
    void on_receiver_detach(proton::receiver& receiver) override { tell_detached(inside<proton::receiver>::of(receiver), false, receiver.error()); }
    void tell_detached(pn_link_t* link, bool closed, const proton::error_condition& error) {
        tell("detached", failure({{"link", link_numbers_[link]}, {"closed", closed}}, error));
    }

    void on_sendable(proton::sender& sender) override { tell_credit(sender, false); }
    void on_sender_drain_start(proton::sender& sender) override {
        tell_credit(sender, true);
        sender.return_credit();
    }
    void tell_credit(proton::sender& sender, bool drain) {
        tell("credit", {{"link", link_numbers_[inside<proton::sender>::of(sender)]}, {"credit", sender.credit()}, {"drain", drain}});
    }
    void on_receiver_drain_finish(proton::receiver& receiver) override {
        tell("drained", {{"link", link_numbers_[inside<proton::receiver>::of(receiver)]}});
    }

    void on_message(proton::delivery& delivery, proton::message& message) override {
        int64_t link = link_numbers_[inside<proton::receiver>::of(delivery.receiver())], number = ++received_count_;
        received_[{link, number}] = delivery;
        delivery_numbers_[inside<proton::delivery>::of(delivery)] = number;
        tell("message", {{"link", link}, {"delivery", number}, {"settled", delivery.settled()}, {"messageFormat", 0},
                         {"message", values::report_message(message)}});
        if (links_[link].auto_accept) delivery.accept();
    }
    void on_delivery_settle(proton::delivery& delivery) override {
        pn_delivery_t* one = inside<proton::delivery>::of(delivery);
        tell("settled", {{"link", link_numbers_[pn_delivery_link(one)]}, {"delivery", delivery_numbers_[one]}});
    }

    void on_tracker_settle(proton::tracker& tracker) override {
        tell_outcome(tracker);
        pn_delivery_t* one = inside<proton::tracker>::of(tracker);
        forget(link_numbers_[pn_delivery_link(one)], delivery_numbers_[one]);
    }
    void on_tracker_accept(proton::tracker& tracker) override { tell_unsettled(tracker); }
    void on_tracker_reject(proton::tracker& tracker) override { tell_unsettled(tracker); }
    void on_tracker_release(proton::tracker& tracker) override { tell_unsettled(tracker); }
    void tell_unsettled(proton::tracker& tracker) { if (!tracker.settled()) tell_outcome(tracker); }
    void tell_outcome(proton::tracker& tracker) {
        pn_delivery_t* one = inside<proton::tracker>::of(tracker);
        tell("outcome", {{"link", link_numbers_[pn_delivery_link(one)]}, {"delivery", delivery_numbers_[one]},
                         {"settled", tracker.settled()}, {"state", report_state(one)}});
    }
};
