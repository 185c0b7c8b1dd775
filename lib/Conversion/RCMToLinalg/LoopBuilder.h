//===- LoopBuilder.h - linalg ops over named loops --------------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTOLINALG_LOOPBUILDER_H
#define RCM_CONVERSION_RCMTOLINALG_LOOPBUILDER_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include <optional>

namespace rcm {

/// The loops of the lowered attention. Query heads are `group * members +
/// member` where a group shares one head of keys and values; without grouped
/// queries there is only the group loop.
enum Loop : unsigned {
  kBatchLoop,
  kGroupLoop,
  kMemberLoop,
  kRowLoop,   ///< m, query rows
  kKeyLoop,   ///< n, keys
  kDepthLoop, ///< k, dimension of queries and keys
  kValueLoop, ///< d, dimension of values
};
inline constexpr unsigned kNumLoops = 7;

/// A tensor, memref or scalar with the map from the loops to its dimensions.
struct View {
  mlir::Value value;
  mlir::AffineMap map;
  /// If set, the group loop runs over query heads, and the head of this view
  /// is that loop's index divided by `members`. Such a view, of a memref, is
  /// read element by element inside the ops, because its map is no projection.
  mlir::Value members = {};
};

/// Emits ops over the loops, on tensors or on memrefs alike: a view that is
/// written comes back with its new value.
class LoopBuilder {
public:
  /// What the body of an op sees.
  struct Body {
    mlir::OpBuilder &builder;
    mlir::Location loc;
    /// The elements of the inputs, then the element of the destination.
    llvm::SmallVector<mlir::Value> elements;
    /// The position of each loop in the op; nothing for absent loops.
    llvm::SmallVector<std::optional<unsigned>> positions;

    mlir::Value getIndex(Loop loop) const;
    mlir::Value constant(mlir::Type type, double value) const;
  };
  using BodyFn = llvm::function_ref<mlir::Value(Body &)>;

  LoopBuilder(mlir::OpBuilder &builder, mlir::Location loc, bool onTensors)
      : builder(builder), loc(loc), onTensors(onTensors), sizes(kNumLoops) {}

  void setSize(unsigned loop, mlir::OpFoldResult size) { sizes[loop] = size; }

  /// An uninitialised tensor or buffer with one dimension per loop of `loops`.
  View makeTemporary(llvm::ArrayRef<unsigned> loops, mlir::Type elementType);

  View fill(View view, double value);

  /// One op: `body` gives the element of `out`. Loops in `reductions` carry a
  /// reduction.
  View emit(llvm::ArrayRef<View> ins, View out,
            llvm::ArrayRef<unsigned> reductions, BodyFn body);

  /// Deallocates the temporaries, which nothing may use afterwards.
  void freeTemporaries();

private:
  mlir::Value gather(const View &view, const Body &body) const;

  mlir::OpBuilder &builder;
  mlir::Location loc;
  bool onTensors;
  llvm::SmallVector<mlir::OpFoldResult> sizes;
  llvm::SmallVector<mlir::Value> buffers;
};

/// `value` as a float of type `type`: extended, rounded or as it is.
mlir::Value convertFloat(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::Type type);

} // namespace rcm

#endif // RCM_CONVERSION_RCMTOLINALG_LOOPBUILDER_H
