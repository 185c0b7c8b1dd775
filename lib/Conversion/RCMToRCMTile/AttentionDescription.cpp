//===- AttentionDescription.cpp - What an operation asks for ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionLowering.h"
#include "AttentionOperands.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static LogicalResult checkOperands(AttentionOpInterface op) {
  const std::pair<StringRef, Value> operands[] = {
      {"q", op.getQuery()},    {"k", op.getKey()},   {"v", op.getValue()},
      {"x", op.getResidual()}, {"bias", op.getBias()}, {"out", op.getOut()}};
  for (auto [name, value] : operands)
    if (failed(checkOperandType(op, name, value)))
      return failure();
  return success();
}

static Type elementOf(Value memref) {
  return memref ? cast<MemRefType>(memref.getType()).getElementType() : Type();
}

/// Whether a coefficient differs between rows or columns.
static bool isFine(Value coefficient, AffineMap map) {
  auto type = coefficient ? dyn_cast<MemRefType>(coefficient.getType())
                          : MemRefType();
  return type && (strideMultiple(type, map, kQueryRow) != 0 ||
                  strideMultiple(type, map, kValueDim) != 0);
}

static Type coefficientType(Value coefficient) {
  auto type = coefficient ? dyn_cast<MemRefType>(coefficient.getType())
                          : MemRefType();
  return type ? type.getElementType() : Type();
}

