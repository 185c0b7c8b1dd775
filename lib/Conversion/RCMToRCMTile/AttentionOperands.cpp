//===- AttentionOperands.cpp - What the host knows of one attention -------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionOperands.h"
#include "AttentionLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace rcm;
using namespace rcm::tile;

LogicalResult rcm::tile::checkOperandType(AttentionOpInterface op,
                                          StringRef name, Value operand) {
  if (!operand)
    return success();
  auto type = dyn_cast<MemRefType>(operand.getType());
  if (!type)
    return op.emitOpError("expected `")
           << name << "` to be a memref, got " << operand.getType();
  Type element = type.getElementType();
  if (!element.isF16() && !element.isBF16() && !element.isF32())
    return op.emitOpError("expected element type of `")
           << name << "` to be f16, bf16 or f32, got " << element;
  if (!type.isStrided())
    return op.emitOpError("expected layout of `")
           << name << "` to be strided, got " << type;
  return success();
}

FailureOr<int64_t> rcm::tile::staticHeadDim(AttentionOpInterface op,
                                            StringRef name, Value operand,
                                            AffineMap map, AttentionDim dim) {
  constexpr int64_t kMostColumns = 256;
  auto at = map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
  int64_t size = at ? cast<MemRefType>(operand.getType()).getDimSize(*at) : 1;
  if (!ShapedType::isDynamic(size) && size >= 1 && size <= kMostColumns)
    return size;
  op.emitOpError("expected head dimension of `")
      << name << "` to be static and 1 to " << kMostColumns << ", got "
      << (ShapedType::isDynamic(size) ? "a dynamic size"
                                      : std::to_string(size));
  return failure();
}

void AttentionOperands::read(HostBuilder &b, AttentionOpInterface op,
                             bool coefficients) {
  AttentionMaps maps = op.getNamedMaps();
  query = b.operand("query", op.getQuery(), maps.query);
  key = b.operand("key", op.getKey(), maps.key);
  value = b.operand("value", op.getValue(), maps.value);
  out = b.operand("out", op.getOut(), maps.out);
  readsResidual = op.getResidual() && !isLiteralZero(op.getAlpha());
  if (readsResidual)
    residual = b.operand("residual", op.getResidual(), maps.residual);
  auto optional = [&](StringRef name, Value operand, AffineMap map,
                      std::optional<HostOperand> &result) {
    if (operand && isa<MemRefType>(operand.getType()))
      result = b.operand(name, operand, map);
  };
  optional("bias", op.getBias(), maps.bias, bias);
  optional("lse", op.getLse(), maps.lse, lse);
  if (coefficients) {
    optional("alpha", op.getAlpha(), maps.alpha, alpha);
    optional("beta", op.getBeta(), maps.beta, beta);
  }
  auto sizeOr1 = [&](Value size) { return size ? size : b.index(1); };
  batches = sizeOr1(out.size[kBatch]);
  heads = sizeOr1(out.size[kHead]);
  rows = sizeOr1(out.size[kQueryRow]);
  keys = sizeOr1(key.size[kKeyRow]);
}

void AttentionOperands::requireSizes(HostBuilder &b, AttentionOpInterface op) {
  auto same = [&](const HostOperand &operand, AttentionDim dim, Value size,
                  StringRef what) {
    auto at =
        operand.map.getResultPosition(getAffineDimExpr(dim, op.getContext()));
    if (at && operand.type.isDynamicDim(*at) && operand.size[dim] != size)
      b.requireEqual(operand.size[dim], size,
                     "expected number of " + what + " of `" + operand.name +
                         "` to be that of the output and the keys");
  };
  SmallVector<const HostOperand *> all = {&query, &key, &value};
  if (readsResidual)
    all.push_back(&residual);
  for (auto *operand : {&bias, &lse, &alpha, &beta})
    if (*operand)
      all.push_back(&**operand);
  for (const HostOperand *operand : all) {
    same(*operand, kBatch, batches, "batches");
    same(*operand, kQueryRow, rows, "query rows");
    same(*operand, kKeyRow, keys, "keys");
    if (operand != &key && operand != &value)
      same(*operand, kHead, heads, "heads");
  }
  for (const HostOperand *operand : {&key, &value}) {
    Value count = operand->size[kHead];
    if (!count)
      continue;
    Value rest = arith::RemUIOp::create(b, heads, b.max(count, b.index(1)));
    b.requireEqual(rest, b.index(0),
                   "expected number of heads of `" + operand->name +
                       "` to divide that of the queries");
  }
}

SkipCoefficientsOp rcm::tile::findTimes(AttentionOpInterface op) {
  AttentionMaps maps = op.getNamedMaps();
  if (!op.getAlpha() || maps.alpha != maps.beta)
    return {};
  for (AttentionDim dim : {kQueryRow, kValueDim})
    if (maps.alpha.getResultPosition(getAffineDimExpr(dim, op.getContext())))
      return {};
  SkipCoefficientsOp source;
  for (Operation *user : op.getAlpha().getUsers())
    if (auto found = dyn_cast<SkipCoefficientsOp>(user))
      source = found;
  if (!source || source->getBlock() != op->getBlock() ||
      !source->isBeforeInBlock(op) || source.getOuts().size() != 2 ||
      source.getOuts()[0] != op.getAlpha() ||
      source.getOuts()[1] != op.getBeta())
    return {};
  for (Value buffer : source.getOuts())
    if (!buffer.getDefiningOp<memref::AllocOp>() ||
        llvm::range_size(buffer.getUsers()) != 2)
      return {};
  for (Operation *between = source->getNextNode(); between != op;
       between = between->getNextNode())
    if (!isMemoryEffectFree(between) && !isa<memref::AllocOp>(between))
      return {};
  auto type = dyn_cast<MemRefType>(source.getT().getType());
  return type && type.isStrided() ? source : SkipCoefficientsOp();
}
