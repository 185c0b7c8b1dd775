//===- ExprReader.h - reads IR as scalar expressions
//----------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_EXPRREADER_H
#define RCM_DIALECT_RCM_UTILS_EXPRREADER_H

#include "rcm/Dialect/RCM/Utils/Expr.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"

namespace rcm::match {

/// Mistakes that tests ask for, to see that the differential test finds them.
enum class PlantedBug : unsigned {
  None = 0,
  InitialValueDropped = 1, ///< every sum is taken to start at 0
  UnaryIgnored = 2,        ///< |x| is taken for x
  AnyDenominator = 3,      ///< any sum of exponentials normalizes
};

/// Reads values as expressions. One reader serves one match: it owns the
/// variables and the nodes.
///
/// `leaf` looks through everything that only moves elements (transposes,
/// broadcasts, reshapes, casts of static-ness, exact widening of floats, by
/// whatever op they are written) before it makes the node; `open` replaces a
/// leaf by the arithmetic that computes it. What is not understood stays a
/// leaf, which is always right.
class ExprReader {
public:
  VarTable vars;
  ExprArena arena;
  PlantedBug plantedBug = PlantedBug::None;

  /// The element `index` of the tensor `root`, or the scalar `root`.
  Expr *leaf(mlir::Value root, IndexTuple index);

  /// What computes the leaf `e`; null if nothing is known about it. Other
  /// nodes than leaves are returned as they are.
  Expr *open(Expr *e);

  /// Fresh variables for the dimensions of `value`, as an index of it.
  IndexTuple freshIndex(mlir::Value value);

  /// Steps (opened leaves) that a match may take; keeps the cost of a single
  /// anchor bounded whatever the module looks like.
  static constexpr unsigned kMaxOpenedLeaves = 2048;
  bool isExhausted() const { return numOpened > kMaxOpenedLeaves; }

private:
  /// What a linalg body is evaluated in.
  struct Body {
    mlir::linalg::LinalgOp op;
    llvm::SmallVector<Digits> loops; ///< the numeral of each loop
    /// The accumulator of a reduction, null in elementwise ops.
    mlir::BlockArgument accumulator;
    llvm::DenseMap<mlir::Value, Expr *> memo;
  };

  // Views (ExprReaderViews.cpp).
  /// One step through an op that only moves elements; false if it does not.
  bool stepThroughView(mlir::Value &root, IndexTuple &index);
  bool stepThroughCollapse(mlir::tensor::CollapseShapeOp op, mlir::Value &root,
                           IndexTuple &index);
  bool stepThroughGeneric(mlir::linalg::LinalgOp op, unsigned result,
                          mlir::Value &root, IndexTuple &index);

  // Linalg (ExprReaderLinalg.cpp).
  std::optional<llvm::SmallVector<Digits>> bindLoops(mlir::linalg::LinalgOp op,
                                                     unsigned result,
                                                     const IndexTuple &index,
                                                     Digits &bound);
  std::optional<IndexTuple> readMap(mlir::AffineMap map, mlir::Type type,
                                    llvm::ArrayRef<Digits> loops);
  Expr *readOperand(mlir::OpOperand &operand, const Body &body);
  Expr *readLinalg(mlir::linalg::LinalgOp op, unsigned result,
                   const IndexTuple &index);
  Expr *readReduction(mlir::linalg::LinalgOp op, unsigned result,
                      const IndexTuple &index, Body &body, Digits bound);
  Expr *readSoftmax(mlir::linalg::SoftmaxOp op, const IndexTuple &index);

  // Scalars (ExprReaderScalars.cpp).
  Expr *readInBody(mlir::Value value, Body &body);
  Expr *readOpInBody(mlir::Operation *op, Body &body);
  Expr *readScalar(mlir::Value value);
  Expr *readTensorArithmetic(mlir::Operation *op, const IndexTuple &index);
  Expr *readArithmetic(mlir::Operation *op, llvm::ArrayRef<Expr *> args);
  Expr *readCompare(mlir::Operation *op, llvm::ArrayRef<Expr *> args);
  Expr *readSelect(llvm::ArrayRef<Expr *> args, mlir::Type type,
                   mlir::Operation *op);

  Expr *compute(Expr *leaf);

  llvm::DenseMap<mlir::Value, Expr *> scalars;
  unsigned numOpened = 0;
};

/// True for ops of arith and math, which work element by element on tensors
/// too. Asked of the dialect and not of the trait `Elementwise`: where a trait's
/// id is a symbol of its own in two shared libraries, no op has the trait.
bool isScalarArithmetic(mlir::Operation *op);

/// True if every iteration of `op` has an element of `operand` of its own. An
/// init that is not covered is written more than once, and what a body reads
/// from it depends on the order.
bool coversAllLoops(mlir::linalg::LinalgOp op, mlir::OpOperand *operand);

/// The constant that every element of `value` is, if the IR says so: constants
/// and splats of them, fills with them, tensor.splat.
std::optional<double> getUniformConstant(mlir::Value value);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_EXPRREADER_H
