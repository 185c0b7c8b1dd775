//===- Arguments.cpp - Matching a call's arguments ------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Arguments.h"

#include "Error.h"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstring>

using namespace rcm::runtime;
using namespace rcm::object;

namespace {
/// Checks one argument; texts begin with "argument <index> `<name>`".
class Binder {
public:
  Binder(const Argument &expected, size_t index, const rcmArgument &given)
      : expected(expected), index(index), given(given) {}

  rcmResult bind(BoundArgument &bound) {
    if (rcmResult result = checkKind())
      return result;
    if (expected.kind == ArgumentKind::Scalar) {
      bindScalar(bound);
      return RCM_SUCCESS;
    }
    if (rcmResult result = bindShape(bound))
      return result;
    return bindPointer(bound);
  }

private:
  rcmResult mismatch(const char *format, ...)
      __attribute__((format(printf, 2, 3)));

  rcmResult checkKind();
  void bindScalar(BoundArgument &bound);
  rcmResult bindShape(BoundArgument &bound);
  rcmResult bindPointer(BoundArgument &bound);

  const Argument &expected;
  size_t index;
  const rcmArgument &given;
  /// Some size is 0: no element is ever read or written.
  bool isEmpty = false;
};
} // namespace

rcmResult Binder::mismatch(const char *format, ...) {
  char text[512];
  va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof(text), format, values);
  va_end(values);
  return fail(RCM_ERROR_ARGUMENT_MISMATCH,
              "expected argument %zu `%s` to be %s", index,
              expected.name.c_str(), text);
}

rcmResult Binder::checkKind() {
  static const char *const kKinds[] = {"a tensor", "a scalar"};
  auto kind = static_cast<unsigned>(expected.kind);
  if (static_cast<unsigned>(given.kind) > RCM_ARGUMENT_SCALAR ||
      given.kind != static_cast<rcmArgumentKind>(kind))
    return mismatch("%s, got %s", kKinds[kind], kKinds[!kind]);
  auto type = static_cast<rcmType>(expected.type);
  if (given.type != type)
    return mismatch("of type %s, got %s", rcmTypeName(type),
                    rcmTypeName(given.type));
  int rank = static_cast<int>(expected.sizes.size());
  if (given.rank != rank)
    return mismatch("of rank %d, got %d", rank, given.rank);
  return RCM_SUCCESS;
}

void Binder::bindScalar(BoundArgument &bound) {
  switch (expected.type) {
  case ElementType::I32:
    bound.scalar = static_cast<int64_t>(given.scalar.i32);
    return;
  case ElementType::F32:
    std::memcpy(&bound.scalar, &given.scalar.f32, sizeof(float));
    return;
  default: // f64 and i64
    std::memcpy(&bound.scalar, &given.scalar, sizeof(bound.scalar));
  }
}

rcmResult Binder::bindShape(BoundArgument &bound) {
  int rank = given.rank;
  if (rank && !given.sizes)
    return mismatch("given with sizes, got a null pointer");
  isEmpty = false;
  for (int d = 0; d < rank; ++d) {
    int64_t size = given.sizes[d], wanted = expected.sizes[d];
    if (size < 0 || (wanted != kDynamic && size != wanted))
      return wanted == kDynamic
                 ? mismatch("of size 0 or more in dimension %d, got %" PRId64,
                            d, size)
                 : mismatch("of size %" PRId64 " in dimension %d, got %" PRId64,
                            wanted, d, size);
    bound.sizes[d] = size;
    isEmpty |= size == 0;
  }
  // Offsets in bytes must fit 63 bits, so that no kernel's address overflows.
  uint64_t dense = 1, reach = 0;
  uint64_t limit = INT64_MAX / getElementBytes(expected.type);
  for (int d = rank - 1; d >= 0; --d) {
    int64_t size = bound.sizes[d], wanted = expected.strides[d];
    int64_t stride = given.strides ? given.strides[d] : dense;
    // The stride of a dimension of size 1 is never used.
    if (wanted != kDynamic && stride != wanted && size > 1 && !isEmpty)
      return mismatch("of stride %" PRId64 " in dimension %d, got %" PRId64,
                      wanted, d, stride);
    bound.strides[d] = wanted != kDynamic ? wanted : stride;
    uint64_t step = stride < 0 ? -static_cast<uint64_t>(stride) : stride;
    uint64_t steps = size > 1 ? size - 1 : 0, extent = 0;
    if (__builtin_mul_overflow(step, steps, &extent) ||
        __builtin_add_overflow(reach, extent, &reach) || reach >= limit)
      if (!isEmpty)
        return mismatch("of less than 2^63 bytes, got more");
    if (__builtin_mul_overflow(dense, size > 1 ? size : 1, &dense) ||
        dense > INT64_MAX)
      dense = INT64_MAX;
  }
  return RCM_SUCCESS;
}

rcmResult Binder::bindPointer(BoundArgument &bound) {
  bound.data = reinterpret_cast<uintptr_t>(given.data);
  if (!bound.data && !isEmpty)
    return mismatch("given with a device pointer, got null");
  if (bound.data % expected.alignment && !isEmpty)
    return mismatch("aligned to %u bytes, got address 0x%" PRIx64,
                    expected.alignment, bound.data);
  return RCM_SUCCESS;
}

rcmResult rcm::runtime::bindArguments(const Entry &entry,
                                      const rcmArgument *arguments,
                                      size_t count,
                                      std::vector<BoundArgument> &bound) {
  if (count != entry.arguments.size())
    return fail(RCM_ERROR_ARGUMENT_MISMATCH,
                "expected %zu arguments of `%s`, got %zu",
                entry.arguments.size(), entry.name.c_str(), count);
  if (count && !arguments)
    return fail(RCM_ERROR_INVALID_ARGUMENT,
                "expected `arguments` not to be null");
  bound.assign(count, BoundArgument());
  for (size_t i = 0; i < count; ++i)
    if (rcmResult result =
            Binder(entry.arguments[i], i, arguments[i]).bind(bound[i]))
      return result;
  return RCM_SUCCESS;
}
