//===- Array.cpp - Owning strided tensors ---------------------------------===//

#include "rcm/Reference/Array.h"
#include "rcm/Reference/Numbers.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace rcm::reference {
namespace {

/// Cache line, and the widest vector register's alignment.
constexpr size_t kAlignment = 64;

struct TypeName {
  ElementType type;
  std::string_view name;
  int64_t width;
};

constexpr TypeName kTypes[] = {
    {ElementType::F16, "f16", 2}, {ElementType::BF16, "bf16", 2},
    {ElementType::F32, "f32", 4}, {ElementType::F64, "f64", 8},
    {ElementType::I1, "i1", 1},   {ElementType::I8, "i8", 1},
    {ElementType::I32, "i32", 4}, {ElementType::I64, "i64", 8}};

const TypeName &describe(ElementType type) {
  return kTypes[static_cast<int>(type)];
}

template <typename T> T readAs(const void *data, int64_t offset) {
  T value;
  std::memcpy(&value,
              static_cast<const char *>(data) +
                  offset * static_cast<int64_t>(sizeof(T)),
              sizeof(T));
  return value;
}

template <typename T> void writeAs(void *data, int64_t offset, T value) {
  std::memcpy(static_cast<char *>(data) +
                  offset * static_cast<int64_t>(sizeof(T)),
              &value, sizeof(T));
}

template <typename T> T toInteger(double value) {
  if (std::isnan(value))
    return 0;
  value = std::nearbyint(value);
  // 2^63 is no int64: compare against the next power of two.
  double limit = std::ldexp(1.0, std::numeric_limits<T>::digits);
  if (value >= limit)
    return std::numeric_limits<T>::max();
  if (value < -limit)
    return std::numeric_limits<T>::min();
  return static_cast<T>(value);
}

/// 1 + the largest reachable offset, or nothing when it overflows.
std::optional<int64_t> extent(const std::vector<int64_t> &shape,
                              const std::vector<int64_t> &strides) {
  int64_t last = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0)
      return 0;
    int64_t reach;
    if (__builtin_mul_overflow(shape[i] - 1, strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last))
      return std::nullopt;
  }
  return last + 1;
}

} // namespace

int64_t byteWidth(ElementType type) { return describe(type).width; }

std::string_view toString(ElementType type) { return describe(type).name; }

std::optional<ElementType> parseElementType(std::string_view text) {
  for (const TypeName &entry : kTypes)
    if (entry.name == text)
      return entry.type;
  return std::nullopt;
}

bool isFloat(ElementType type) {
  return type == ElementType::F16 || type == ElementType::BF16 ||
         type == ElementType::F32 || type == ElementType::F64;
}

double loadElement(ElementType type, const void *data, int64_t offset) {
  switch (type) {
  case ElementType::F16:
    return fromF16(readAs<uint16_t>(data, offset));
  case ElementType::BF16:
    return fromBF16(readAs<uint16_t>(data, offset));
  case ElementType::F32:
    return readAs<float>(data, offset);
  case ElementType::F64:
    return readAs<double>(data, offset);
  case ElementType::I1:
    return readAs<uint8_t>(data, offset) != 0;
  case ElementType::I8:
    return readAs<int8_t>(data, offset);
  case ElementType::I32:
    return readAs<int32_t>(data, offset);
  case ElementType::I64:
    return static_cast<double>(readAs<int64_t>(data, offset));
  }
  return 0;
}

void storeElement(ElementType type, void *data, int64_t offset, double value) {
  switch (type) {
  case ElementType::F16:
    return writeAs(data, offset, toF16(value));
  case ElementType::BF16:
    return writeAs(data, offset, toBF16(value));
  case ElementType::F32:
    return writeAs(data, offset, static_cast<float>(value));
  case ElementType::F64:
    return writeAs(data, offset, value);
  case ElementType::I1:
    return writeAs<uint8_t>(data, offset, value != 0 && !std::isnan(value));
  case ElementType::I8:
    return writeAs(data, offset, toInteger<int8_t>(value));
  case ElementType::I32:
    return writeAs(data, offset, toInteger<int32_t>(value));
  case ElementType::I64:
    return writeAs(data, offset, toInteger<int64_t>(value));
  }
}

