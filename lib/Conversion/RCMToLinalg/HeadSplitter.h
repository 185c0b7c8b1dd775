//===- HeadSplitter.h - grouped heads as two dimensions ---------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOLINALG_HEADSPLITTER_H
#define RCM_CONVERSION_RCMTOLINALG_HEADSPLITTER_H

#include "LoopBuilder.h"
#include "rcm/Dialect/RCM/IR/RCM.h"

namespace rcm {

/// Maps the operands of an attention op to the loops. When keys and values may
/// have fewer heads than the queries, there are two ways:
///   - if the number of their heads is known, dimension h of every other
///     operand is split into (group, member), so that all maps are projections;
///   - if not, keys and values are repeated for every query head of a group
///     (tensors), or gathered from (memrefs): upstream lowers no split into two
///     unknown sizes.
class HeadSplitter {
public:
  /// False if the heads of a memref would have to be split and its layout is
  /// not strided, the one thing that cannot be done.
  static bool canSplit(AttentionOpInterface op);

  /// Determines sizes; emits `dim` ops for those that are not static. Expects
  /// `canSplit`.
  HeadSplitter(mlir::OpBuilder &builder, AttentionOpInterface op);

  /// The size of a loop; null if no operand has the dimension.
  mlir::OpFoldResult getLoopSize(unsigned loop) const { return sizes[loop]; }
  /// The loops of `map`'s dimensions, in the order of `Loop`.
  llvm::SmallVector<unsigned> getLoops(mlir::AffineMap map) const;

  /// The view of a key or value operand: its h is the group, if split.
  View viewShared(mlir::Value value, mlir::AffineMap map);
  /// The view of any other operand, split where needed.
  View viewQuerySide(mlir::Value value, mlir::AffineMap map);
  /// Undoes the split of `viewQuerySide`: a tensor of type `type`.
  mlir::Value merge(View view, mlir::Type type);

private:
  mlir::Value split(mlir::Value value, unsigned position);
  mlir::Value repeat(mlir::Value value, unsigned position);
  mlir::AffineMap mapToLoops(mlir::AffineMap map, bool split) const;

  mlir::OpBuilder &builder;
  AttentionOpInterface op;
  bool splits = false;
  mlir::Value members; ///< query heads per group, if groups are not known
  llvm::SmallVector<mlir::OpFoldResult> sizes;
};

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOLINALG_HEADSPLITTER_H
