//===- RCMVerifier.cpp - the constraints of docs/Spec.md
//------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

// Each check carries the number that docs/Spec.md, the op descriptions and the
// tests in test/Dialect/RCM/invalid.mlir use.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SmallSet.h"
#include <cmath>

using namespace mlir;
using namespace rcm;

namespace {

constexpr const char *kDimNames[] = {"b", "h", "m", "n", "k", "d"};

/// An operand as the checks see it.
struct MappedOperand {
  StringRef name;
  Value value;
  AffineMap map;
  SmallVector<unsigned, 4> allowed;  ///< dimensions its map may use
  SmallVector<unsigned, 2> required; ///< dimensions its map must use
  bool mayBroadcast = false;         ///< may use 0 on dimensions of size 1

  int64_t getRank() const {
    auto type = dyn_cast<ShapedType>(value.getType());
    return type ? type.getRank() : 0;
  }
  int64_t getSize(unsigned position) const {
    return cast<ShapedType>(value.getType()).getDimSize(position);
  }
  bool uses(unsigned dim) const { return map.isFunctionOfDim(dim); }
};

/// The checks of one attention op, in the order of their numbers.
class AttentionVerifier {
public:
  explicit AttentionVerifier(Operation *op)
      : op(op), attention(cast<AttentionOpInterface>(op)) {}

  LogicalResult verify() {
    if (failed(verifyKinds()) || failed(collectOperands()))
      return failure();
    for (const MappedOperand &operand : operands)
      if (failed(verifyMap(operand)))
        return failure();
    if (failed(verifyOutputDims()) || failed(verifySizes()) ||
        failed(verifyNonEmpty()) || failed(verifyHeads()))
      return failure();
    return verifyProperties();
  }

private:
  LogicalResult verifyKinds();
  LogicalResult collectOperands();
  LogicalResult verifyMap(const MappedOperand &operand);
  LogicalResult verifyOutputDims();
  LogicalResult verifySizes();
  LogicalResult verifyHeads();
  LogicalResult verifyNonEmpty();
  LogicalResult verifyProperties();

  Operation *op;
  AttentionOpInterface attention;
  SmallVector<MappedOperand> operands;
};

} // namespace

static std::string joinDims(ArrayRef<unsigned> dims) {
  std::string text = "{";
  for (unsigned dim : dims)
    text += (text.size() > 1 ? ", " : "") + std::string(kDimNames[dim]);
  return text + "}";
}

LogicalResult AttentionVerifier::verifyKinds() {
  auto inits = cast<DestinationStyleOpInterface>(op).getDpsInits();
  // attention_c1
  if (inits.empty() || inits.size() > 2)
    return op->emitOpError("expected 1 or 2 destinations in `outs`, got ")
           << inits.size();
  // attention_c2
  bool tensors = isa<RankedTensorType>(inits[0].getType());
  for (OpOperand &operand : op->getOpOperands())
    if (isa<ShapedType>(operand.get().getType()) &&
        isa<RankedTensorType>(operand.get().getType()) != tensors)
      return op->emitOpError("expected all shaped operands to be ")
             << (tensors ? "tensors" : "memrefs")
             << " as the destination is, got operand #"
             << operand.getOperandNumber() << " of type "
             << operand.get().getType();
  size_t numResults = tensors ? inits.size() : 0;
  if (op->getNumResults() != numResults)
    return op->emitOpError("expected ")
           << numResults << " results, one per tensor destination, got "
           << op->getNumResults();
  return success();
}

LogicalResult AttentionVerifier::collectOperands() {
  // attention_c3
  size_t numMapped = attention.getMappedOperands().size();
  if (ArrayAttr written = attention.getWrittenMaps();
      written && written.size() != numMapped)
    return op->emitOpError("expected ")
           << numMapped << " indexing maps, one per operand, got "
           << written.size();
  AttentionMaps maps = attention.getNamedMaps();
  operands.push_back({"query",
                      attention.getQuery(),
                      maps.query,
                      {kBatch, kHead, kQueryRow, kKeyDim},
                      {kQueryRow, kKeyDim}});
  operands.push_back({"key",
                      attention.getKey(),
                      maps.key,
                      {kBatch, kHead, kKeyRow, kKeyDim},
                      {kKeyRow, kKeyDim}});
  operands.push_back({"value",
                      attention.getValue(),
                      maps.value,
                      {kBatch, kHead, kKeyRow, kValueDim},
                      {kKeyRow, kValueDim}});
  SmallVector<unsigned, 4> output = {kBatch, kHead, kQueryRow, kValueDim};
  if (attention.getResidual()) {
    operands.push_back({"residual",
                        attention.getResidual(),
                        maps.residual,
                        output,
                        {kQueryRow, kValueDim}});
    operands.push_back({"alpha",
                        attention.getAlpha(),
                        maps.alpha,
                        output,
                        {},
                        /*mayBroadcast=*/true});
    operands.push_back({"beta",
                        attention.getBeta(),
                        maps.beta,
                        output,
                        {},
                        /*mayBroadcast=*/true});
  }
  if (attention.getBias())
    operands.push_back({"bias",
                        attention.getBias(),
                        maps.bias,
                        {kBatch, kHead, kQueryRow, kKeyRow},
                        {},
                        /*mayBroadcast=*/true});
  operands.push_back(
      {"out", attention.getOut(), maps.out, output, {kQueryRow, kValueDim}});
  if (attention.getLse())
    operands.push_back({"lse",
                        attention.getLse(),
                        maps.lse,
                        {kBatch, kHead, kQueryRow},
                        {kQueryRow}});
  return success();
}