FailureOr<AttentionSpec> rcm::tile::describeAttention(AttentionOpInterface op) {
  if (failed(checkOperands(op)))
    return failure();
  AttentionMaps maps = op.getNamedMaps();
  FailureOr<int64_t> depth =
      staticHeadDim(op, "k", op.getKey(), maps.key, kKeyDim);
  if (failed(depth))
    return failure();
  FailureOr<int64_t> width =
      staticHeadDim(op, "v", op.getValue(), maps.value, kValueDim);
  if (failed(width))
    return failure();
  AttentionSpec spec;
  spec.depth = *depth;
  spec.width = *width;
  spec.scale = op.getScaleValue();
  spec.query = elementOf(op.getQuery());
  spec.out = elementOf(op.getOut());
  spec.hasSkip = static_cast<bool>(op.getAlpha());
  spec.ignoresResidual = isLiteralZero(op.getAlpha());
  spec.residual = elementOf(op.getResidual());
  spec.alpha = coefficientType(op.getAlpha());
  spec.beta = coefficientType(op.getBeta());
  spec.fineCoefficients =
      isFine(op.getAlpha(), maps.alpha) || isFine(op.getBeta(), maps.beta);
  auto aligned = [](Value memref, AffineMap map, AttentionDim inner) {
    return rowsAligned(cast<MemRefType>(memref.getType()), map, inner);
  };
  spec.alignedQuery = aligned(op.getQuery(), maps.query, kKeyDim);
  bool residualFits =
      !spec.readsResidual() ||
      (spec.residual == spec.out &&
       aligned(op.getResidual(), maps.residual, kValueDim));
  spec.staged = spec.out.getIntOrFloatBitWidth() == 16 &&
                spec.paddedWidth() <= 128 && !spec.fineCoefficients &&
                aligned(op.getOut(), maps.out, kValueDim) && residualFits;
  spec.causal = op.isCausal();
  spec.bias = elementOf(op.getBias());
  spec.lse = elementOf(op.getLse());
  return spec;
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

LogicalResult rcm::tile::checkRecipe(AttentionOpInterface op,
                                     std::optional<Recipe> given) {
  Type element = elementOf(op.getQuery());
  Recipe recipe = given.value_or(element && element.isF32() ? Recipe::None
                                                            : Recipe::Int8E4M3);
  if (recipe == Recipe::Int8E4M3)
    return success();
  return op.emitOpError("expected recipe to be int8-e4m3 on this target, got "
                        "none");
}

/// Promoted, unless the keys are known to be too few for a single promotion:
/// the sums are the same then, and the kernel without is 2 % faster.
static Accumulation chooseAccumulation(AttentionOpInterface op) {
  AffineMap map = op.getNamedMaps().key;
  auto at = map.getResultPosition(getAffineDimExpr(kKeyRow, op.getContext()));
  int64_t keys =
      at ? cast<ShapedType>(op.getKey().getType()).getDimSize(*at) : 1;
  bool isShort = !ShapedType::isDynamic(keys) &&
                 keys <= kPromotionTiles * kPrepassTile;
  return isShort ? Accumulation::Direct : Accumulation::Promoted;
}

LogicalResult
rcm::tile::chooseSchedule(AttentionOpInterface op,
                          std::optional<Accumulation> accumulation,
                          AttentionSpec &spec) {
  KernelTraits traits = spec.traits();
  auto error = [&] { return op.emitOpError(); };
  if (auto given = op->getAttrOfType<ScheduleAttr>(kScheduleAttrName)) {
    spec.schedule = given;
    return checkSchedule(error, given, traits);
  }
  spec.schedule =
      chooseSchedule(op.getContext(), traits,
                     accumulation ? *accumulation : chooseAccumulation(op));
  if (spec.schedule)
    return success();
  return op.emitOpError("expected head dimensions that some schedule has "
                        "registers and shared memory for, got ")
         << traits.depth << " and " << traits.width << " (padded)";
}

//===----------------------------------------------------------------------===//
// Skip without attention
//===----------------------------------------------------------------------===//

/// `map` over the dimensions of the output only, in the output's order.
static AffineMap overOutput(AffineMap map, AffineMap out) {
  MLIRContext *context = map.getContext();
  SmallVector<AffineExpr> dims(kNumAttentionDims,
                               getAffineConstantExpr(0, context));
  unsigned count = 0;
  for (AffineExpr expr : out.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      dims[dim.getPosition()] = getAffineDimExpr(count++, context);
  return map.replaceDimsAndSymbols(dims, {}, count, 0);
}

void rcm::tile::lowerSkipAlone(AttentionOpInterface op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  AttentionMaps maps = op.getNamedMaps();
  Value alpha = op.getAlpha();
  bool zero = isLiteralZero(alpha);
  bool shaped = !zero && isa<MemRefType>(alpha.getType());
  SmallVector<Value> inputs;
  SmallVector<AffineMap> inputMaps;
  if (!zero) {
    inputs.push_back(op.getResidual());
    inputMaps.push_back(overOutput(maps.residual, maps.out));
  }
  if (shaped) {
    inputs.push_back(alpha);
    inputMaps.push_back(overOutput(maps.alpha, maps.out));
  }
  inputMaps.push_back(overOutput(maps.out, maps.out));
  SmallVector<utils::IteratorType> loops(inputMaps.back().getNumDims(),
                                         utils::IteratorType::parallel);
  auto convert = [](OpBuilder &builder, Location loc, Value value,
                    Type type) -> Value {
    unsigned from = value.getType().getIntOrFloatBitWidth();
    unsigned to = type.getIntOrFloatBitWidth();
    if (from < to)
      return arith::ExtFOp::create(builder, loc, type, value);
    if (from > to)
      return arith::TruncFOp::create(builder, loc, type, value);
    return value;
  };
  linalg::GenericOp::create(
      b, inputs, op.getOut(), inputMaps, loops,
      [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        Type f32 = builder.getF32Type();
        Value result = arith::ConstantOp::create(
            builder, loc, builder.getF32FloatAttr(0.0f));
        if (!zero) {
          Value factor = convert(builder, loc, shaped ? arguments[1] : alpha, f32);
          Value x = convert(builder, loc, arguments[0], f32);
          result = arith::MulFOp::create(builder, loc, factor, x);
        }
        Value stored =
            convert(builder, loc, result, arguments.back().getType());
        linalg::YieldOp::create(builder, loc, stored);
      });
}
