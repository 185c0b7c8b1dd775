//===- FusionBuilder.h - writes the fused op
//------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_UTILS_FUSIONBUILDER_H
#define RCM_DIALECT_RCM_UTILS_FUSIONBUILDER_H

#include "rcm/Dialect/RCM/Utils/Layout.h"
#include "rcm/Dialect/RCM/Utils/Schedule.h"

#include "mlir/IR/Builders.h"

namespace rcm::match {

/// A tensor or scalar with the map from (b, h, m, n, k, d) to it.
struct MappedValue {
  mlir::Value value;
  mlir::AffineMap map;
};

/// Writes `rcm.attention` or `rcm.attention_skip` for a match: operands
/// reshaped where their dimensions are merged or split differently (views
/// only), coefficients and masks that are written as arithmetic computed by
/// small generics of exactly the dimensions they use.
class FusionBuilder {
public:
  FusionBuilder(mlir::OpBuilder &builder, mlir::Location loc,
                ExprReader &reader, Algebra &algebra, const SkipMatch &match,
                const Layout &layout)
      : builder(builder), loc(loc), reader(reader), algebra(algebra),
        match(match), layout(layout) {}

  /// The value that replaces the matched result; creates nothing if it fails.
  mlir::FailureOr<mlir::Value> build();

  const Refusal &getRefusal() const { return refusal; }
  /// The op that was made.
  mlir::Operation *getFusedOp() const { return fused; }
  /// The schedule that was recognized.
  std::optional<SkipSchedule> getSchedule() const { return schedule; }

private:
  mlir::LogicalResult refuse(Reason reason) {
    refusal = {reason, match.result.getDefiningOp()};
    return mlir::failure();
  }
  mlir::FailureOr<mlir::Value> buildAll();
  mlir::FailureOr<mlir::Value> buildFused(llvm::ArrayRef<MappedValue> operands,
                                          mlir::Value causalOffset);

  mlir::Value buildCausalOffset();

  // Operands (FusionBuilder.cpp).
  PlanRequest request(llvm::ArrayRef<unsigned> dims,
                      llvm::ArrayRef<unsigned> required, bool isKeySide,
                      bool keepsUnitDims) const;
  mlir::FailureOr<MappedValue> mapOperand(Expr *leaf,
                                          const PlanRequest &request);
  mlir::Value getOperandSize(VarId var);
  mlir::OpFoldResult getDimensionSize(llvm::ArrayRef<VarId> digits);
  mlir::FailureOr<mlir::OpFoldResult> getSize(llvm::ArrayRef<VarId> digits);
  mlir::Value reshape(mlir::Value value, const ReshapePlan &plan,
                      bool &isKnown);
  mlir::FailureOr<mlir::Value> restore(mlir::Value value,
                                       const ReshapePlan &plan,
                                       mlir::RankedTensorType type);

  // Arithmetic (CoefficientBuilder.cpp).
  mlir::FailureOr<MappedValue> buildCoefficient(const Sum &sum);
  mlir::FailureOr<MappedValue> buildBias();
  mlir::FailureOr<MappedValue> buildResidual(const PlanRequest &asResidual);
  mlir::FailureOr<Expr *> computeExpr(Expr *e, llvm::ArrayRef<unsigned> dims,
                                      mlir::Type type,
                                      llvm::SmallVectorImpl<unsigned> &usedDims);
  mlir::FailureOr<MappedValue>
  buildExpr(const Sum &sum, llvm::ArrayRef<unsigned> dims, mlir::Type type);
  mlir::FailureOr<Expr *> widenToF64(Expr *leaf);

  bool buildSchedule(MappedValue &alpha, MappedValue &beta);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  ExprReader &reader;
  Algebra &algebra;
  const SkipMatch &match;
  const Layout &layout;
  Refusal refusal;
  mlir::Operation *fused = nullptr;
  std::optional<SkipSchedule> schedule;
};

/// Writes `e` as scalar arithmetic of the float type `type` at the insertion
/// point; `readLeaf` and `readIndex` give the values of leaves and of numerals.
/// Null if `e` holds something that has no scalar op here.
mlir::Value
emitScalar(mlir::OpBuilder &builder, mlir::Location loc, Expr *e,
           mlir::Type type, llvm::function_ref<mlir::Value(Expr *)> readLeaf,
           llvm::function_ref<mlir::Value(llvm::ArrayRef<VarId>)> readIndex);

} // namespace rcm::match

#endif // RCM_DIALECT_RCM_UTILS_FUSIONBUILDER_H