LogicalResult AttentionVerifier::verifyMap(const MappedOperand &operand) {
  // attention_c4
  if (!operand.map)
    return op->emitOpError("expected rank of `")
           << operand.name << "` to have a default indexing map, got rank "
           << operand.getRank() << " without `indexing_maps`";
  if (operand.map.getNumDims() != kNumAttentionDims ||
      operand.map.getNumSymbols() != 0)
    return op->emitOpError("expected indexing map of `")
           << operand.name << "` to have the 6 dimensions (b, h, m, n, k, d) "
           << "and no symbols, got " << AffineMapAttr::get(operand.map);
  if (operand.map.getNumResults() != operand.getRank())
    return op->emitOpError("expected indexing map of `")
           << operand.name << "` to have one result per dimension, got "
           << operand.map.getNumResults() << " for rank " << operand.getRank();
  llvm::SmallSet<unsigned, 4> seen;
  for (auto [position, result] : llvm::enumerate(operand.map.getResults())) {
    if (auto constant = dyn_cast<AffineConstantExpr>(result);
        constant && constant.getValue() == 0 && operand.mayBroadcast) {
      if (operand.getSize(position) != 1)
        return op->emitOpError("expected dimension ")
               << position << " of `" << operand.name
               << "`, which its map reads at 0, to have size 1, got "
               << operand.value.getType();
      continue;
    }
    auto dim = dyn_cast<AffineDimExpr>(result);
    if (!dim || !llvm::is_contained(operand.allowed, dim.getPosition()) ||
        !seen.insert(dim.getPosition()).second)
      return op->emitOpError("expected indexing map of `")
             << operand.name << "` to select distinct dimensions of "
             << joinDims(operand.allowed) << ", got "
             << AffineMapAttr::get(operand.map);
  }
  for (unsigned dim : operand.required)
    if (!seen.contains(dim))
      return op->emitOpError("expected indexing map of `")
             << operand.name << "` to use " << joinDims(operand.required)
             << ", got " << AffineMapAttr::get(operand.map);
  return success();
}

LogicalResult AttentionVerifier::verifyOutputDims() {
  const MappedOperand &out = *llvm::find_if(
      operands, [](const MappedOperand &o) { return o.name == "out"; });
  for (const MappedOperand &operand : operands) {
    for (unsigned dim : {kBatch, kHead}) {
      // attention_c5
      if (operand.uses(dim) && !out.uses(dim))
        return op->emitOpError("expected indexing map of `out` to use ")
               << kDimNames[dim] << " as `" << operand.name << "` does, got "
               << AffineMapAttr::get(out.map);
      // attention_c10
      bool followsOut = operand.name == "residual" || operand.name == "lse";
      if (followsOut && operand.uses(dim) != out.uses(dim))
        return op->emitOpError("expected indexing map of `")
               << operand.name << "` to use " << kDimNames[dim]
               << " as `out` does, got " << AffineMapAttr::get(operand.map);
    }
  }
  return success();
}

LogicalResult AttentionVerifier::verifySizes() {
  // attention_c6
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim) {
    const MappedOperand *first = nullptr;
    int64_t firstSize = 0;
    for (const MappedOperand &operand : operands) {
      bool isGrouped = operand.name == "key" || operand.name == "value";
      auto position = operand.map.getResultPosition(
          getAffineDimExpr(dim, op->getContext()));
      if (!position || (dim == kHead && isGrouped))
        continue;
      int64_t size = operand.getSize(*position);
      if (ShapedType::isDynamic(size))
        continue;
      if (!first) {
        first = &operand;
        firstSize = size;
        continue;
      }
      if (size != firstSize)
        return op->emitOpError("expected size of dimension ")
               << kDimNames[dim] << " of `" << operand.name << "` to be "
               << firstSize << " as in `" << first->name << "`, got " << size;
    }
  }
  return success();
}

