//===- Operations.cpp - rcm attributes and operations from C --------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm-c/Dialects.h"
#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/CAPI/AffineMap.h"
#include "mlir/CAPI/IR.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;

MlirAttribute rcmSkipScheduleAttrGet(MlirContext context,
                                     rcmSkipSchedule schedule) {
  auto value = rcm::symbolizeSkipSchedule(static_cast<uint32_t>(schedule));
  if (!value)
    return {nullptr};
  // Nobody may have parsed an rcm op yet.
  unwrap(context)->getOrLoadDialect<rcm::RCMDialect>();
  return wrap(rcm::SkipScheduleAttr::get(unwrap(context), *value));
}

bool rcmAttributeIsASkipSchedule(MlirAttribute attribute) {
  return isa_and_nonnull<rcm::SkipScheduleAttr>(unwrap(attribute));
}

rcmSkipSchedule rcmSkipScheduleAttrGetValue(MlirAttribute attribute) {
  auto schedule = cast<rcm::SkipScheduleAttr>(unwrap(attribute));
  return static_cast<rcmSkipSchedule>(schedule.getValue());
}

/// Reports the first required operand that is null.
static LogicalResult checkPresent(
    Location location, ArrayRef<std::pair<StringRef, MlirValue>> operands) {
  for (auto [name, value] : operands)
    if (!value.ptr)
      return emitError(location) << "expected `" << name
                                 << "` to be a value, got null";
  return success();
}

/// The types of an op's results: none on memrefs.
static SmallVector<Type> getResultTypes(ValueRange destinations) {
  SmallVector<Type> types;
  for (Value destination : destinations)
    if (isa<RankedTensorType>(destination.getType()))
      types.push_back(destination.getType());
  return types;
}

static LogicalResult checkAttention(Location location,
                                    const rcmAttentionSpec &spec) {
  if (spec.size < sizeof(rcmAttentionSpec))
    return emitError(location)
           << "expected `size` of the specification to be at least "
           << sizeof(rcmAttentionSpec) << ", got " << spec.size;
  if (failed(checkPresent(location, {{"query", spec.query},
                                     {"key", spec.key},
                                     {"value", spec.value},
                                     {"out", spec.out}})))
    return failure();
  if (!spec.residual.ptr && !spec.alpha.ptr && !spec.beta.ptr)
    return success();
  return checkPresent(location, {{"residual", spec.residual},
                                 {"alpha", spec.alpha},
                                 {"beta", spec.beta}});
}

MlirOperation rcmAttentionCreate(MlirLocation location,
                                 const rcmAttentionSpec *spec) {
  Location loc = unwrap(location);
  if (failed(checkAttention(loc, *spec)))
    return {nullptr};
  loc->getContext()->getOrLoadDialect<rcm::RCMDialect>();
  OpBuilder builder(loc->getContext());
  SmallVector<Value> outs = {unwrap(spec->out)};
  if (spec->logSumExp.ptr)
    outs.push_back(unwrap(spec->logSumExp));
  ArrayAttr maps;
  if (spec->mapCount > 0) {
    SmallVector<AffineMap> list;
    for (intptr_t i = 0; i < spec->mapCount; ++i)
      list.push_back(unwrap(spec->maps[i]));
    maps = builder.getAffineMapArrayAttr(list);
  }
  auto optional = [](MlirValue value) {
    return value.ptr ? unwrap(value) : Value();
  };
  FloatAttr scale = builder.getF64FloatAttr(spec->scale);
  UnitAttr causal = spec->causal ? builder.getUnitAttr() : UnitAttr();
  SmallVector<Type> results = getResultTypes(outs);
  Operation *op;
  if (spec->residual.ptr)
    op = rcm::AttentionSkipOp::create(
        builder, loc, results, unwrap(spec->query), unwrap(spec->key),
        unwrap(spec->value), unwrap(spec->residual), unwrap(spec->alpha),
        unwrap(spec->beta), optional(spec->bias), optional(spec->causalOffset),
        outs, scale, causal, maps);
  else
    op = rcm::AttentionOp::create(
        builder, loc, results, unwrap(spec->query), unwrap(spec->key),
        unwrap(spec->value), optional(spec->bias), optional(spec->causalOffset),
        outs, scale, causal, maps);
  return wrap(op);
}

MlirOperation rcmSkipCoefficientsCreate(MlirLocation location,
                                        rcmSkipSchedule schedule,
                                        double sigmaData, MlirValue t,
                                        MlirValue skipDestination,
                                        MlirValue outDestination) {
  Location loc = unwrap(location);
  auto value = rcm::symbolizeSkipSchedule(static_cast<uint32_t>(schedule));
  if (!value) {
    emitError(loc) << "expected a schedule of t, got number "
                   << static_cast<uint32_t>(schedule);
    return {nullptr};
  }
  if (failed(checkPresent(loc, {{"t", t}})))
    return {nullptr};
  loc->getContext()->getOrLoadDialect<rcm::RCMDialect>();
  SmallVector<Value> outs;
  for (MlirValue destination : {skipDestination, outDestination})
    if (destination.ptr)
      outs.push_back(unwrap(destination));
  SmallVector<Type> results = getResultTypes(outs);
  if (!isa<ShapedType>(unwrap(t).getType()))
    results.assign(2, unwrap(t).getType());
  OpBuilder builder(loc->getContext());
  return wrap(rcm::SkipCoefficientsOp::create(
                  builder, loc, results, *value,
                  builder.getF64FloatAttr(sigmaData).getValue(), unwrap(t),
                  outs)
                  .getOperation());
}
