// AMQP values of Proton C++ as JSON and back; the rules are those of ../values.ts.
#pragma once
#include "json.hpp"
#include <array>
#include <proton/binary.hpp>
#include <proton/codec/map.hpp>
#include <proton/codec/vector.hpp>
#include <proton/message.hpp>
#include <proton/message_id.hpp>
#include <proton/symbol.hpp>
#include <proton/timestamp.hpp>
#include <proton/types.hpp>
#include <proton/value.hpp>

namespace values {

constexpr size_t binary_reported_max = 1024;

inline std::string to_base64(const std::string& bytes) {
    static const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k) group = (group << 8) | (i + k < bytes.size() ? uint8_t(bytes[i + k]) : 0);
        for (size_t k = 0; k < 4; ++k) out += i + k > bytes.size() ? '=' : digits[(group >> (18 - 6 * k)) & 63];
    }
    return out;
}

inline std::string from_base64(const std::string& text) {
    std::string out;
    uint32_t group = 0;
    int bits = 0;
    for (char c : text) {
        int digit = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
                  : c == '+' ? 62 : c == '/' ? 63 : -1;
        if (digit < 0) break;
        group = (group << 6) | uint32_t(digit);
        bits += 6;
        if (bits >= 8) { bits -= 8; out += char((group >> bits) & 0xff); }
    }
    return out;
}

/** As zlib and the standard library of Python know it. */
inline uint32_t crc32(const std::string& bytes) {
    static const auto table = [] {
        std::array<uint32_t, 256> rows{};
        for (uint32_t i = 0; i < 256; ++i) {
            uint32_t row = i;
            for (int k = 0; k < 8; ++k) row = row & 1 ? 0xedb88320u ^ (row >> 1) : row >> 1;
            rows[i] = row;
        }
        return rows;
    }();
    uint32_t sum = 0xffffffffu;
    for (unsigned char c : bytes) sum = table[(sum ^ c) & 0xff] ^ (sum >> 8);
    return sum ^ 0xffffffffu;
}

inline proton::binary patterned_bytes(size_t size) {
    proton::binary bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = uint8_t(i % 251);
    return bytes;
}

inline proton::value to_value(const json::value& one) {
    switch (one.type) {
      case json::value::boolean: return one.flag;
      case json::value::text: return one.string;
      case json::value::number:
        if (std::floor(one.amount) == one.amount) return one.whole();
        return one.amount;
      case json::value::list: {
        std::vector<proton::value> items;
        for (auto& item : one.items) items.push_back(to_value(item));
        return items;
      }
      case json::value::object: {
        if (one.has("$symbol")) return proton::symbol(one["$symbol"].string);
        if (one.has("$binary")) return proton::binary(from_base64(one["$binary"].string));
        std::map<std::string, proton::value> members;
        for (auto& [name, member] : one.members) members[name] = to_value(member);
        return members;
      }
      default: return proton::value();
    }
}

template <class M> void to_annotations(const json::value& one, M& map) {
    for (auto& [name, member] : one.members) map.put(proton::symbol(name), to_value(member));
}

inline std::map<proton::symbol, proton::value> to_symbol_map(const json::value& one) {
    std::map<proton::symbol, proton::value> map;
    for (auto& [name, member] : one.members) map[proton::symbol(name)] = to_value(member);
    return map;
}

