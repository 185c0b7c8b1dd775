//===- Describe.cpp - functions that are one attention --------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

/// The dimensions as letters; false if the map is longer than fits.
static bool writeDims(AffineMap map, char *dims) {
  static constexpr char kLetters[] = "bhmnkd";
  if (map.getNumResults() > RCM_COMPILER_MAX_RANK)
    return false;
  for (AffineExpr result : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(result);
    *dims++ = dim ? kLetters[dim.getPosition()] : '1';
  }
  *dims = 0;
  return true;
}

/// An argument of the function, a constant, or absent.
static bool describeOperand(Value value, AffineMap map,
                            rcmAttentionOperand &operand) {
  operand = {-1, 0, 0, {}};
  if (!value)
    return true;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    operand.argument = static_cast<int32_t>(argument.getArgNumber());
    return writeDims(map, operand.dims);
  }
  FloatAttr constant;
  if (!matchPattern(value, m_Constant(&constant)))
    return false;
  operand.isConstant = 1;
  operand.constant = constant.getValueAsDouble();
  return true;
}

/// Both coefficients: arguments, constants, or the two results of a schedule.
static bool describeCoefficients(rcm::AttentionOpInterface op,
                                 const rcm::AttentionMaps &maps,
                                 rcmAttentionDescription &description) {
  description.time = {-1, 0, 0, {}};
  auto schedule = op.getAlpha()
                      ? op.getAlpha().getDefiningOp<rcm::SkipCoefficientsOp>()
                      : nullptr;
  if (!schedule)
    return describeOperand(op.getAlpha(), maps.alpha, description.alpha) &&
           describeOperand(op.getBeta(), maps.beta, description.beta);
  if (op.getAlpha() != schedule->getResult(0) ||
      op.getBeta() != schedule->getResult(1) || maps.alpha != maps.beta)
    return false;
  description.alpha = description.beta = {-1, 0, 0, {}};
  description.schedule =
      rcm::stringifySkipSchedule(schedule.getSchedule()).data();
  description.sigmaData = schedule.getSigmaData().convertToDouble();
  return describeOperand(schedule.getT(), maps.alpha, description.time);
}

/// The mask's offset, if it is a constant.
static bool describeCausal(rcm::AttentionOpInterface op,
                           rcmAttentionDescription &description) {
  description.causal = op.isCausal();
  description.causalOffset = 0;
  if (!op.getCausalOffset())
    return true;
  APInt offset;
  if (!matchPattern(op.getCausalOffset(), m_ConstantInt(&offset)))
    return false;
  description.causalOffset = offset.getSExtValue();
  return true;
}

static bool describe(func::FuncOp function,
                     rcmAttentionDescription &description) {
  if (!function.getBody().hasOneBlock())
    return false;
  rcm::AttentionOpInterface attention;
  for (Operation &op : function.getBody().front()) {
    if (auto found = dyn_cast<rcm::AttentionOpInterface>(op)) {
      if (attention)
        return false;
      attention = found;
    } else if (!isa<tensor::EmptyOp, arith::ConstantOp, linalg::FillOp,
                    rcm::SkipCoefficientsOp, func::ReturnOp>(op)) {
      return false;
    }
  }
  if (!attention)
    return false;
  auto exit = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (attention.hasTensorSemantics() &&
      (exit.getNumOperands() == 0 ||
       exit.getOperand(0) != attention->getResult(0)))
    return false;

  rcm::AttentionMaps maps = attention.getNamedMaps();
  description.scale = attention.getScaleValue();
  if (!describeOperand(attention.getQuery(), maps.query, description.query) ||
      !describeOperand(attention.getKey(), maps.key, description.key) ||
      !describeOperand(attention.getValue(), maps.value, description.value) ||
      !describeOperand(attention.getResidual(), maps.residual,
                       description.residual) ||
      !describeOperand(attention.getBias(), maps.bias, description.bias) ||
      !describeCoefficients(attention, maps, description) ||
      !describeCausal(attention, description))
    return false;
  description.out = {-1, 0, 0, {}};
  if (!attention.hasTensorSemantics() &&
      !describeOperand(attention.getOut(), maps.out, description.out))
    return false;
  return writeDims(maps.out, description.out.dims);
}

rcmStatus rcmModuleDescribeAttention(const rcmModule *module,
                                     const char *function,
                                     rcmAttentionDescription *description) {
  *description = {};
  func::FuncOp op = rcm::capi::findFunction(*module, function);
  return op && describe(op, *description) ? RCM_STATUS_SUCCESS
                                          : RCM_STATUS_FAILURE;
}
