//===- Npy.h - NumPy's .npy files -------------------------------*- C++ -*-===//

#ifndef RCM_REFERENCE_NPY_H
#define RCM_REFERENCE_NPY_H

#include "rcm/Reference/Array.h"

namespace rcm::reference {

/// What the caller expects of a file; unset means "anything that maps".
struct NpyExpectation {
  std::optional<ElementType> type;
  /// -1 matches any size.
  std::optional<std::vector<int64_t>> shape;
};

/// Reads a .npy file, version 1.0, 2.0 or 3.0, C or Fortran order, little
/// endian, into a row-major array.
///
/// Types: <f2 <f4 <f8 |i1 <i4 <i8 |b1 map to f16, f32, f64, i8, i32, i64, i1.
/// NumPy has no bf16. People store its bits as <u2, <i2 or |V2 (what
/// `array.view(np.uint16)` and ml_dtypes write); these are read only where
/// bf16 is expected explicitly. No value is ever converted.
///
/// A missing, truncated, over-long or malformed file, another type or another
/// shape gives one error line that starts with the path.
Result<Array> readNpy(const std::string &path,
                      const NpyExpectation &expectation = {});

/// Writes version 1.0, C order; bf16 as <u2. The file appears complete or not
/// at all: it is written beside `path` under a temporary name and renamed.
Result<void> writeNpy(const std::string &path, const Array &array);

} // namespace rcm::reference

#endif // RCM_REFERENCE_NPY_H