inline proton::message to_message(const json::value& one) {
    proton::message message;
    if (one.has("durable")) message.durable(one["durable"].flag);
    if (one.has("priority")) message.priority(uint8_t(one["priority"].whole()));
    if (one.has("ttl")) message.ttl(proton::duration(uint64_t(one["ttl"].whole())));
    if (one.has("deliveryCount")) message.delivery_count(uint32_t(one["deliveryCount"].whole()));
    if (one.has("messageId")) message.id(one["messageId"].string);
    if (one.has("userId")) message.user(one["userId"].string);
    if (one.has("to")) message.to(one["to"].string);
    if (one.has("subject")) message.subject(one["subject"].string);
    if (one.has("replyTo")) message.reply_to(one["replyTo"].string);
    if (one.has("correlationId")) message.correlation_id(one["correlationId"].string);
    if (one.has("contentType")) message.content_type(one["contentType"].string);
    if (one.has("contentEncoding")) message.content_encoding(one["contentEncoding"].string);
    if (one.has("expiryTime")) message.expiry_time(proton::timestamp(one["expiryTime"].whole()));
    if (one.has("creationTime")) message.creation_time(proton::timestamp(one["creationTime"].whole()));
    if (one.has("groupId")) message.group_id(one["groupId"].string);
    if (one.has("groupSequence")) message.group_sequence(int32_t(one["groupSequence"].whole()));
    if (one.has("replyToGroupId")) message.reply_to_group_id(one["replyToGroupId"].string);
    to_annotations(one["deliveryAnnotations"], message.delivery_annotations());
    to_annotations(one["messageAnnotations"], message.message_annotations());
    for (auto& [name, member] : one["applicationProperties"].members) {
        proton::value content = to_value(member);
        message.properties().put(name, proton::get<proton::scalar>(content));
    }
    if (one.has("body")) {
        message.body(to_value(one["body"]));
        message.inferred(one["body"].has("$binary"));
    }
    return message;
}

inline json::value report_binary(const std::string& bytes) {
    if (bytes.size() <= binary_reported_max) return std::map<std::string, json::value>{{"$binary", to_base64(bytes)}};
    return std::map<std::string, json::value>{{"$bytes", uint64_t(bytes.size())}, {"$crc32", crc32(bytes)}};
}

inline json::value report(const proton::value& one);

inline json::value report_map(const proton::value& one) {
    std::map<std::string, json::value> members;
    std::map<proton::value, proton::value> some;
    proton::get(one, some);
    for (auto& [name, member] : some) members[proton::coerce<std::string>(name)] = report(member);
    return members;
}

inline json::value report(const proton::value& one) {
    if (one.empty()) return json::value();
    switch (one.type()) {
      case proton::NULL_TYPE: return json::value();
      case proton::BOOLEAN: return proton::get<bool>(one);
      case proton::STRING: case proton::SYMBOL: return proton::coerce<std::string>(one);
      case proton::BINARY: {
        auto bytes = proton::get<proton::binary>(one);
        return report_binary(std::string(bytes.begin(), bytes.end()));
      }
      case proton::FLOAT: case proton::DOUBLE: return proton::coerce<double>(one);
      case proton::TIMESTAMP: return int64_t(proton::get<proton::timestamp>(one).milliseconds());
      case proton::LIST: case proton::ARRAY: {
        std::vector<json::value> items;
        std::vector<proton::value> some;
        proton::get(one, some);
        for (auto& item : some) items.push_back(report(item));
        return items;
      }
      case proton::MAP: return report_map(one);
      default: return proton::coerce<int64_t>(one);
    }
}

template <class M> json::value report_annotations(const M& map) {
    return map.empty() ? json::value() : report_map(map.value());
}

inline json::value report_id(const proton::message_id& id) { return id.empty() ? json::value() : proton::coerce<std::string>(id); }

inline json::value report_message(const proton::message& message) {
    return std::map<std::string, json::value>{
        {"durable", message.durable()},
        {"priority", int64_t(message.priority())},
        {"ttl", int64_t(message.ttl().milliseconds())},
        {"deliveryCount", message.delivery_count()},
        {"deliveryAnnotations", report_annotations(message.delivery_annotations())},
        {"messageAnnotations", report_annotations(message.message_annotations())},
        {"messageId", report_id(message.id())},
        {"userId", message.user()},
        {"to", message.to()},
        {"subject", message.subject()},
        {"replyTo", message.reply_to()},
        {"correlationId", report_id(message.correlation_id())},
        {"contentType", message.content_type()},
        {"contentEncoding", message.content_encoding()},
        {"expiryTime", int64_t(message.expiry_time().milliseconds())},
        {"creationTime", int64_t(message.creation_time().milliseconds())},
        {"groupId", message.group_id()},
        {"groupSequence", int64_t(message.group_sequence())},
        {"replyToGroupId", message.reply_to_group_id()},
        {"applicationProperties", report_annotations(message.properties())},
        {"body", report(message.body())},
    };
}

} // namespace values
