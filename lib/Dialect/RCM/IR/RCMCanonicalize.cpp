//===- RCMCanonicalize.cpp - simpler forms of the ops
//---------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"
#include <cmath>

using namespace mlir;
using namespace rcm;

//===----------------------------------------------------------------------===//
// Attention with or without a skip
//===----------------------------------------------------------------------===//

/// True if every element of `value` is the literal 0, also through a fill.
static bool isZero(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return fill.hasPureTensorSemantics() && isZero(fill.value());
  return isLiteralZero(value);
}

namespace {

/// Maps that say what the defaults say are not written.
template <typename OpTy> struct DropDefaultMaps : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto attention = cast<AttentionOpInterface>(op.getOperation());
    if (!op.getIndexingMaps())
      return rewriter.notifyMatchFailure(op, "expected written maps");
    if (getMapsAttrOrNull(
            op.getContext(), attention.getMaps(), attention.getMappedOperands(),
            attention.getResidual() != nullptr, attention.getBias() != nullptr))
      return rewriter.notifyMatchFailure(op, "expected default maps");
    rewriter.modifyOpInPlace(op, [&] { op.removeIndexingMapsAttr(); });
    return success();
  }
};

/// A bias of zeros adds nothing.
template <typename OpTy> struct DropZeroBias : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!op.getBias() || !isZero(op.getBias()))
      return rewriter.notifyMatchFailure(op, "expected a bias of zeros");
    auto attention = cast<AttentionOpInterface>(op.getOperation());
    SmallVector<AffineMap> maps = attention.getMaps();
    unsigned position = attention.getResidual() ? 6 : 3; // before `outs`
    maps.erase(maps.begin() + position);
    rewriter.modifyOpInPlace(op, [&] {
      op.getBiasMutable().clear();
      ArrayAttr attr = getMapsAttrOrNull(
          op.getContext(), maps, attention.getMappedOperands(),
          attention.getResidual() != nullptr, /*hasBias=*/false);
      if (attr)
        op.setIndexingMapsAttr(attr);
      else
        op.removeIndexingMapsAttr();
    });
    return success();
  }
};

/// A causal mask that hides nothing: n <= m + offset for all n < Lk, m >= 0.
template <typename OpTy> struct DropIdleCausal : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!op.getCausal())
      return rewriter.notifyMatchFailure(op, "expected a causal mask");
    Value operand = op.getCausalOffset();
    std::optional<int64_t> offset =
        operand ? getConstantIntValue(operand) : std::optional<int64_t>(0);
    AffineMap map =
        cast<AttentionOpInterface>(op.getOperation()).getNamedMaps().key;
    AffineExpr row = rewriter.getAffineDimExpr(kKeyRow);
    int64_t keys = cast<ShapedType>(op.getKey().getType())
                       .getDimSize(*map.getResultPosition(row));
    if (!offset || ShapedType::isDynamic(keys) || *offset < keys - 1)
      return rewriter.notifyMatchFailure(
          op, "expected an offset that makes every key visible");
    rewriter.modifyOpInPlace(op, [&] {
      op.getCausalOffsetMutable().clear();
      op.setCausal(false);
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Coefficients of a skip
//===----------------------------------------------------------------------===//

/// Replaces alpha (`position` 4) or beta (5) by the literal scalar `value`.
void setScalarCoefficient(AttentionSkipOp op, unsigned position, double value,
                          PatternRewriter &rewriter) {
  auto attention = cast<AttentionOpInterface>(op.getOperation());
  SmallVector<AffineMap> maps = attention.getMaps();
  OpOperand &operand =
      position == 4 ? op.getAlphaMutable() : op.getBetaMutable();
  Type type = getElementTypeOrSelf(operand.get().getType());
  maps[position] = AffineMap::get(kNumAttentionDims, 0, op.getContext());
  Value scalar = arith::ConstantOp::create(rewriter, op.getLoc(),
                                           rewriter.getFloatAttr(type, value));
  rewriter.modifyOpInPlace(op, [&] {
    operand.set(scalar);
    ArrayAttr attr =
        getMapsAttrOrNull(op.getContext(), maps, attention.getMappedOperands(),
                          /*hasSkip=*/true, op.getBias() != nullptr);
    if (attr)
      op.setIndexingMapsAttr(attr);
    else
      op.removeIndexingMapsAttr();
  });
}

/// A coefficient that is one literal everywhere becomes a scalar.
struct ScalarizeLiteralCoefficient : OpRewritePattern<AttentionSkipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionSkipOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [position, value] :
         {std::pair<unsigned, Value>{4, op.getAlpha()}, {5, op.getBeta()}}) {
      std::optional<double> literal = getLiteralConstant(value);
      if (!literal || !isa<ShapedType>(value.getType()))
        continue;
      setScalarCoefficient(op, position, *literal, rewriter);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "expected a shaped literal");
  }
};

