//===- AttentionKernel.h - the loops of one attention op --------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

// What is emitted for one op, `panel` being a group of query rows that lie side
// by side in the lanes of a few vectors:
//
//   parallel over tasks = batch x query heads x groups of panels
//     Qt = the task's queries, transposed into panels and scaled
//     for each tile of keys that the task sees
//       Kt, Vt = the tile's rows, as they lie, in the compute type
//       for each panel
//         S  = Kt Qt             keys x lanes    products
//         M  = max(M, max_n S)                   vectors only: keys lie
//         S  = 2^(S - M)                         across registers, so that no
//         L  = L 2^(Mold - M) + sum_n S          reduction crosses lanes
//         Ot = Ot 2^(Mold - M) + Vt^T S          products
//     Out = alpha x + beta (Ot / L)^T, row by row
//
// Both products multiply scalars of K or V, which therefore need no
// transposition, with vectors of queries; they keep `rows` x `vectors`
// accumulators in registers. Scores are in base 2: log2(e) * scale is in Qt.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTOVECTOR_ATTENTIONKERNEL_H
#define RCM_LIB_CONVERSION_RCMTOVECTOR_ATTENTIONKERNEL_H

#include "OperandView.h"
#include "rcm/Conversion/Utils/RegisterTile.h"

namespace rcm {

/// Sizes that the pass options set; 0 lets the kernel choose.
struct KernelOptions {
  int64_t vectorBits = 256; ///< of one register
  int64_t queryTile = 0;    ///< most query rows of a task
  int64_t keyTile = 0;      ///< keys of a tile
  int64_t minTasks = 0;     ///< tasks to make if there are rows enough
  bool fuse = true;         ///< one pass; else attention, then the skip
  bool wideIntermediate = false; ///< between two passes: the sum's type
};

class AttentionKernel {
public:
  AttentionKernel(CodeBuilder &builder, AttentionOpInterface op,
                  const KernelOptions &options);

  /// Emits the loops at the builder's position; the op stays.
  void emit();

private:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;

  /// One task's buffers, all of rank 1.
  struct Scratch {
    Value queries; ///< Qt: panels of depthPitch x panel
    Value keys;    ///< Kt: keyTile x depthPitch
    Value values;  ///< Vt: keyTile x valuePitch
    Value scores;  ///< S: keyTile x panel
    Value result;  ///< Ot: panels of valuePitch x panel
    Value maxima;  ///< M: panels x panel
    Value sums;    ///< L: panels x panel
    Value stage;   ///< panel rows on their way through a transposition
  };

  /// One panel and one tile of keys.
  struct Step {
    Value panel;    ///< number of the panel in the task
    Value firstKey; ///< of the tile
    Value full;     ///< keys of the tile that every row of the panel sees
    Value plain;    ///< keys whose V may be multiplied by weights of 0
    Value end;      ///< keys of the tile that some row sees
    Values limits;  ///< per vector: the last key that each lane sees
    Position at;    ///< b, h, and m of the first row
  };

  // AttentionKernel.cpp
  void bindOperands();
  void findSizes();
  void emitTasks();
  void emitTwoPasses();
  Value allocateIntermediate();
  void findTask(Value task);
  void emitTask(Value task);
  void allocateScratch();
  void freeScratch();
  void emitKeyTile(Value firstKey, Value keysEnd);
  Step makeStep(Value panel, Value firstKey, Value count);
  Value isFinite(Value firstKey, Value count);
  Value countFullKeys(Value firstRow, Value firstKey, Value count);

  // PackTiles.cpp
  void copyRow(const OperandView &view, const Position &at, AttentionDim dim,
               Value count, double factor, Value buffer, Value offset);
  void packRows(const OperandView &view, AttentionDim dim, Value columns,
                Value firstKey, Value count, Value buffer, Value pitch);
  void packPanel(const OperandView &view, const Position &at, AttentionDim dim,
                 Value rowCount, Value columns, double factor, Value buffer,
                 Value offset);
  void packQueries();
  void initializeState();

  // OnlineSoftmax.cpp
  void emitStep(const Step &step);
  Values emitScores(const Step &step);
  Values emitScoreBlock(const Step &step, Value firstRow, bool masked,
                        mlir::ValueRange maxima);
  Values emitWeights(const Step &step, mlir::ValueRange tileMaxima);
  void emitWeightedValues(const Step &step, mlir::ValueRange corrections);
  void emitValueBlock(const Step &step, Value firstColumn, int64_t rows,
                      mlir::ValueRange corrections);
  Value emitVisible(const Step &step, Value row, int64_t vectorNumber);

  // EmitOutput.cpp
  Value readAttention(Value row, const Position &at, mlir::Type type);
  void emitPanelOutput(Value panel);
  void stagePanelResult(Value panel);
  void emitLseRow(Value panel, Value row, const Position &at);
  void emitOutputRow(Value row, const Position &at);
  Value emitSkip(const Position &at, Value attention, mlir::Type type);

  Value getPanelRows(Value panel);
  Value getPanelOffset(Value panel, Value pitch) {
    return b.mul(panel, b.mul(pitch, tile.getPanel()));
  }

  CodeBuilder &b;
  AttentionOpInterface op;
  KernelOptions options;

  OperandView query, key, value, residual, alpha, beta, bias, out, lse;
  bool readsResidual = false, readsAttention = true, needsScores = true;
  OperandView intermediate; ///< the attention, in the second of two passes
  mlir::Type computeType, sumType;
  RegisterTile tile;

  Value batches, heads, queryRows, keyRows, depth, valueDepth;
  Value causalOffset; ///< held within [-queryRows, keyRows]; null: not causal
  Value depthPitch, valuePitch, stagePitch;
  int64_t keyTile = 0, maxPanels = 0;
  Value panelsPerTask, tasksPerHead;

  // Of the task being emitted.
  Scratch scratch;
  Position taskAt;      ///< b, h, m of its first row
  Value taskRows;       ///< number of its rows
  Value taskPanels;     ///< number of its panels
};

} // namespace rcm

#endif // RCM_LIB_CONVERSION_RCMTOVECTOR_ATTENTIONKERNEL_H
