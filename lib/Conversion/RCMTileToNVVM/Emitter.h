//===- Emitter.h - Scalar code of the tile lowerings ------------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_LIB_CONVERSION_RCMTILETONVVM_EMITTER_H
#define RCM_LIB_CONVERSION_RCMTILETONVVM_EMITTER_H

#include "PTXBlock.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Transforms/DialectConversion.h"
#include "rcm/Dialect/RCMTile/IR/RCMTile.h"

namespace rcm::tile {

/// Writes scalar code at the rewriter's insertion point. Integers are 32 bits
/// unless a name says otherwise.
class Emitter {
public:
  Emitter(mlir::ConversionPatternRewriter &rewriter, mlir::Location loc)
      : rewriter(rewriter), loc(loc) {}

  mlir::ConversionPatternRewriter &rewriter;
  mlir::Location loc;
  /// The thread's number if the operation names it, otherwise null.
  mlir::Value position;

  mlir::Type i16() { return rewriter.getI16Type(); }
  mlir::Type i32() { return rewriter.getI32Type(); }
  mlir::Type i64() { return rewriter.getI64Type(); }
  mlir::Type f32() { return rewriter.getF32Type(); }
  mlir::Type pointer(unsigned space = 0) {
    return mlir::LLVM::LLVMPointerType::get(rewriter.getContext(), space);
  }

  mlir::Value constant(int64_t value);
  mlir::Value constant64(int64_t value);
  mlir::Value constantF(double value);

  template <typename OpT, typename... Args> mlir::Value make(Args &&...args) {
    return OpT::create(rewriter, loc, std::forward<Args>(args)...)
        ->getResult(0);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) {
    return make<mlir::LLVM::AddOp>(a, b);
  }
  mlir::Value add(mlir::Value a, int64_t b);
  mlir::Value mul(mlir::Value a, int64_t b);
  mlir::Value shl(mlir::Value a, int64_t bits);
  mlir::Value shr(mlir::Value a, int64_t bits);
  mlir::Value bitAnd(mlir::Value a, int64_t mask);
  mlir::Value bitXor(mlir::Value a, mlir::Value b) {
    return make<mlir::LLVM::XOrOp>(a, b);
  }
  mlir::Value less(mlir::Value a, mlir::Value b) {
    return make<mlir::LLVM::ICmpOp>(mlir::LLVM::ICmpPredicate::slt, a, b);
  }
  mlir::Value minSigned(mlir::Value a, mlir::Value b) {
    return make<mlir::LLVM::SMinOp>(a, b);
  }
  mlir::Value select(mlir::Value c, mlir::Value a, mlir::Value b) {
    return make<mlir::LLVM::SelectOp>(c, a, b);
  }
  mlir::Value bitcast(mlir::Value value, mlir::Type type) {
    return make<mlir::LLVM::BitcastOp>(type, value);
  }
  mlir::Value extend64(mlir::Value value);
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c) {
    return make<mlir::LLVM::FMAOp>(a, b, c);
  }
  mlir::Value toFloat(mlir::Value integer) {
    return make<mlir::LLVM::SIToFPOp>(f32(), integer);
  }
  /// a * b, rounded towards minus infinity.
  mlir::Value mulDown(mlir::Value a, mlir::Value b);
  /// A call of the LLVM intrinsic `name` from f32 to f32.
  mlir::Value unaryIntrinsic(llvm::StringRef name, mlir::Value value);

  /// `base` + `bytes`.
  mlir::Value offsetBytes(mlir::Value base, mlir::Value bytes);
  mlir::Value offsetBytes(mlir::Value base, int64_t bytes);
  /// The 32-bit address inside shared memory.
  mlir::Value sharedAddress(mlir::Value pointer);
  mlir::Value load(mlir::Type type, mlir::Value pointer, unsigned alignment);
  void store(mlir::Value value, mlir::Value pointer, unsigned alignment);

