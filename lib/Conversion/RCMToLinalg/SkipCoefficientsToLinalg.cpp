//===- SkipCoefficientsToLinalg.cpp - schedules of t as scalar code
//-------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"

#include "rcm/Conversion/RCMToLinalg.h"
#include "rcm/Dialect/RCM/Utils/SkipCoefficients.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace rcm;

using Pair = std::pair<Value, Value>;

LogicalResult
SkipCoefficientsLowering::matchAndRewrite(SkipCoefficientsOp op,
                                          PatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  double sigma = op.getSigmaData().convertToDouble();
  if (op.isScalar()) {
    Pair pair =
        emitSkipCoefficients(rewriter, loc, op.getSchedule(), op.getT(), sigma);
    rewriter.replaceOp(op, {pair.first, pair.second});
    return success();
  }
  int64_t rank = cast<ShapedType>(op.getT().getType()).getRank();
  SmallVector<AffineMap> maps(3, rewriter.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, loc, op.getResultTypes(), op.getT(), op.getOuts(), maps,
      iterators, [&](OpBuilder &b, Location bodyLoc, ValueRange args) {
        Pair pair =
            emitSkipCoefficients(b, bodyLoc, op.getSchedule(), args[0], sigma);
        linalg::YieldOp::create(b, bodyLoc,
                                ValueRange{pair.first, pair.second});
      });
  rewriter.replaceOp(op, generic.getResults());
  return success();
}
