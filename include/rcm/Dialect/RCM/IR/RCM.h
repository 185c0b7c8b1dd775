//===- RCM.h - the rcm dialect --------------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_IR_RCM_H
#define RCM_DIALECT_RCM_IR_RCM_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace rcm {

/// The logical dimensions of attention: the domain of every indexing map.
enum AttentionDim : unsigned {
  kBatch = 0,    ///< b
  kHead = 1,     ///< h, a query head
  kQueryRow = 2, ///< m
  kKeyRow = 3,   ///< n
  kKeyDim = 4,   ///< k, the dimension D that Q and K share
  kValueDim = 5, ///< d, the dimension Dv of V and the output
};
inline constexpr unsigned kNumAttentionDims = 6;

class AttentionOpInterface;

/// The default map of an operand whose dimensions are the last `rank` of
/// `dims`, except that rank 3 leaves out the heads: (b, h, m, k) of rank 3 is
/// (b, m, k). Null if the rank has no default.
mlir::AffineMap getDefaultOperandMap(mlir::MLIRContext *context,
                                     llvm::ArrayRef<unsigned> dims,
                                     int64_t rank);

/// The default map of a coefficient: the first `rank` of (b, h, m, d).
mlir::AffineMap getDefaultCoefficientMap(mlir::MLIRContext *context,
                                         int64_t rank);

/// `maps` as an attribute, or null if they are the defaults of `operands`
/// (in the order of `AttentionOpInterface::getMaps`), so that builders do not
/// write what goes without saying.
mlir::ArrayAttr getMapsAttrOrNull(mlir::MLIRContext *context,
                                  llvm::ArrayRef<mlir::AffineMap> maps,
                                  mlir::ValueRange operands, bool hasSkip,
                                  bool hasBias);

/// The constant that every element of `value` is, if it is a literal: an
/// arith.constant, scalar or splat, or a constant memref.global, which such a
/// tensor is bufferized to.
std::optional<double> getLiteralConstant(mlir::Value value);

/// True if `coefficient` is the literal 0 (of either sign), which leaves its
/// operand unread (attention_c11); false for null, an absent coefficient.
bool isLiteralZero(mlir::Value coefficient);

/// True if `op` reads `value`, one of its inputs: not if all its uses as an
/// input are behind a literal coefficient of 0.
bool readsOperand(AttentionOpInterface op, mlir::Value value);

/// The indexing maps by operand name; null for absent operands.
struct AttentionMaps {
  mlir::AffineMap query, key, value, residual, alpha, beta, bias, out, lse;
};

/// A scalar constant if `value` is a tensor or memref literal, else null. A
/// coefficient that is sliced or bufferized stays a literal only as a scalar.
mlir::Value getScalarLiteral(mlir::OpBuilder &builder, mlir::Value value);

/// `op` on other operands: `newOperands` in the order of `getMappedOperands`,
/// tensors or memrefs, of the same ranks. Maps, scale, `causal` and discardable
/// attributes are kept; literal coefficients become scalars.
mlir::Operation *cloneAttention(mlir::OpBuilder &builder,
                                AttentionOpInterface op,
                                mlir::ValueRange newOperands,
                                mlir::Value causalOffset);

enum class SkipSchedule : uint32_t;

/// c_skip and c_out of a time in f64: what the lowering to linalg computes.
std::pair<double, double> evaluateSkipSchedule(SkipSchedule schedule, double t,
                                               double sigma);

namespace detail {
llvm::SmallVector<mlir::AffineMap> getMapsOrDefaults(mlir::Operation *op);
llvm::SmallVector<mlir::Value> getMappedOperands(mlir::Operation *op);
AttentionMaps getNamedMaps(mlir::Operation *op);
mlir::LogicalResult verifyAttention(mlir::Operation *op);
} // namespace detail
} // namespace rcm

#include "rcm/Dialect/RCM/IR/RCMDialect.h.inc"
#include "rcm/Dialect/RCM/IR/RCMEnums.h.inc"

#include "rcm/Dialect/RCM/IR/RCMInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCM/IR/RCMAttrs.h.inc"

#define GET_OP_CLASSES
#include "rcm/Dialect/RCM/IR/RCMOps.h.inc"

#endif // RCM_DIALECT_RCM_IR_RCM_H
