//===- HostProgram.h - Host functions to programs ---------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// Values of the program are those of the function: integers narrower than 64
// bits are kept sign-extended, except i1, which is 0 or 1.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_TARGET_HOSTPROGRAM_H
#define RCM_LIB_TARGET_HOSTPROGRAM_H

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"
#include "rcm/Runtime/KernelObject.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/DenseMap.h"

namespace rcm {

/// Index of a kernel in the object, by `@module::@kernel`.
using KernelIndices = llvm::DenseMap<mlir::Attribute, uint32_t>;

/// Turns a host function into an entry: arguments, properties, program.
mlir::FailureOr<object::Entry> buildEntry(mlir::func::FuncOp function,
                                          const KernelIndices &kernels);

/// Strings of a `rcm_rt.properties` dictionary, sorted.
object::Properties getProperties(mlir::Operation *op);

/// Emits the values of a host function into a program, each once and before its
/// first use.
class ValueEmitter {
public:
  ValueEmitter(mlir::func::FuncOp function, object::Entry &entry)
      : function(function), entry(entry) {}

  /// The number of a value. Emits what it depends on. Fails, with an error on
  /// the operation, for operations that programs cannot express and for values
  /// that do not exist yet at this stage (scratch memory, tensor maps).
  mlir::FailureOr<uint32_t> emit(mlir::Value value);

  /// Declares what a value is, from now on.
  void define(mlir::Value value, uint32_t number) { numbers[value] = number; }

  uint32_t append(object::Opcode opcode, uint32_t a = 0, uint32_t b = 0,
                  uint32_t c = 0, uint64_t immediate = 0,
                  uint16_t modifier = 0);
  uint32_t constant(int64_t value);
  /// Launches fail with `text` where the i1 `condition` is 0.
  void require(uint32_t condition, std::string text);

private:
  mlir::FailureOr<uint32_t> emitDefinition(mlir::Value value);
  mlir::FailureOr<uint32_t> emitConstant(mlir::Operation *op);
  mlir::FailureOr<uint32_t> emitMemRefQuery(mlir::Value value);
  mlir::FailureOr<uint32_t> emitCast(mlir::Operation *op, uint32_t operand);
  mlir::FailureOr<uint32_t> emitInteger(mlir::Operation *op);
  mlir::FailureOr<uint32_t> emitFloat(mlir::Operation *op);
  uint32_t extend(uint32_t value, mlir::Type type, bool isSigned);

  mlir::func::FuncOp function;
  object::Entry &entry;
  llvm::DenseMap<mlir::Value, uint32_t> numbers;
};

/// Describes the function's arguments in the entry. Fails, with an error on the
/// function, for types that programs cannot take.
mlir::LogicalResult addArguments(mlir::func::FuncOp function,
                                 object::Entry &entry);

/// Emits the requirement that memrefs with the identity layout be dense.
void requireDenseArguments(mlir::func::FuncOp function,
                           const object::Entry &entry, ValueEmitter &values);

} // namespace rcm

#endif // RCM_LIB_TARGET_HOSTPROGRAM_H
