//===- RCMTile.h - The tile dialect ------------------------------*- C++
//-*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILE_H
#define RCM_DIALECT_RCMTILE_IR_RCMTILE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "rcm/Dialect/RCMTile/IR/RCMTileDialect.h.inc"
#include "rcm/Dialect/RCMTile/IR/RCMTileEnums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileAttrs.h.inc"

#define GET_OP_CLASSES
#include "rcm/Dialect/RCMTile/IR/RCMTileOps.h.inc"

namespace rcm::tile {

/// Bytes of shared memory that a block may use on compute capability 9.0
/// (CUDA C++ Programming Guide, table of compute capabilities: 227 KB).
constexpr int64_t kMaxSharedBytes = 232448;

/// Where one attention kernel keeps what in shared memory, in bytes.
struct SharedPlan {
  int64_t query, residual, key, value, coefficients, barriers, total;
  int64_t queryStride, residualStride, keyStride, valueStride,
      coefficientStride;

  /// f32 elements of a table: factor and correction per column, alpha, beta,
  /// rounded to 16 bytes. The ranges of the query rows follow it.
  static int64_t tableElements(int64_t width) { return 2 * width + 4; }
};

/// What decides which schedules an attention kernel may have.
struct KernelTraits {
  /// Padded head dimensions of Q and K, and of V.
  int64_t depth, width;
  /// R and Out go through shared memory.
  bool staged;
  /// Consumers address single elements of global memory beside their
  /// fragments: a bias, coefficients per row or column, Q that is not aligned
  /// or wider than 16 bits.
  bool elementwise;
};

/// Lays out shared memory of the attention kernel of `schedule`. Offsets of
/// tiles are multiples of 1024.
SharedPlan planShared(ScheduleAttr schedule, const KernelTraits &traits);

/// Refuses a schedule that needs more registers or shared memory than there
/// is, with the arithmetic in the message, and one that asks for what no kernel
/// does.
llvm::LogicalResult
checkSchedule(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
              ScheduleAttr schedule, const KernelTraits &traits);

/// The schedule of the recipe int8-e4m3 on compute capability 9.0: of the
/// table's rows the first that fits. Null if none does.
ScheduleAttr chooseSchedule(mlir::MLIRContext *context,
                            const KernelTraits &traits,
                            Accumulation accumulation);

/// Key tiles between two additions in f32 that `chooseSchedule` asks for: 4096
/// keys, where the matrix unit's narrow sums still meet the accuracy table.
constexpr int64_t kPromotionTiles = 32;

/// Registers per thread that setmaxnreg gives a consumer of `schedule`, and
/// what is left to the loading warpgroup.
int64_t consumerRegisters(ScheduleAttr schedule);
int64_t producerRegisters(ScheduleAttr schedule);

} // namespace rcm::tile

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILE_H
