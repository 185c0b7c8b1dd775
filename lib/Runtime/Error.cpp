//===- Error.cpp - Result codes and the thread's error text ---------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Error.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

using namespace rcm::runtime;

namespace {
constexpr size_t kTextBytes = 2048;
thread_local char errorText[kTextBytes];

/// Error texts are one line, whatever the driver or a file puts into them.
void makeOneLine() {
  for (char *c = errorText; *c; ++c)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
}
} // namespace

rcmResult rcm::runtime::fail(rcmResult code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(errorText, kTextBytes, format, arguments);
  va_end(arguments);
  makeOneLine();
  return code;
}

void rcm::runtime::addContext(const char *context) {
  char text[kTextBytes];
  std::memcpy(text, errorText, kTextBytes);
  size_t length = std::strlen(context);
  if (length + 3 > kTextBytes)
    return;
  std::memcpy(errorText, context, length);
  std::memcpy(errorText + length, ": ", 2);
  // What does not fit is cut off at the end.
  size_t kept = std::min(std::strlen(text), kTextBytes - length - 3);
  std::memcpy(errorText + length + 2, text, kept);
  errorText[length + 2 + kept] = '\0';
}

KeepErrorText::KeepErrorText() {
  static_assert(sizeof(saved) == kTextBytes);
  std::memcpy(saved, errorText, kTextBytes);
}

KeepErrorText::~KeepErrorText() { std::memcpy(errorText, saved, kTextBytes); }

extern "C" const char *rcmGetLastErrorText(void) { return errorText; }

extern "C" const char *rcmResultName(rcmResult result) {
  switch (result) {
#define RCM_CASE(name)                                                         \
  case name:                                                                   \
    return #name;
    RCM_CASE(RCM_SUCCESS)
    RCM_CASE(RCM_ERROR_INVALID_ARGUMENT)
    RCM_CASE(RCM_ERROR_NO_DRIVER)
    RCM_CASE(RCM_ERROR_NO_DEVICE)
    RCM_CASE(RCM_ERROR_UNSUPPORTED_DEVICE)
    RCM_CASE(RCM_ERROR_DRIVER_TOO_OLD)
    RCM_CASE(RCM_ERROR_CORRUPT_OBJECT)
    RCM_CASE(RCM_ERROR_NEWER_OBJECT)
    RCM_CASE(RCM_ERROR_FILE)
    RCM_CASE(RCM_ERROR_NOT_FOUND)
    RCM_CASE(RCM_ERROR_ARGUMENT_MISMATCH)
    RCM_CASE(RCM_ERROR_REQUIREMENT)
    RCM_CASE(RCM_ERROR_OUT_OF_MEMORY)
    RCM_CASE(RCM_ERROR_LAUNCH_LIMIT)
    RCM_CASE(RCM_ERROR_DRIVER)
    RCM_CASE(RCM_ERROR_INTERNAL)
#undef RCM_CASE
  }
  return "unknown result";
}

extern "C" uint32_t rcmRuntimeVersion(void) { return RCM_RUNTIME_VERSION; }
