//===- AttentionWriter.h - The parts of the attention kernel ----*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONWRITER_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONWRITER_H

#include "AttentionKernel.h"

namespace rcm::tile {

/// Writes one attention kernel. The roles are in AttentionProducer.cpp
/// (producer, helpers), AttentionConsumer.cpp and AttentionEpilogue.cpp.
class AttentionWriter {
public:
  AttentionWriter(mlir::gpu::GPUModuleOp module, const AttentionSpec &spec);
  void write();

private:
  using Value = mlir::Value;
  using Values = KernelBuilder::Values;

  /// Which rows of which head one step of the persistent loop works on.
  struct Tile {
    Value batch, head; // query head
    Value row;         // first query row of the block's tile
  };
  /// A place in the ring of stages: its number and the parity of its phase.
  struct Place {
    Value stage, parity;
  };
  enum class Ring { KeyFull, KeyEmpty, ValueFull, ValueEmpty };

  // Shared by all roles.
  void initBarriers();
  /// Gives a role a value of its own to count tiles from: one for all would be
  /// spilled where any of them lacks a register.
  void ownFirstTile();
  Tile split(Value tile);
  Value keyHead(const Tile &tile);
  Value valueHead(const Tile &tile);
  /// Key tiles that any row of `tile` can see.
  Value visibleKeyTiles(const Tile &tile);
  Place advance(const Place &place);
  Value ring(Ring which, Value stage);
  Value ready(Value group);
  Value done(Value group);
  SharedType keyType(), queryType(), valueType(), residualType(), tableType();
  Value residualTile(Value group);
  Value table(Value group);
  Value offsetOf(llvm::StringRef operand, const Tile &tile);
  /// The group's first row, or the last one where the group lies behind it:
  /// elements outside a tile are read at the tile's first.
  Value readableRow(const Tile &tile);
  void arriveLead(Value barrier);
  Values forTiles(mlir::ValueRange carried,
                  llvm::function_ref<Values(Value, mlir::ValueRange)> body);

  // Producer and helpers.
  void producer();
  void loadKeyValue(const Tile &tile, Value keyTile, const Place &place);
  void helper();
  void storeOut(Value group, Value batch, Value head, Value row);
  void fillTable(Value group, const Tile &tile);
  void prefetchQuery(Value group, const Tile &tile);
  Value coefficient(llvm::StringRef name, mlir::Type type, const Tile &tile);

  // Consumer.
  /// What one consumer warpgroup carries through the keys of one tile.
  struct Softmax {
    Value output, maximum, sum;
  };
  void consumer();
  mlir::Value groupAnew();
  Value loadQuery(Value tile);
  /// The threads of the group wait for each other.
  void syncGroup();
  Value quantizeQuery(Value rows);
  Values keyLoop(const Tile &tile, Value queryScale, Place place);
  Softmax step(const Tile &tile, Value keyTile, Value scale, const Place &place,
               const Softmax &before);
  Values
  keepSums(Value tiles, mlir::ValueRange start,
           llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  Value visibleColumns(const Tile &tile, Value firstKey);
  Value addBias(const Tile &tile, Value firstKey, Value limits, Value scores,
                Value scale);
  std::pair<Value, Value> maskedScores(const Tile &tile, Value keyTile,
                                       Value scores, Value scale);
  Value accumulate(Value scores, Value scale, Value offset, Value output,
                   Value alpha, Value value);
  Value addPartial(Value scores, Value scale, Value offset, Value output,
                   Value alpha, Value value);
  void epilogue(const Tile &tile, const Softmax &state, Value parity);
  Value blend(const Tile &tile, int64_t column, Value output, Value inverse,
              Value seen);
  void storeLogSum(const Tile &tile, const Softmax &state, Value sum);

  /// log2 of the factor of P.
  double exponentOffset() const;
  bool masked() const { return spec.causal || spec.bias; }

  KernelBuilder b;
  mlir::gpu::GPUModuleOp module;
  const AttentionSpec &spec;
  SharedPlan plan;
  int64_t groups, stages, keyTile, depth, width;
  Value zero, one, warp, lane, leads, firstTile, endTile, tileStep;
  Value group, groupRow; // consumer: number and first row in the tile
  Value position;        // epilogue: where its addresses are computed from
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_ATTENTIONWRITER_H
