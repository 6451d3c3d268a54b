// What Proton C++ has no words for (the details of an outcome, second settle mode, coordinators), said to Proton's C objects
// behind it; and how the client tells what happens.
#pragma once
#include "client_values.hpp"
#include <proton/condition.h>
#include <proton/delivery.h>
#include <proton/disposition.h>
#include <proton/error_condition.hpp>
#include <proton/link.h>
#include <proton/terminus.h>
#include <unistd.h>

using json::value;
using fields = std::map<std::string, value>;

// The C object behind a C++ one.
template <class T> struct inside : T {
    static auto of(const T& one) { return (one.*(&inside::pn_object))(); }
};

inline void tell(const char* on, fields some) {
    some["on"] = on;
    std::string line;
    json::write(line, value(std::move(some)));
    line += '\n';
    for (size_t at = 0; at < line.size();) {
        ssize_t written = ::write(1, line.data() + at, line.size() - at);
        if (written <= 0) _exit(1);
        at += size_t(written);
    }
}

inline value text_or_null(const std::string& text) { return text.empty() ? value() : value(text); }
inline value text_or_null(const char* text) { return text && *text ? value(text) : value(); }

inline fields failure(fields some, const proton::error_condition& error) {
    some["condition"] = text_or_null(error.name());
    some["description"] = text_or_null(error.description());
    return some;
}

// C's and C++'s holders of values understand each other by their encoding only.
inline value report_data(pn_data_t* data) {
    if (!data || pn_data_size(data) == 0) return value();
    std::string encoded(size_t(pn_data_encoded_size(data)), 0);
    pn_data_encode(data, &encoded[0], encoded.size());
    proton::value copy;
    proton::codec::decoder(copy).decode(encoded);
    return values::report(copy);
}

inline void fill_data(pn_data_t* data, const value& members) {
    if (members.type != value::object) return;
    proton::value holder;
    proton::codec::encoder encoder(holder);
    encoder << values::to_symbol_map(members);
    std::string encoded = encoder.encode();
    pn_data_decode(data, encoded.data(), encoded.size());
}

inline value terminus(pn_terminus_t* one) {
    if (pn_terminus_get_type(one) == PN_UNSPECIFIED) return value();
    return fields{{"address", text_or_null(pn_terminus_get_address(one))}, {"dynamic", pn_terminus_is_dynamic(one)}};
}

inline const std::map<std::string, uint64_t> states{
    {"accepted", PN_ACCEPTED}, {"rejected", PN_REJECTED}, {"released", PN_RELEASED}, {"modified", PN_MODIFIED}};

inline value report_state(pn_delivery_t* one) {
    uint64_t state = pn_delivery_remote_state(one);
    pn_disposition_t* remote = pn_delivery_remote(one);
    fields told{{"outcome", state == PN_RECEIVED ? "received" : "none"}};
    for (auto& [name, code] : states) if (code == state) told["outcome"] = name;
    if (state == PN_REJECTED) {
        pn_condition_t* condition = pn_disposition_condition(remote);
        told["condition"] = text_or_null(pn_condition_get_name(condition));
        told["description"] = text_or_null(pn_condition_get_description(condition));
        told["info"] = report_data(pn_condition_info(condition));
    }
    if (state == PN_MODIFIED) {
        told["deliveryFailed"] = pn_disposition_is_failed(remote);
        told["undeliverableHere"] = pn_disposition_is_undeliverable(remote);
        told["annotations"] = report_data(pn_disposition_annotations(remote));
    }
    return told;
}

inline void set_state(pn_delivery_t* one, const value& state) {
    pn_disposition_t* local = pn_delivery_local(one);
    if (state.has("condition")) {
        pn_condition_t* condition = pn_disposition_condition(local);
        pn_condition_set_name(condition, state["condition"].string.c_str());
        if (state.has("description")) pn_condition_set_description(condition, state["description"].string.c_str());
        fill_data(pn_condition_info(condition), state["info"]);
    }
    pn_disposition_set_failed(local, state["deliveryFailed"].flag);
    pn_disposition_set_undeliverable(local, state["undeliverableHere"].flag);
    fill_data(pn_disposition_annotations(local), state["annotations"]);
    pn_delivery_update(one, states.at(state["outcome"].string));
}

inline void set_settle_modes(pn_link_t* link, const std::string& sender, const std::string& receiver) {
    if (sender == "unsettled") pn_link_set_snd_settle_mode(link, PN_SND_UNSETTLED);
    if (sender == "settled") pn_link_set_snd_settle_mode(link, PN_SND_SETTLED);
    if (sender == "mixed") pn_link_set_snd_settle_mode(link, PN_SND_MIXED);
    if (receiver == "second") pn_link_set_rcv_settle_mode(link, PN_RCV_SECOND);
}
