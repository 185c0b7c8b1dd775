//===- PTXBlock.h - Builds one inline PTX block -----------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTILETONVVM_PTXBLOCK_H
#define RCM_LIB_CONVERSION_RCMTILETONVVM_PTXBLOCK_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace rcm::tile {

/// Assembles one block of PTX instructions with typed operands. Operands are
/// declared first and named by handles; their numbers and constraints are
/// worked out when the block is emitted.
///
/// ```
/// PTXBlock ptx(builder, loc);
/// auto sum = ptx.readWrite(a);
/// auto other = ptx.read(b);
/// ptx.line("add.f32 " + sum + ", " + sum + ", " + other + ";");
/// SmallVector<Value> results = ptx.emit();
/// ```
class PTXBlock {
public:
  PTXBlock(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  /// The text that stands for a register inside the block.
  using Register = std::string;

  /// A result that the block only writes.
  Register write(mlir::Type type);
  /// A result that starts as `value`.
  Register readWrite(mlir::Value value);
  /// An input.
  Register read(mlir::Value value);

  llvm::SmallVector<Register> write(mlir::Type type, int64_t count);
  llvm::SmallVector<Register> readWrite(mlir::ValueRange values);
  llvm::SmallVector<Register> read(mlir::ValueRange values);

  /// `{a, b, c}`.
  static std::string list(llvm::ArrayRef<Register> registers);

  void line(const llvm::Twine &text);
  /// The block reads or writes memory that no operand names.
  void clobbersMemory() { memory = true; }

  /// Emits the block; results in the order of the write and readWrite calls.
  /// Without `sideEffects` equal blocks may be merged and unused ones dropped.
  llvm::SmallVector<mlir::Value> emit(bool sideEffects = true);

private:
  struct Output {
    mlir::Type type;
    mlir::Value tied; // null for a register that is only written
  };
  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<Output> outputs;
  llvm::SmallVector<mlir::Value> inputs;
  std::string text;
  bool memory = false;
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTILETONVVM_PTXBLOCK_H
