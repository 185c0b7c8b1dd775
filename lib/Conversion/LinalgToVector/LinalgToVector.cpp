//===- LinalgToVector.cpp - matrix products as vectorized loops -----------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "MatrixKernel.h"
#include "rcm/Conversion/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTLINALGTOVECTOR
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

/// Multiplications below which copying operands costs more than it saves.
static constexpr int64_t kLeastProducts = 4096;

/// The input whose value `value` is, in the body's own type or widened.
static std::optional<unsigned> getInput(Value value, unsigned inputs) {
  if (auto widen = value.getDefiningOp<arith::ExtFOp>())
    value = widen.getIn();
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getArgNumber() >= inputs)
    return std::nullopt;
  return argument.getArgNumber();
}

/// True if the body is out + lhs * rhs.
static bool isMultiplyAdd(linalg::LinalgOp op) {
  Block *body = op.getBlock();
  Value out = body->getArgument(2);
  auto sum = body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || (sum.getLhs() != out && sum.getRhs() != out))
    return false;
  Value other = sum.getLhs() == out ? sum.getRhs() : sum.getLhs();
  auto product = other.getDefiningOp<arith::MulFOp>();
  if (!product)
    return false;
  auto lhs = getInput(product.getLhs(), 2), rhs = getInput(product.getRhs(), 2);
  return lhs && rhs && *lhs != *rhs;
}

static std::optional<MatrixOperand> bindOperand(Value value, AffineMap map) {
  if (!isa<MemRefType>(value.getType()) || !map.isProjectedPermutation())
    return std::nullopt;
  MatrixOperand operand;
  operand.value = value;
  for (AffineExpr result : map.getResults())
    operand.dims.push_back(cast<AffineDimExpr>(result).getPosition());
  if (operand.dims.empty())
    return std::nullopt;
  return operand;
}

/// Chooses rows and columns among the dimensions: columns are what lies side by
/// side in the output.
static LogicalResult chooseDims(Contraction &result, linalg::LinalgOp op) {
  auto dims = linalg::inferContractionDims(op);
  if (failed(dims) || dims->m.empty() || dims->n.empty() || dims->k.size() != 1)
    return failure();
  result.loops = op.getNumLoops();
  if (dims->batch.size() + dims->m.size() + dims->n.size() + 1 != result.loops)
    return failure();
  unsigned last = result.out.dims.back();
  if (llvm::is_contained(dims->m, last)) {
    std::swap(result.lhs, result.rhs);
    std::swap(dims->m, dims->n);
  }
  result.k = dims->k[0];
  result.m = dims->m.back();
  result.n = llvm::is_contained(dims->n, last) ? last : dims->n.back();
  for (unsigned dim = 0; dim < result.loops; ++dim)
    if (dim != result.m && dim != result.n && dim != result.k)
      result.outer.push_back(dim);
  return success();
}

namespace {

struct LowerContraction
    : public OpInterfaceRewritePattern<linalg::LinalgOp> {
  LowerContraction(MLIRContext *context, const MatrixOptions &options)
      : OpInterfaceRewritePattern(context), options(options) {}

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    Contraction contraction;
    if (const char *reason = match(op, contraction))
      return rewriter.notifyMatchFailure(op, reason);
    CodeBuilder builder(op.getLoc(), rewriter);
    MatrixKernel(builder, contraction, options).emit();
    rewriter.eraseOp(op);
    return success();
  }

  MatrixOptions options;

private:
  /// Fills `result`, or says why the op is left alone.
  static const char *match(linalg::LinalgOp op, Contraction &result) {
    if (!op.hasPureBufferSemantics())
      return "expected memrefs, got tensors: bufferize first";
    if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
      return "expected two inputs and one output";
    if (!isMultiplyAdd(op))
      return "expected a body that adds one product to the output";
    OpOperand *init = op.getDpsInitOperand(0);
    Type type = getElementTypeOrSelf(init->get().getType());
    if (!type.isF32() && !type.isF64())
      return "expected sums in f32 or f64: narrow ones round at every step";
    auto lhs = bindOperand(op.getDpsInputs()[0], op.getIndexingMapsArray()[0]);
    auto rhs = bindOperand(op.getDpsInputs()[1], op.getIndexingMapsArray()[1]);
    auto out = bindOperand(init->get(), op.getMatchingIndexingMap(init));
    if (!lhs || !rhs || !out)
      return "expected memrefs of rank 1 or more whose maps permute dimensions";
    result.lhs = *lhs;
    result.rhs = *rhs;
    result.out = *out;
    if (failed(chooseDims(result, op)))
      return "expected rows, columns and one dimension to sum over";
    int64_t products = 1;
    for (int64_t size : op.getStaticLoopRanges())
      products = ShapedType::isDynamic(size) || products >= kLeastProducts
                     ? kLeastProducts
                     : products * size;
    if (products < kLeastProducts)
      return "too small to pay for copies";
    return nullptr;
  }
};

struct ConvertLinalgToVector
    : public rcm::impl::ConvertLinalgToVectorBase<ConvertLinalgToVector> {
  using ConvertLinalgToVectorBase::ConvertLinalgToVectorBase;

  void runOnOperation() override {
    if (failed(verifyVectorWidth(getOperation(), vectorWidth)))
      return signalPassFailure();
    MatrixOptions options;
    options.vectorBits = vectorWidth;
    options.minTasks = minTasks;
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerContraction>(&getContext(), options);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
