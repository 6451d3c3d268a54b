// As much JSON as the suite's protocol needs: one value a line, read and written.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace json {

class value {
  public:
    enum kind { null, boolean, number, text, list, object };
    kind type = null;
    bool flag = false;
    double amount = 0;
    std::string string;
    std::vector<value> items;
    std::map<std::string, value> members;

    value() = default;
    value(bool one) : type(boolean), flag(one) {}
    value(int one) : type(number), amount(one) {}
    value(int64_t one) : type(number), amount(double(one)) {}
    value(uint32_t one) : type(number), amount(one) {}
    value(uint64_t one) : type(number), amount(double(one)) {}
    value(double one) : type(number), amount(one) {}
    value(const char* one) : type(text), string(one) {}
    value(std::string one) : type(text), string(std::move(one)) {}
    value(std::vector<value> some) : type(list), items(std::move(some)) {}
    value(std::map<std::string, value> some) : type(object), members(std::move(some)) {}

    bool has(const std::string& name) const {
        auto found = members.find(name);
        return found != members.end() && found->second.type != null;
    }
    /** The member, or a null. */
    const value& operator[](const std::string& name) const {
        static const value none;
        auto found = members.find(name);
        return found == members.end() ? none : found->second;
    }
    int64_t whole() const { return int64_t(amount); }
};

inline void write(std::string& out, const std::string& text) {
    out += '"';
    for (unsigned char c : text) {
        if (c == '"' || c == '\\') { out += '\\'; out += char(c); }
        else if (c < 0x20) { char escape[8]; std::snprintf(escape, sizeof escape, "\\u%04x", c); out += escape; }
        else out += char(c);
    }
    out += '"';
}

inline void write(std::string& out, const value& one) {
    bool first = true;
    switch (one.type) {
      case value::null: out += "null"; break;
      case value::boolean: out += one.flag ? "true" : "false"; break;
      case value::text: write(out, one.string); break;
      case value::number: {
        char digits[32];
        bool is_whole = std::floor(one.amount) == one.amount && std::fabs(one.amount) < 9e15;
        std::snprintf(digits, sizeof digits, is_whole ? "%.0f" : "%.17g", one.amount);
        out += digits;
        break;
      }
      case value::list:
        out += '[';
        for (auto& item : one.items) { if (!first) out += ','; first = false; write(out, item); }
        out += ']';
        break;
      case value::object:
        out += '{';
        for (auto& [name, member] : one.members) {
            if (!first) out += ',';
            first = false;
            write(out, name);
            out += ':';
            write(out, member);
        }
        out += '}';
    }
}

class reader {
  public:
    explicit reader(const std::string& text) : at(text.c_str()) {}

    value read() {
        blanks();
        switch (*at) {
          case '{': return object();
          case '[': return list();
          case '"': return value(text());
          case 't': return word("true", value(true));
          case 'f': return word("false", value(false));
          case 'n': return word("null", value());
          default: return number();
        }
    }

  private:
    const char* at;

    void blanks() { while (*at == ' ' || *at == '\t') ++at; }
    [[noreturn]] void fail() const { throw std::runtime_error(std::string("no JSON at: ") + at); }
    bool take(char c) { blanks(); if (*at != c) return false; ++at; return true; }

    value word(const std::string& name, value one) {
        if (name.compare(0, name.size(), at, name.size()) != 0) fail();
        at += name.size();
        return one;
    }
    value number() {
        char* end;
        double amount = std::strtod(at, &end);
        if (end == at) fail();
        at = end;
        return value(amount);
    }
    value object() {
        std::map<std::string, value> members;
        ++at;
        while (!take('}')) {
            blanks();
            std::string name = text();
            if (!take(':')) fail();
            members[name] = read();
            take(',');
        }
        return value(std::move(members));
    }
    value list() {
        std::vector<value> items;
        ++at;
        while (!take(']')) { items.push_back(read()); take(','); }
        return value(std::move(items));
    }
    std::string text() {
        if (*at != '"') fail();
        std::string out;
        for (++at; *at != '"'; ++at) {
            if (*at == 0) fail();
            if (*at == '\\') escape(out); else out += *at;
        }
        ++at;
        return out;
    }
    void escape(std::string& out) {
        switch (*++at) {
          case 'n': out += '\n'; return;
          case 't': out += '\t'; return;
          case 'r': out += '\r'; return;
          case 'b': out += '\b'; return;
          case 'f': out += '\f'; return;
          case 'u': unicode(out); return;
          default: out += *at;
        }
    }
    // The suite writes everything beyond the control characters as it is: two bytes of UTF-8 are enough here.
    void unicode(std::string& out) {
        unsigned code = unsigned(std::strtoul(std::string(at + 1, 4).c_str(), nullptr, 16));
        at += 4;
        if (code < 0x80) out += char(code);
        else { out += char(0xc0 | (code >> 6)); out += char(0x80 | (code & 0x3f)); }
    }
};

} // namespace json
