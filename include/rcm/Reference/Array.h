//===- Array.h - Owning strided tensors -------------------------*- C++ -*-===//

#ifndef RCM_REFERENCE_ARRAY_H
#define RCM_REFERENCE_ARRAY_H

#include "rcm/Reference/Result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rcm::reference {

enum class ElementType { F16, BF16, F32, F64, I1, I8, I32, I64 };

/// Bytes of one element in memory; an I1 is one byte holding 0 or 1.
int64_t byteWidth(ElementType type);
/// The MLIR spelling: "f16", "bf16", "f32", "f64", "i1", "i8", "i32", "i64".
std::string_view toString(ElementType type);
std::optional<ElementType> parseElementType(std::string_view text);
bool isFloat(ElementType type);

/// One element as f64, and back (rounded to nearest even; integers saturate,
/// NaN becomes 0 in them). `offset` counts elements from `data`.
double loadElement(ElementType type, const void *data, int64_t offset);
void storeElement(ElementType type, void *data, int64_t offset, double value);

/// "2x3x4", the form shapes have in messages.
std::string shapeToString(const std::vector<int64_t> &shape);

/// A tensor that owns its memory: element type, shape, strides in elements,
/// storage aligned to 64 bytes. Logical indices are row-major over the shape
/// whatever the strides are. Move-only; `clone` copies.
class Array {
public:
  Array() = default;

  /// Zero-filled, row-major. Fails on a negative size, on a size whose bytes
  /// do not fit 63 bits and when memory runs out.
  static Result<Array> create(ElementType type, std::vector<int64_t> shape);
  /// Zero-filled, with the given non-negative strides in elements; the
  /// elements between them belong to the storage.
  static Result<Array> create(ElementType type, std::vector<int64_t> shape,
                              std::vector<int64_t> strides);
  /// Row-major, from values in logical order; one per element.
  static Result<Array> fromValues(ElementType type, std::vector<int64_t> shape,
                                  const std::vector<double> &values);

  ElementType elementType() const { return type; }
  const std::vector<int64_t> &shape() const { return sizes; }
  const std::vector<int64_t> &strides() const { return steps; }
  int64_t rank() const { return static_cast<int64_t>(sizes.size()); }
  int64_t numElements() const { return count; }
  /// Bytes of the storage, gaps between strides included.
  int64_t storageBytes() const { return bytes; }
  bool isContiguous() const;

  void *data() { return storage.get(); }
  const void *data() const { return storage.get(); }
  template <typename T> T *dataAs() { return static_cast<T *>(data()); }
  template <typename T> const T *dataAs() const {
    return static_cast<const T *>(data());
  }

  /// Element offset of the row-major logical index.
  int64_t offsetOf(int64_t index) const;
  double get(int64_t index) const;
  void set(int64_t index, double value);

  /// Every byte of the storage, gaps included: poison for tests.
  void fillBytes(uint8_t byte);
  Result<Array> clone() const;
  /// All elements in logical order.
  std::vector<double> toF64() const;
  std::vector<float> toF32() const;

private:
  struct Free {
    void operator()(std::byte *memory) const;
  };
  ElementType type = ElementType::F32;
  std::vector<int64_t> sizes, steps;
  int64_t count = 0, bytes = 0;
  std::unique_ptr<std::byte[], Free> storage;
};

} // namespace rcm::reference

#endif // RCM_REFERENCE_ARRAY_H
