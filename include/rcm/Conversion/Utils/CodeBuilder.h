//===- CodeBuilder.h - short names for emitted arithmetic -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_UTILS_CODEBUILDER_H
#define RCM_CONVERSION_UTILS_CODEBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rcm {

/// An ImplicitLocOpBuilder with index arithmetic that folds, structured loops
/// and floating-point helpers that work on scalars and vectors alike.
class CodeBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ValueRange = mlir::ValueRange;
  using mlir::ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  // Indices.
  Value index(int64_t value);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b) { return add(a, index(b)); }
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value mul(Value a, int64_t b) { return mul(a, index(b)); }
  Value div(Value a, Value b);
  Value rem(Value a, Value b);
  Value min(Value a, Value b);
  Value max(Value a, Value b);
  /// ceil(a / b) for a >= 0 and a constant b > 0.
  Value ceilDiv(Value a, int64_t b);
  /// `a` rounded up to a multiple of b.
  Value roundUp(Value a, int64_t b) { return mul(ceilDiv(a, b), b); }
  /// min(max(a, low), high).
  Value clamp(Value a, Value low, Value high) {
    return min(max(a, low), high);
  }
  /// True if a < b as signed indices.
  Value less(Value a, Value b);

  // Floating point, elementwise on scalars and vectors.
  /// A scalar or splat constant.
  Value constant(mlir::Type type, double value);
  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  /// a * b + c; may be contracted to one rounding, and is wherever the target
  /// has the instruction.
  Value fma(Value a, Value b, Value c);
  /// The larger one; `b` if either is NaN. One instruction on x86.
  Value maxKeepingSecond(Value a, Value b);
  /// `value` in floating-point type `type` (both scalars or vectors).
  Value convert(Value value, mlir::Type elementType);
  Value splat(Value scalar, mlir::VectorType type);
  /// n vectors of n elements as a matrix, transposed; n is a power of two.
  llvm::SmallVector<Value> transpose(ValueRange rows);

  // Memory: rank-1 buffers.
  Value load(Value buffer, Value index);
  Value loadVector(mlir::VectorType type, Value buffer, Value index);
  /// A scalar read into every lane.
  Value loadSplat(mlir::VectorType type, Value buffer, Value index);
  void store(Value value, Value buffer, Value index);

  // Control flow.
  using LoopBody = llvm::function_ref<void(Value)>;
  using ReducingBody = llvm::function_ref<llvm::SmallVector<Value>(
      Value, ValueRange)>;
  void loop(Value low, Value high, int64_t step, LoopBody body);
  llvm::SmallVector<Value> loop(Value low, Value high, int64_t step,
                                ValueRange inits, ReducingBody body);
  void ifThen(Value condition, llvm::function_ref<void()> body);
};

} // namespace rcm

#endif // RCM_CONVERSION_UTILS_CODEBUILDER_H
