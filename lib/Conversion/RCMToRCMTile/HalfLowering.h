//===- HalfLowering.h - Host side of one 16-bit attention -------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_RCMTORCMTILE_HALFLOWERING_H
#define RCM_CONVERSION_RCMTORCMTILE_HALFLOWERING_H

#include "AttentionLowering.h"
#include "AttentionOperands.h"
#include "HalfKernel.h"

namespace rcm::tile {

inline constexpr int64_t kBytes = 2; // of an element
/// The copy engine's strides and addresses are multiples of it.
inline constexpr int64_t kMapAlignment = 16;

/// Lowers one operation.
class HalfHost {
public:
  HalfHost(AttentionOpInterface op, mlir::gpu::GPUModuleOp module,
           llvm::StringRef prefix, Recipe recipe)
      : op(op), module(module), recipe(recipe), b(op.getLoc(), op) {
    spec.name = prefix.str();
  }
  llvm::LogicalResult lower();

private:
  llvm::LogicalResult checkTypes();
  llvm::LogicalResult checkMapped(llvm::StringRef name,
                                  const HostOperand &operand,
                                  AttentionDim inner);
  void describe();
  mlir::FailureOr<ScheduleAttr> schedule(bool narrow);
  mlir::Value mapped(const HostOperand &operand, AttentionDim row,
                     int64_t inner, mlir::Value rowCount, int64_t boxRows);
  void fillArguments();
  void addCoefficient(llvm::StringRef name, mlir::Value given,
                      const std::optional<HostOperand> &operand);
  void readOperands();
  llvm::LogicalResult launch(ScheduleAttr schedule, llvm::StringRef suffix,
                             mlir::Value predicate);

  AttentionOpInterface op;
  mlir::gpu::GPUModuleOp module;
  Recipe recipe;
  HostBuilder b;
  HalfSpec spec;
  AttentionOperands in;
  std::optional<HostOperand> time;
  Arguments arguments;
  mlir::Value visibleKeys;
};

} // namespace rcm::tile

#endif // RCM_CONVERSION_RCMTORCMTILE_HALFLOWERING_H