std::string shapeToString(const std::vector<int64_t> &shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

void Array::Free::operator()(std::byte *memory) const { std::free(memory); }

Result<Array> Array::create(ElementType type, std::vector<int64_t> shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = step;
    if (shape[i] > 1 && __builtin_mul_overflow(step, shape[i], &step))
      return Error{"expected a size that fits 63 bits, got shape " +
                   shapeToString(shape)};
  }
  return create(type, std::move(shape), std::move(strides));
}

Result<Array> Array::create(ElementType type, std::vector<int64_t> shape,
                            std::vector<int64_t> strides) {
  if (shape.size() != strides.size())
    return Error{"expected " + std::to_string(shape.size()) + " strides, got " +
                 std::to_string(strides.size())};
  int64_t elements = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < 0 || strides[i] < 0)
      return Error{"expected sizes and strides of at least 0, got shape " +
                   shapeToString(shape) + " and strides " +
                   shapeToString(strides)};
    if (__builtin_mul_overflow(elements, shape[i], &elements))
      return Error{"expected a size that fits 63 bits, got shape " +
                   shapeToString(shape)};
  }
  Array array;
  std::optional<int64_t> reach = extent(shape, strides);
  if (!reach || __builtin_mul_overflow(*reach, byteWidth(type), &array.bytes) ||
      array.bytes > std::numeric_limits<int64_t>::max() -
                        static_cast<int64_t>(kAlignment))
    return Error{"expected a size that fits 63 bits, got shape " +
                 shapeToString(shape)};
  // aligned_alloc wants a multiple of the alignment, and data() is never null.
  size_t padded =
      (static_cast<size_t>(array.bytes) / kAlignment + 1) * kAlignment;
  array.storage.reset(
      static_cast<std::byte *>(std::aligned_alloc(kAlignment, padded)));
  if (!array.storage)
    return Error{"expected " + std::to_string(array.bytes) +
                 " bytes of memory for shape " + shapeToString(shape) +
                 ", got none"};
  std::memset(array.storage.get(), 0, padded);
  array.type = type;
  array.sizes = std::move(shape);
  array.steps = std::move(strides);
  array.count = elements;
  return array;
}

Result<Array> Array::fromValues(ElementType type, std::vector<int64_t> shape,
                                const std::vector<double> &values) {
  Result<Array> array = create(type, std::move(shape));
  if (!array)
    return array;
  if (array->numElements() != static_cast<int64_t>(values.size()))
    return Error{"expected " + std::to_string(array->numElements()) +
                 " values for shape " + shapeToString(array->shape()) +
                 ", got " + std::to_string(values.size())};
  for (size_t i = 0; i < values.size(); ++i)
    storeElement(type, array->data(), static_cast<int64_t>(i), values[i]);
  return array;
}

bool Array::isContiguous() const {
  int64_t step = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] != 1 && steps[i] != step)
      return false;
    step *= sizes[i];
  }
  return true;
}

int64_t Array::offsetOf(int64_t index) const {
  int64_t offset = 0;
  for (size_t i = sizes.size(); i-- > 0;) {
    offset += index % sizes[i] * steps[i];
    index /= sizes[i];
  }
  return offset;
}

double Array::get(int64_t index) const {
  return loadElement(type, data(), offsetOf(index));
}

void Array::set(int64_t index, double value) {
  storeElement(type, data(), offsetOf(index), value);
}

void Array::fillBytes(uint8_t byte) {
  std::memset(storage.get(), byte, static_cast<size_t>(bytes));
}

Result<Array> Array::clone() const {
  Result<Array> copy = create(type, sizes, steps);
  if (copy)
    std::memcpy(copy->data(), data(), static_cast<size_t>(bytes));
  return copy;
}

std::vector<double> Array::toF64() const {
  std::vector<double> values(static_cast<size_t>(count));
  bool dense = isContiguous();
  for (int64_t i = 0; i < count; ++i)
    values[i] = loadElement(type, data(), dense ? i : offsetOf(i));
  return values;
}

std::vector<float> Array::toF32() const {
  std::vector<float> values(static_cast<size_t>(count));
  bool dense = isContiguous();
  for (int64_t i = 0; i < count; ++i)
    values[i] =
        static_cast<float>(loadElement(type, data(), dense ? i : offsetOf(i)));
  return values;
}

} // namespace rcm::reference
