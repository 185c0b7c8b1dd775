//===- Result.h - A value or one line of error text -------------*- C++ -*-===//

#ifndef RCM_REFERENCE_RESULT_H
#define RCM_REFERENCE_RESULT_H

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace rcm::reference {

/// One line of error text: lower case, what was expected and what was found,
/// no final period. Functions of this library never throw across their API.
struct Error {
  std::string message;
};

/// Either a value or an Error.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : storage(std::move(value)) {}
  Result(Error error) : failure(std::move(error)) {}

  explicit operator bool() const { return storage.has_value(); }
  T &operator*() {
    assert(storage && "value of a failed result");
    return *storage;
  }
  const T &operator*() const {
    assert(storage && "value of a failed result");
    return *storage;
  }
  T *operator->() { return &**this; }
  const T *operator->() const { return &**this; }

  /// The error text; empty when there is a value.
  const std::string &error() const { return failure.message; }

private:
  std::optional<T> storage;
  Error failure;
};

/// Success, or an Error.
template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : failure(std::move(error)), failed(true) {}

  explicit operator bool() const { return !failed; }
  const std::string &error() const { return failure.message; }

private:
  Error failure;
  bool failed = false;
};

} // namespace rcm::reference

#endif // RCM_REFERENCE_RESULT_H