  mlir::Value thread();
  mlir::Value lane();
  /// The warp's number inside its warpgroup.
  mlir::Value warpInGroup();
  /// lane / 4 and lane % 4: the coordinates of the accumulator layout.
  mlir::Value quadRow();
  mlir::Value quadColumn();
  mlir::Value shuffle(mlir::NVVM::ShflKind kind, mlir::Value value,
                      mlir::Value offset);

  /// Byte offset of chunk `chunk` (16 bytes, a value) of `row` inside one
  /// panel with `swizzle` bytes a row: layouts::swizzledOffset on values.
  mlir::Value swizzledChunk(int64_t swizzle, mlir::Value row,
                            mlir::Value chunk);
};

/// Operands of an op after type conversion: one range of registers each.
template <typename OpT>
using Operands =
    typename OpT::template GenericAdaptor<llvm::ArrayRef<mlir::ValueRange>>;

/// What a lowering gives back: the registers of the op's only result, or
/// nothing.
using Lowered = llvm::FailureOr<llvm::SmallVector<mlir::Value>>;

/// The operand `position` of operations that have one.
template <typename OpT, typename = void> struct PositionOf {
  static mlir::Value get(Operands<OpT>) { return {}; }
};
template <typename OpT>
struct PositionOf<OpT,
                  std::void_t<decltype(std::declval<OpT>().getPosition())>> {
  static mlir::Value get(Operands<OpT> operands) {
    mlir::ValueRange position = operands.getPosition();
    return position.empty() ? mlir::Value() : position[0];
  }
};

/// Turns a function (op, operands, emitter) -> registers into a pattern.
template <typename OpT>
class TileLowering : public mlir::OpConversionPattern<OpT> {
public:
  using Function = Lowered (*)(OpT, Operands<OpT>, Emitter &);
  TileLowering(const mlir::TypeConverter &converter, mlir::MLIRContext *context,
               Function lower)
      : mlir::OpConversionPattern<OpT>(converter, context), lower(lower) {}

  llvm::LogicalResult
  matchAndRewrite(OpT op,
                  typename mlir::OpConversionPattern<OpT>::OneToNOpAdaptor in,
                  mlir::ConversionPatternRewriter &rewriter) const override {
    Emitter emitter(rewriter, op.getLoc());
    emitter.position = PositionOf<OpT>::get(in);
    Lowered registers = lower(op, in, emitter);
    if (failed(registers))
      return rewriter.notifyMatchFailure(op, "the tile operation has no form "
                                             "on this target");
    if (op->getNumResults() == 0) {
      rewriter.eraseOp(op);
    } else {
      llvm::SmallVector<llvm::SmallVector<mlir::Value>> values;
      values.push_back(std::move(*registers));
      rewriter.replaceOpWithMultiple(op, std::move(values));
    }
    return llvm::success();
  }

private:
  Function lower;
};

/// Registers of one lowering each.
template <typename OpT>
void addLowering(const mlir::TypeConverter &converter,
                 mlir::RewritePatternSet &patterns,
                 typename TileLowering<OpT>::Function lower) {
  patterns.add<TileLowering<OpT>>(converter, patterns.getContext(), lower);
}

/// Name of the symbol that stands for a block's dynamic shared memory.
constexpr llvm::StringLiteral kSharedMemorySymbol = "rcm_shared_memory";

void populateOrderingLowerings(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateMemoryLowerings(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateStashLowerings(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populateRowLowerings(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateMatrixLowerings(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateFragmentLowerings(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateScalarLowerings(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

/// Four f32 that hold integers in [-128, 127] up to rounding, as int8 in one
/// register; nearest even.
mlir::Value packInt8(llvm::ArrayRef<mlir::Value> values, mlir::Value factor,
                     Emitter &e);
/// Two f32 to e4m3 in the low and high byte of 16 bits, saturating.
mlir::Value packE4M3(mlir::Value low, mlir::Value high, Emitter &e);
/// Two 16-bit values in one register.
mlir::Value joinHalves(mlir::Value low, mlir::Value high, Emitter &e);

} // namespace rcm::tile

#endif // RCM_LIB_CONVERSION_RCMTILETONVVM_EMITTER_H
