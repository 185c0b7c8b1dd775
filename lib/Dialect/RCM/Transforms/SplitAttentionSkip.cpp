//===- SplitAttentionSkip.cpp - attention and skip in two passes ----------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Dialect/RCM/Transforms/Patterns.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace rcm {
#define GEN_PASS_DEF_SPLITATTENTIONSKIP
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

static Type getElement(Value value) {
  return getElementTypeOrSelf(value.getType());
}

/// f64 if an operand of the sum is, else f32.
static Type getComputeType(AttentionSkipOp op) {
  for (Value value :
       {op.getQuery(), op.getKey(), op.getValue(), op.getResidual()})
    if (getElement(value).isF64())
      return Float64Type::get(op.getContext());
  return Float32Type::get(op.getContext());
}

/// Memory for the attention alone, in the output's dimensions.
static Value createTemporary(ImplicitLocOpBuilder &b, Value out, Type element) {
  if (isa<RankedTensorType>(out.getType()))
    return tensor::EmptyOp::create(b, tensor::getMixedSizes(b, b.getLoc(), out),
                                   element);
  auto type = cast<MemRefType>(out.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(memref::DimOp::create(b, out, i));
  return memref::AllocOp::create(b, MemRefType::get(type.getShape(), element),
                                 sizes);
}

static Value convert(ImplicitLocOpBuilder &b, Value value, Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(b, type, value);
  if (from > to)
    return arith::TruncFOp::create(b, type, value);
  return value;
}

/// A map over (b, h, m, d) of the output in the output's own order.
static AffineMap onOutput(AffineMap map, AffineMap out) {
  SmallVector<AffineExpr> results;
  MLIRContext *context = map.getContext();
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    results.push_back(
        dim ? getAffineDimExpr(*out.getResultPosition(result), context)
            : result);
  }
  return AffineMap::get(out.getNumResults(), 0, results, context);
}

namespace {

/// The pieces of one op's skip.
struct SkipBuilder {
  AttentionSkipOp op;
  ImplicitLocOpBuilder &b;
  Type compute;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;

  /// Makes a shaped operand an input; -1 for a scalar.
  int addInput(Value value, AffineMap map, AffineMap out) {
    if (!isa<ShapedType>(value.getType()))
      return -1;
    inputs.push_back(value);
    maps.push_back(onOutput(map, out));
    return static_cast<int>(inputs.size()) - 1;
  }
};

} // namespace

/// alpha * x + beta * attention; `attention` may be null.
static Operation *buildSkip(ImplicitLocOpBuilder &b, AttentionSkipOp op,
                            Value attention) {
  AttentionMaps maps =
      cast<AttentionOpInterface>(op.getOperation()).getNamedMaps();
  SkipBuilder skip{op, b, getComputeType(op), {}, {}};
  bool readsResidual = !isLiteralZero(op.getAlpha());
  int alpha = -1, x = -1, beta = -1, o = -1;
  if (readsResidual) {
    alpha = skip.addInput(op.getAlpha(), maps.alpha, maps.out);
    x = skip.addInput(op.getResidual(), maps.residual, maps.out);
  }
  if (attention) {
    beta = skip.addInput(op.getBeta(), maps.beta, maps.out);
    o = skip.addInput(attention, maps.out, maps.out);
  }
  Value out = op.getOuts()[0];
  skip.maps.push_back(onOutput(maps.out, maps.out));
  SmallVector<utils::IteratorType> kinds(maps.out.getNumResults(),
                                         utils::IteratorType::parallel);
  auto body = [&](OpBuilder &nested, Location loc, ValueRange arguments) {
    ImplicitLocOpBuilder inner(loc, nested);
    auto read = [&](int input, Value scalar) {
      return convert(inner, input >= 0 ? arguments[input] : scalar,
                     skip.compute);
    };
    Value sum;
    if (attention)
      sum = arith::MulFOp::create(inner, read(beta, op.getBeta()),
                                  read(o, Value()));
    if (readsResidual) {
      Value term = arith::MulFOp::create(inner, read(alpha, op.getAlpha()),
                                         read(x, Value()));
      sum = sum ? arith::AddFOp::create(inner, term, sum).getResult() : term;
    }
    if (!sum)
      sum =
          arith::ConstantOp::create(inner, inner.getFloatAttr(skip.compute, 0));
    linalg::YieldOp::create(inner, convert(inner, sum, getElement(out)));
  };
  SmallVector<Type> results;
  if (isa<RankedTensorType>(out.getType()))
    results.push_back(out.getType());
  return linalg::GenericOp::create(b, results, skip.inputs, ValueRange{out},
                                   skip.maps, kinds, body);
}

static void split(RewriterBase &rewriter, AttentionSkipOp op,
                  bool wideIntermediate) {
  ImplicitLocOpBuilder b(op.getLoc(), rewriter);
  bool onTensors = isa<RankedTensorType>(op.getOuts()[0].getType());
  SmallVector<Value> replacements;
  Value attention;
  Operation *first = nullptr;
  if (!isLiteralZero(op.getBeta()) || op.getOuts().size() > 1) {
    Type element =
        wideIntermediate ? getComputeType(op) : getElement(op.getOuts()[0]);
    SmallVector<Value> outs(op.getOuts());
    outs[0] = createTemporary(b, outs[0], element);
    SmallVector<AffineMap> maps =
        cast<AttentionOpInterface>(op.getOperation()).getMaps();
    maps.erase(maps.begin() + 3, maps.begin() + 6); // x, alpha, beta
    SmallVector<Type> results;
    if (onTensors)
      for (Value out : outs)
        results.push_back(out.getType());
    first = AttentionOp::create(
        b, results, op.getQuery(), op.getKey(), op.getValue(), op.getBias(),
        op.getCausalOffset(), outs, op.getScaleAttr(), op.getCausalAttr(),
        b.getAffineMapArrayAttr(maps));
    attention = onTensors ? first->getResult(0) : outs[0];
  }
  Operation *skip =
      buildSkip(b, op, isLiteralZero(op.getBeta()) ? Value() : attention);
  if (onTensors) {
    replacements.push_back(skip->getResult(0));
    if (op.getOuts().size() > 1)
      replacements.push_back(first->getResult(1));
  }
  rewriter.replaceOp(op, replacements);
}

namespace {
struct SplitPattern : OpRewritePattern<AttentionSkipOp> {
  SplitPattern(MLIRContext *context, bool wideIntermediate)
      : OpRewritePattern(context), wideIntermediate(wideIntermediate) {}

  LogicalResult matchAndRewrite(AttentionSkipOp op,
                                PatternRewriter &rewriter) const override {
    split(rewriter, op, wideIntermediate);
    return success();
  }

  bool wideIntermediate;
};

struct SplitAttentionSkip
    : rcm::impl::SplitAttentionSkipBase<SplitAttentionSkip> {
  using SplitAttentionSkipBase::SplitAttentionSkipBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateSplitAttentionSkipPatterns(patterns, wideIntermediate);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void rcm::populateSplitAttentionSkipPatterns(RewritePatternSet &patterns,
                                             bool wideIntermediate) {
  patterns.add<SplitPattern>(patterns.getContext(), wideIntermediate);
}
