//===- KernelBuilder.h - the parts of the attention kernel ------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTOGPU_KERNELBUILDER_H
#define RCM_LIB_CONVERSION_RCMTOGPU_KERNELBUILDER_H

#include "AttentionKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

namespace rcm::simt {

inline constexpr int64_t kRowsPerThread = kQueryTile / kThreadsY;
inline constexpr int64_t kKeysPerThread = kKeyTile / kThreadsX;
/// One column of padding keeps the 16 rows that a warp reads in 16 banks.
inline constexpr int64_t kDepthPitch = kDepthChunk + 1;
inline constexpr int64_t kProbabilityPitch = kKeyTile + 1;
inline constexpr double kLog2E = 1.4426950408889634074;
inline constexpr double kLn2 = 0.69314718055994530942;

using Values = llvm::SmallVector<mlir::Value>;

/// Value columns per thread. Even, so that the fill of V divides among
/// the threads without a rest.
inline int64_t getColumnsPerThread(int64_t maxValueDim) {
  return llvm::divideCeil(maxValueDim, 2 * kThreadsX) * 2;
}

/// A position in the logical dimensions; null where an operand may not look.
struct Position {
  mlir::Value dims[kNumAttentionDims];
};

class KernelBuilder {
public:
  KernelBuilder(mlir::ImplicitLocOpBuilder &b, AttentionOpInterface op,
                const KernelShape &shape, mlir::ValueRange shared)
      : b(b), op(op), maps(op.getNamedMaps()), shape(shape), sharedQ(shared[0]),
        sharedK(shared[1]), sharedP(shared[2]), sharedV(shared[3]),
        f32(b.getF32Type()), columns(getColumnsPerThread(shape.maxValueDim)) {}

  void build(mlir::Value block, mlir::Value thread);

private:
  // Arithmetic.
  mlir::Value index(int64_t v) {
    return mlir::arith::ConstantIndexOp::create(b, v);
  }
  mlir::Value number(double v) {
    return mlir::arith::ConstantOp::create(b, b.getFloatAttr(f32, v));
  }
  mlir::Value add(mlir::Value x, mlir::Value y) {
    return mlir::arith::AddIOp::create(b, x, y);
  }
  mlir::Value add(mlir::Value x, int64_t y) { return add(x, index(y)); }
  mlir::Value mul(mlir::Value x, int64_t y) {
    return mlir::arith::MulIOp::create(b, x, index(y));
  }
  mlir::Value div(mlir::Value x, mlir::Value y) {
    return mlir::arith::DivUIOp::create(b, x, y);
  }
  mlir::Value rem(mlir::Value x, mlir::Value y) {
    return mlir::arith::RemUIOp::create(b, x, y);
  }
  mlir::Value less(mlir::Value x, mlir::Value y) {
    return mlir::arith::CmpIOp::create(b, mlir::arith::CmpIPredicate::slt, x,
                                       y);
  }
  mlir::Value both(mlir::Value x, mlir::Value y) {
    return mlir::arith::AndIOp::create(b, x, y);
  }
  mlir::Value minimum(mlir::Value x, mlir::Value y) {
    return mlir::arith::MinSIOp::create(b, x, y);
  }
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y) {
    return mlir::arith::SelectOp::create(b, c, x, y);
  }
  mlir::Value mulf(mlir::Value x, mlir::Value y) {
    return mlir::arith::MulFOp::create(b, x, y);
  }
  mlir::Value addf(mlir::Value x, mlir::Value y) {
    return mlir::arith::AddFOp::create(b, x, y);
  }
  mlir::Value subf(mlir::Value x, mlir::Value y) {
    return mlir::arith::SubFOp::create(b, x, y);
  }
  mlir::Value fma(mlir::Value x, mlir::Value y, mlir::Value z) {
    return mlir::math::FmaOp::create(b, x, y, z);
  }
  mlir::Value exp2(mlir::Value x) { return mlir::math::Exp2Op::create(b, x); }
  /// The larger one; a number wins over NaN, which then survives in P.
  mlir::Value maxnum(mlir::Value x, mlir::Value y) {
    return mlir::arith::MaxNumFOp::create(b, x, y);
  }
  mlir::Value isEqual(mlir::Value x, double y) {
    return mlir::arith::CmpFOp::create(b, mlir::arith::CmpFPredicate::OEQ, x,
                                       number(y));
  }
  mlir::Value last(unsigned dim) { return add(shape.sizes[dim], -1); }
  mlir::Value clamp(mlir::Value position, unsigned dim) {
    return minimum(position, last(dim));
  }
  mlir::Value inside(mlir::Value position, unsigned dim) {
    return less(position, shape.sizes[dim]);
  }

  // Memory.
  Values getIndices(mlir::AffineMap map, const Position &at, bool isGrouped);
  mlir::Value load(mlir::Value source, mlir::AffineMap map, const Position &at,
                   bool isGrouped = false);
  void store(mlir::Value value, mlir::Value target, mlir::AffineMap map,
             const Position &at);
  void fillDepthChunk(mlir::Value tile, mlir::Value source, mlir::AffineMap map,
                      unsigned row, mlir::Value firstRow,
                      mlir::Value firstColumn);
  void fillValues(mlir::Value firstKey);

  // Steps of the algorithm.
  mlir::Value getKeyEnd();
  Values computeScores(mlir::Value firstKey);
  void finishScores(Values &scores, mlir::Value firstKey);
  Values accumulateValues(mlir::Value firstKey, Values outputs);
  Values visitKeyTile(mlir::Value firstKey, mlir::ValueRange carried);
  mlir::Value reduceRow(mlir::Value value, bool isMaximum);
  mlir::Value isVisible(mlir::Value row, mlir::Value key);
  void writeResult(mlir::ValueRange carried);
  mlir::Value combine(mlir::Value attention, const Position &at);
  void writeLse(mlir::Value maximum, mlir::Value sum, mlir::Value row);

  mlir::ImplicitLocOpBuilder &b;
  AttentionOpInterface op;
  AttentionMaps maps;
  const KernelShape &shape;
  mlir::Value sharedQ, sharedK, sharedP, sharedV;
  mlir::Type f32;
  int64_t columns;
  mlir::Value tid, tx, ty, batch, head, firstRow;
};

} // namespace rcm::simt

#endif // RCM_LIB_CONVERSION_RCMTOGPU_KERNELBUILDER_H
