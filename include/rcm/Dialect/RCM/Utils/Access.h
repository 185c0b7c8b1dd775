//===- Access.h - index variables and what a reshape does to them
//---------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The matcher's map algebra. A tensor element is named by one index per
// dimension; an index is a numeral whose digits are variables, most significant
// first, each with its own extent: after `tensor.collapse_shape [[0, 1]]` of
// [B, H] the index is the two digits (b, h), that is b * H + h. A permutation
// reorders indices, a broadcast drops them, a size-1 dimension has the empty
// numeral (always 0), an expand_shape concatenates digits and a collapse_shape
// cuts a numeral, splitting a variable into digits where the cut falls inside.
// Nothing here knows about operations.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_ACCESS_H
#define RCM_DIALECT_RCM_UTILS_ACCESS_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace rcm::match {

/// A variable: a loop dimension, or a digit of one.
using VarId = unsigned;

/// A numeral over variables, most significant digit first; empty means 0.
using Digits = llvm::SmallVector<VarId, 2>;

/// One numeral per dimension of a tensor.
using IndexTuple = llvm::SmallVector<Digits, 4>;

/// Where the extent of a variable can be read: dimension `dim` of `value`, or
/// `value` itself, an index, if `dim` is -1.
struct ExtentSource {
  mlir::Value value;
  int64_t dim = 0;
};

/// Follows a size through casts, reshapes and destinations to where it was
/// made, as far as the IR shows it.
ExtentSource getOrigin(ExtentSource source);

/// True if both dimensions have the same size, as far as the IR shows it: they
/// go back to one value or to one dimension of one tensor.
bool isSameSize(ExtentSource a, ExtentSource b);

/// The variables of one match. A variable may be split once into digits;
/// everybody who holds it sees the digits through `resolve`.
class VarTable {
public:
  /// A new variable of the given extent (`ShapedType::kDynamic` if unknown).
  VarId add(int64_t extent, ExtentSource source = {});

  int64_t getExtent(VarId var) const { return vars[var].extent; }
  ExtentSource getSource(VarId var) const { return vars[var].source; }

  /// Narrows an unknown extent once it is learned from another operand.
  void learnExtent(VarId var, int64_t extent);

  /// `digits` with every split variable replaced by its digits.
  Digits resolve(llvm::ArrayRef<VarId> digits) const;
  IndexTuple resolve(const IndexTuple &index) const;

  /// True if `a` and `b` always have the same value: the same digits after
  /// `resolve`, those of extent 1 left out.
  bool isSame(llvm::ArrayRef<VarId> a, llvm::ArrayRef<VarId> b) const;

  /// Cuts the numeral `digits` of extent prod(sizes) into one numeral per
  /// size, as reading through a collapse_shape of dimensions `sizes` does.
  /// Splits variables where needed. `sources` name the dimensions of `sizes`.
  /// Nothing if the cuts cannot be proven to fall on (splittable) digits.
  std::optional<IndexTuple> cut(llvm::ArrayRef<VarId> digits,
                                llvm::ArrayRef<int64_t> sizes,
                                llvm::ArrayRef<ExtentSource> sources = {});

  /// Identifies the variables `from`, bound in a scope of their own, with the
  /// numeral `to` of the same extent. False if the digits do not line up.
  bool identify(llvm::ArrayRef<VarId> from, llvm::ArrayRef<VarId> to);

private:
  struct Var {
    int64_t extent;
    ExtentSource source;
    Digits children; ///< Empty unless split.
  };

  /// Splits `var` into digits of the given extents.
  Digits split(VarId var, llvm::ArrayRef<int64_t> extents,
               llvm::ArrayRef<ExtentSource> sources);

  std::vector<Var> vars;
};

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_ACCESS_H
