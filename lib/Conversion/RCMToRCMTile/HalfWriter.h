//===- HalfWriter.h - The parts of the 16-bit attention kernel --*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTORCMTILE_HALFWRITER_H
#define RCM_LIB_CONVERSION_RCMTORCMTILE_HALFWRITER_H

#include "HalfKernel.h"

namespace rcm::tile {

/// Writes one 16-bit attention kernel: loads and keys in HalfKernel.cpp, the
/// end of a tile in HalfEpilogue.cpp.
class HalfWriter {
public:
  HalfWriter(mlir::gpu::GPUModuleOp module, const HalfSpec &spec);
  void write();

private:
  using Value = mlir::Value;
  using Values = KernelBuilder::Values;

  /// A place in the ring of stages: its number and the parity of its phase.
  struct Place {
    Value stage, parity;
  };
  /// What a warpgroup carries through the keys.
  struct Softmax {
    Value output, maximum, sum;
  };

  // Barriers and tiles.
  Value queryReady(Value group);
  Value residualReady(Value group);
  Value keyFull(Value stage);
  Value valueFull(Value stage);
  Value empty(Value stage);
  SharedType queryType(), keyType(), valueType(), residualType();
  Value residualTile(Value group);
  Place advance(const Place &place);
  Place before(const Place &place);
  void initBarriers();

  // Copies.
  void loadFirst();
  void loadKeyValue(Value keyTile, Value stage);
  void refill(Value keyTile, const Place &place);

  // Keys.
  Value visibleKeyTiles();
  Softmax keyLoop();
  Softmax step(Value keyTile, const Place &place, const Softmax &state);
  Value maskedScores(Value keyTile, Value scores);
  Value biasedScores(Value keyTile, Value scores);

  // End of the tile.
  void epilogue(const Softmax &state);
  Value blend(int64_t column, Value output, Value inverse, Value sum);
  Value stridedTile(llvm::StringRef name, int64_t column);
  Value coefficient(llvm::StringRef name, mlir::Type type);
  void readCoefficients();
  void storeOut(Value result, int64_t column);
  void storeStaged();
  void storeLogSum(const Softmax &state, Value sum);
  Value offsetOf(llvm::StringRef operand);
  Value rowOffset(llvm::StringRef operand);

  bool masked() const { return spec.causal || spec.bias; }
  /// The scores leave the product unscaled, and the exponent scales them.
  bool scaledLate() const { return spec.scale > 0 && !spec.bias; }

  KernelBuilder b;
  mlir::gpu::GPUModuleOp module;
  const HalfSpec &spec;
  HalfPlan plan;
  int64_t groups, stages, keyRows, depth, width;
  Value zero, one, thread, lane, leads, group, groupRow;
  Value batch, head, firstRow, tiles;
  Value alpha, beta; // of all elements, unless they are finer
  Value position;    // epilogue: where its addresses are computed from
};

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTORCMTILE_HALFWRITER_H
