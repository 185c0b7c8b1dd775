//===- KernelBuilder.h - Writes kernels of tile operations ------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_KERNELBUILDER_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_KERNELBUILDER_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"
#include "llvm/ADT/StringMap.h"

namespace rcm::tile {

/// One kernel parameter. The host names what it passes, the kernel names what
/// it reads, so the two cannot disagree about the order.
struct KernelParameter {
  std::string name;
  mlir::Type type;
};
using KernelParameters = llvm::SmallVector<KernelParameter>;

/// Short names for the operations that kernels are written with. Scalar
/// integers are i32 unless a name says otherwise; divisions are unsigned.
class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;
  using Values = llvm::SmallVector<mlir::Value>;

  /// Starts the kernel `name` of `threads` threads at the end of `module`;
  /// the insertion point is in its body, its parameters are readable.
  mlir::gpu::GPUFuncOp beginKernel(mlir::gpu::GPUModuleOp module,
                                   llvm::StringRef name,
                                   const KernelParameters &parameters,
                                   int64_t threads);
  /// The parameter `name`.
  mlir::Value parameter(llvm::StringRef name) const;
  /// The low 32 bits of an i64 parameter.
  mlir::Value parameter32(llvm::StringRef name);

  mlir::Value i32(int64_t value);
  mlir::Value i64(int64_t value);
  mlir::Value f32(double value);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value shr(mlir::Value a, int64_t bits);
  mlir::Value bitAnd(mlir::Value a, int64_t mask);
  mlir::Value flip(mlir::Value parity);
  mlir::Value minimum(mlir::Value a, mlir::Value b);
  mlir::Value maximum(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value c, mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, int64_t b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value atLeast(mlir::Value a, int64_t b);
  mlir::Value wide(mlir::Value a);   ///< i32 to i64, sign kept
  mlir::Value narrow(mlir::Value a); ///< i64 to i32

  mlir::Value mulf(mlir::Value a, mlir::Value b);
  mlir::Value addf(mlir::Value a, mlir::Value b);
  mlir::Value subf(mlir::Value a, mlir::Value b);
  mlir::Value divf(mlir::Value a, mlir::Value b);
  mlir::Value fmaf(mlir::Value a, mlir::Value b, mlir::Value c);
  mlir::Value greaterf(mlir::Value a, mlir::Value b);
  mlir::Value equalf(mlir::Value a, mlir::Value b);
  mlir::Value exp2(mlir::Value a);
  mlir::Value reciprocal(mlir::Value a);

  mlir::Value id(IdKind kind);
  mlir::Value barrier(int64_t offset, mlir::Value index);
  mlir::Value shared(SharedType type, int64_t offset, mlir::Value index,
                     int64_t stride);
  void wait(mlir::Value barrier, mlir::Value parity);
  mlir::Value load(mlir::Value memory, mlir::Value index, mlir::Type type);
  void store(mlir::Value value, mlir::Value memory, mlir::Value index);

  void ifThen(mlir::Value condition, llvm::function_ref<void()> then);
  void ifElse(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise);
  /// `body` maps the loop's index and the carried values to the next ones.
  Values
  forLoop(mlir::Value from, mlir::Value to, mlir::Value step,
          mlir::ValueRange carried,
          llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);

  FragmentType accumulator(int64_t columns, mlir::Type element);
  FragmentType rows();
  FragmentType leadRows();
  FragmentType columns(int64_t count);
  mlir::Value splat(double value, FragmentType type);
  mlir::Value slice(mlir::Value source, int64_t column, int64_t count);
  /// One scalar function over fragments and scalars.
  mlir::Value map(FragmentType type, mlir::ValueRange inputs,
                  llvm::function_ref<mlir::Value(mlir::ValueRange)> function);

private:
  llvm::StringMap<mlir::Value> parameters;
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_KERNELBUILDER_H