LogicalResult AttentionVerifier::verifyHeads() {
  // attention_c7
  AffineExpr head = getAffineDimExpr(kHead, op->getContext());
  auto getHeads = [&](StringRef name) -> int64_t {
    for (const MappedOperand &operand : operands)
      if (operand.name == name)
        if (auto position = operand.map.getResultPosition(head))
          return operand.getSize(*position);
    return ShapedType::kDynamic;
  };
  int64_t queryHeads = getHeads("out");
  int64_t keyHeads = getHeads("key"), valueHeads = getHeads("value");
  if (!ShapedType::isDynamic(keyHeads) && !ShapedType::isDynamic(valueHeads) &&
      keyHeads != valueHeads)
    return op->emitOpError("expected `key` and `value` to have the same number "
                           "of heads, got ")
           << keyHeads << " and " << valueHeads;
  int64_t groups = ShapedType::isDynamic(keyHeads) ? valueHeads : keyHeads;
  if (ShapedType::isDynamic(queryHeads) || ShapedType::isDynamic(groups))
    return success();
  if (groups == 0 || queryHeads % groups != 0)
    return op->emitOpError("expected number of query heads to be a multiple "
                           "of the number of key heads ")
           << groups << ", got " << queryHeads;
  return success();
}

LogicalResult AttentionVerifier::verifyNonEmpty() {
  // attention_c8
  for (const MappedOperand &operand : operands)
    for (auto [position, result] : llvm::enumerate(operand.map.getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(result);
      if (dim && dim.getPosition() != kKeyRow && operand.getSize(position) == 0)
        return op->emitOpError("expected size of dimension ")
               << kDimNames[dim.getPosition()] << " of `" << operand.name
               << "` to be at least 1, got 0";
    }
  return success();
}

LogicalResult AttentionVerifier::verifyProperties() {
  // attention_c9
  if (!std::isfinite(attention.getScaleValue()))
    return op->emitOpError("expected `scale` to be finite, got ")
           << attention.getScaleValue();
  // attention_c12
  if (attention.getCausalOffset() && !attention.isCausal())
    return op->emitOpError(
        "expected `causal` beside `offset`, got `offset` alone");
  // attention_c13
  if (Value lse = attention.getLse())
    if (Type element = getElementTypeOrSelf(lse.getType());
        !element.isF32() && !element.isF64())
      return op->emitOpError("expected element type of `lse` to be f32 or "
                             "f64, got ")
             << element;
  return success();
}

LogicalResult rcm::detail::verifyAttention(Operation *op) {
  return AttentionVerifier(op).verify();
}

LogicalResult SkipCoefficientsOp::verify() {
  // coefficients_c14
  size_t numOuts = isScalar() ? 0 : 2;
  if (getOuts().size() != numOuts)
    return emitOpError("expected ")
           << numOuts << " destinations for `t` of type " << getT().getType()
           << ", got " << getOuts().size();
  // coefficients_c15
  size_t numResults = isa<MemRefType>(getT().getType()) ? 0 : 2;
  if (getResults().size() != numResults)
    return emitOpError("expected ")
           << numResults << " results for `t` of type " << getT().getType()
           << ", got " << getResults().size();
  // coefficients_c16
  auto sameAsT = [&](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    auto tShaped = dyn_cast<ShapedType>(getT().getType());
    if (!shaped || !tShaped)
      return type == getT().getType();
    return isa<MemRefType>(type) == isa<MemRefType>(getT().getType()) &&
           shaped.getElementType() == tShaped.getElementType() &&
           succeeded(verifyCompatibleShape(shaped, tShaped));
  };
  for (Type type :
       llvm::concat<const Type>(getOuts().getTypes(), getResults().getTypes()))
    if (!sameAsT(type))
      return emitOpError("expected coefficients of the type of `t`, ")
             << getT().getType() << ", got " << type;
  // coefficients_c17
  double sigma = getSigmaData().convertToDouble();
  if (!std::isfinite(sigma) || sigma <= 0.0)
    return emitOpError("expected `sigma_data` to be finite and positive, got ")
           << sigma;
  // coefficients_c18
  if (getSchedule() == SkipSchedule::RectifiedFlowTrigFlow && sigma != 1.0)
    return emitOpError("expected `sigma_data` of `rectified_flow_trigflow` to "
                       "be 1, got ")
           << sigma;
  return success();
}
