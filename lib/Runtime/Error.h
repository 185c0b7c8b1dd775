//===- Error.h - Result codes and the thread's error text -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_RUNTIME_ERROR_H
#define RCM_LIB_RUNTIME_ERROR_H

#include "rcm/Runtime/RCMRuntime.h"

#include <exception>
#include <new>

namespace rcm::runtime {

/// Stores one line as the calling thread's error text and returns `code`.
/// Longer texts are cut; nothing is allocated.
rcmResult fail(rcmResult code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Puts `context` and ": " in front of the thread's error text.
void addContext(const char *context);

/// Keeps the thread's error text over calls that may change it.
class KeepErrorText {
public:
  KeepErrorText();
  ~KeepErrorText();
  KeepErrorText(const KeepErrorText &) = delete;
  KeepErrorText &operator=(const KeepErrorText &) = delete;

private:
  char saved[2048];
};

/// Runs the body of an exported function: no exception leaves the library.
template <typename Body> rcmResult guarded(const char *function, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(RCM_ERROR_OUT_OF_MEMORY, "%s: host memory is exhausted",
                function);
  } catch (const std::exception &error) {
    return fail(RCM_ERROR_INTERNAL, "%s: %s", function, error.what());
  }
}

/// "expected `name` not to be null", for parameters of exported functions.
inline rcmResult failNull(const char *function, const char *name) {
  return fail(RCM_ERROR_INVALID_ARGUMENT, "%s: expected `%s` not to be null",
              function, name);
}

} // namespace rcm::runtime

#endif // RCM_LIB_RUNTIME_ERROR_H