/// A residual of zeros is not read: a finite literal times 0 is 0. An unknown
/// coefficient may be infinite and is left alone.
struct DropZeroResidual : OpRewritePattern<AttentionSkipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionSkipOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> alpha = getLiteralConstant(op.getAlpha());
    if (!alpha || *alpha == 0.0 || !std::isfinite(*alpha) ||
        !isZero(op.getResidual()))
      return rewriter.notifyMatchFailure(
          op, "expected a residual of zeros and a finite literal coefficient");
    setScalarCoefficient(op, 4, 0.0, rewriter);
    return success();
  }
};

/// alpha = 0, beta = 1: attention without a skip.
struct SkipToAttention : OpRewritePattern<AttentionSkipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionSkipOp op,
                                PatternRewriter &rewriter) const override {
    if (!isLiteralZero(op.getAlpha()) ||
        getLiteralConstant(op.getBeta()) != 1.0)
      return rewriter.notifyMatchFailure(op, "expected alpha = 0, beta = 1");
    auto attention = cast<AttentionOpInterface>(op.getOperation());
    SmallVector<AffineMap> maps = attention.getMaps();
    SmallVector<Value> operands = attention.getMappedOperands();
    maps.erase(maps.begin() + 3, maps.begin() + 6); // x, alpha, beta
    operands.erase(operands.begin() + 3, operands.begin() + 6);
    auto replacement = AttentionOp::create(
        rewriter, op.getLoc(), op.getResultTypes(), op.getQuery(), op.getKey(),
        op.getValue(), op.getBias(), op.getCausalOffset(), op.getOuts(),
        op.getScale(), op.getCausal(),
        getMapsAttrOrNull(op.getContext(), maps, operands, /*hasSkip=*/false,
                          op.getBias() != nullptr));
    replacement->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOp(op, replacement.getResults());
    return success();
  }
};

/// alpha = 1, beta = 0: the residual itself.
struct SkipToResidual : OpRewritePattern<AttentionSkipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionSkipOp op,
                                PatternRewriter &rewriter) const override {
    if (getLiteralConstant(op.getAlpha()) != 1.0 ||
        !isLiteralZero(op.getBeta()))
      return rewriter.notifyMatchFailure(op, "expected alpha = 1, beta = 0");
    AttentionMaps maps =
        cast<AttentionOpInterface>(op.getOperation()).getNamedMaps();
    if (op.getNumResults() != 1 || maps.residual != maps.out ||
        op.getResidual().getType() != op.getResult(0).getType())
      return rewriter.notifyMatchFailure(
          op, "expected one result of the residual's type and order");
    rewriter.replaceOp(op, op.getResidual());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Constant times
//===----------------------------------------------------------------------===//

/// Coefficients of a constant t are constants.
struct FoldConstantTime : OpRewritePattern<SkipCoefficientsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SkipCoefficientsOp op,
                                PatternRewriter &rewriter) const override {
    auto constant = op.getT().getDefiningOp<arith::ConstantOp>();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "expected a constant t");
    Attribute time = constant.getValue();
    double sigma = op.getSigmaData().convertToDouble();
    auto evaluate = [&](double t) {
      return evaluateSkipSchedule(op.getSchedule(), t, sigma);
    };
    TypedAttr skip, out;
    if (auto number = dyn_cast<FloatAttr>(time)) {
      auto pair = evaluate(number.getValueAsDouble());
      skip = rewriter.getFloatAttr(number.getType(), pair.first);
      out = rewriter.getFloatAttr(number.getType(), pair.second);
    } else if (auto dense = dyn_cast<DenseFPElementsAttr>(time)) {
      SmallVector<Attribute> skips, outs;
      Type element = dense.getElementType();
      for (APFloat value : dense.getValues<APFloat>()) {
        auto pair =
            evaluate(rewriter.getFloatAttr(element, value).getValueAsDouble());
        skips.push_back(rewriter.getFloatAttr(element, pair.first));
        outs.push_back(rewriter.getFloatAttr(element, pair.second));
      }
      skip = DenseElementsAttr::get(dense.getType(), skips);
      out = DenseElementsAttr::get(dense.getType(), outs);
    } else {
      return rewriter.notifyMatchFailure(op, "expected a float constant");
    }
    if (op.getResult(0).getType() != skip.getType())
      return rewriter.notifyMatchFailure(op, "expected results of t's type");
    Location loc = op.getLoc();
    rewriter.replaceOp(op, {arith::ConstantOp::create(rewriter, loc, skip),
                            arith::ConstantOp::create(rewriter, loc, out)});
    return success();
  }
};

} // namespace

void AttentionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<DropDefaultMaps<AttentionOp>, DropZeroBias<AttentionOp>,
               DropIdleCausal<AttentionOp>>(context);
}

void AttentionSkipOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                  MLIRContext *context) {
  patterns.add<DropDefaultMaps<AttentionSkipOp>, DropZeroBias<AttentionSkipOp>,
               DropIdleCausal<AttentionSkipOp>, ScalarizeLiteralCoefficient,
               DropZeroResidual, SkipToAttention, SkipToResidual>(context);
}

void SkipCoefficientsOp::getCanonicalizationPatterns(
    RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<FoldConstantTime>(context);
}

LogicalResult AttentionOp::fold(FoldAdaptor, SmallVectorImpl<OpFoldResult> &) {
  return memref::foldMemRefCast(*this);
}
LogicalResult AttentionSkipOp::fold(FoldAdaptor,
                                    SmallVectorImpl<OpFoldResult> &) {
  return memref::foldMemRefCast(*this);
}
LogicalResult SkipCoefficientsOp::fold(FoldAdaptor,
                                       SmallVectorImpl<OpFoldResult> &) {
  return memref::foldMemRefCast(*this);
}

//===----------------------------------------------------------------------===//
// Schedules in f64
//===----------------------------------------------------------------------===//

/// s^2 / (t^2 + s^2) and s t / sqrt(s^2 + t^2) through the ratio of the smaller
/// to the larger of |t| and s, as the lowering to linalg has it.
static std::pair<double, double> evaluateEdm(double t, double sigma) {
  double size = std::abs(t);
  if (size <= sigma) {
    double ratio = size / sigma, denominator = 1.0 + ratio * ratio;
    return {1.0 / denominator, t / std::sqrt(denominator)};
  }
  double ratio = sigma / size, square = ratio * ratio; // NaN stays NaN
  double denominator = 1.0 + square;
  return {square / denominator,
          std::copysign(sigma, t) / std::sqrt(denominator)};
}

std::pair<double, double> rcm::evaluateSkipSchedule(SkipSchedule schedule,
                                                    double t, double sigma) {
  switch (schedule) {
  case SkipSchedule::Edm:
    return evaluateEdm(t, sigma);
  case SkipSchedule::TrigFlow:
    return {std::cos(t), -sigma * std::sin(t)};
  case SkipSchedule::RectifiedFlowTrigFlow: {
    double sine = std::sin(t), sum = std::cos(t) + sine;
    return {1.0 / sum, -sine / sum};
  }
  }
  llvm_unreachable("every schedule returns");
}
