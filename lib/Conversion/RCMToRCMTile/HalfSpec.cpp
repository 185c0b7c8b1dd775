//===- HalfSpec.cpp - What a 16-bit attention kernel needs ----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "HalfKernel.h"

#include "rcm/Dialect/RCMTile/IR/Layouts.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::tile;

static constexpr int64_t kBytes = 2; // of an element
/// 32-bit registers of one multiprocessor, and the most of one thread.
static constexpr int64_t kRegisterFile = 65536;
static constexpr int64_t kMaxRegisters = 255;
/// Registers that addresses, loop state, row statistics, one step of P and its
/// exponentials need beside S and O.
static constexpr int64_t kOtherRegisters = 32;
/// More of them where R and Out are reached by strides (64-bit addresses), and
/// where there is a bias.
static constexpr int64_t kStridedRegisters = 32, kBiasRegisters = 32;
/// Shared memory of one multiprocessor on compute capability 9.0, and what the
/// system takes of it per block.
static constexpr int64_t kMultiprocessorBytes = 233472;
static constexpr int64_t kReservedBytes = 1024;
/// More blocks at a time have not been worth their barriers.
static constexpr int64_t kMaxBlocks = 2;

int64_t HalfSpec::paddedDepth() const { return padHeadDim(depth); }
int64_t HalfSpec::paddedWidth() const { return padHeadDim(width); }

int64_t HalfSpec::threads() const {
  return layouts::kWarpgroup * schedule.getConsumerWarpgroups();
}

HalfPlan HalfSpec::plan() const {
  int64_t groups = schedule.getConsumerWarpgroups();
  int64_t stages = schedule.getStages();
  HalfPlan plan;
  plan.queryStride = layouts::kGroupRows * paddedDepth() * kBytes;
  plan.residualStride =
      staged ? layouts::kGroupRows * paddedWidth() * kBytes : 0;
  plan.keyStride = schedule.getKeyTile() * paddedDepth() * kBytes;
  plan.valueStride = schedule.getKeyTile() * paddedWidth() * kBytes;
  plan.query = 0;
  plan.residual = plan.query + groups * plan.queryStride;
  plan.key = plan.residual + groups * plan.residualStride;
  plan.value = plan.key + stages * plan.keyStride;
  plan.barriers = plan.value + stages * plan.valueStride;
  // Q and R per warpgroup; K full, V full and empty per stage.
  plan.total = plan.barriers + 8 * (2 * groups + 3 * stages);
  return plan;
}

int64_t HalfSpec::registers() const {
  return schedule.getKeyTile() / 2 + paddedWidth() / 2 + otherRegisters();
}

int64_t HalfSpec::otherRegisters() const {
  return kOtherRegisters + (staged ? 0 : kStridedRegisters) +
         (bias ? kBiasRegisters : 0);
}

int64_t HalfSpec::blocks() const {
  int64_t byRegisters = kRegisterFile / (threads() * registers());
  int64_t byShared = kMultiprocessorBytes / (plan().total + kReservedBytes);
  return std::clamp<int64_t>(std::min(byRegisters, byShared), 1, kMaxBlocks);
}

LogicalResult
rcm::tile::checkResources(function_ref<InFlightDiagnostic()> emitError,
                          const HalfSpec &spec) {
  int64_t have = std::min(
      kMaxRegisters,
      static_cast<int64_t>(llvm::alignDown(kRegisterFile / spec.threads(), 8)));
  if (spec.registers() > have)
    return emitError() << "expected registers per thread to be at most " << have
                       << ", got " << spec.schedule.getKeyTile() / 2
                       << " (S) + " << spec.paddedWidth() / 2 << " (O) + "
                       << spec.otherRegisters() << " = " << spec.registers();
  HalfPlan plan = spec.plan();
  if (plan.total > kMaxSharedBytes)
    return emitError() << "expected shared memory to be at most "
                       << kMaxSharedBytes << " bytes, got " << plan.residual
                       << " (Q) + " << plan.key - plan.residual << " (R) + "
                       << plan.value - plan.key << " (K) + "
                       << plan.barriers - plan.value << " (V) + "
                       << plan.total - plan.barriers
                       << " (barriers) = " << plan.total;
  return success();
}

static void addStrides(KernelParameters &list, StringRef operand,
                       StringRef dims, Type i64) {
  for (char dim : dims)
    list.push_back({(operand + "_stride_" + Twine(dim)).str(), i64});
}

KernelParameters rcm::tile::halfParameters(const HalfSpec &spec,
                                           MLIRContext *context) {
  Builder b(context);
  Type i64 = b.getI64Type(), f32 = b.getF32Type();
  Type map = TensorMapType::get(context);
  KernelParameters list = {
      {"query_map", map}, {"key_map", map}, {"value_map", map}};
  auto addBuffer = [&](StringRef name, Type element, StringRef dims) {
    list.push_back(
        {name.str(), MemRefType::get({ShapedType::kDynamic}, element)});
    addStrides(list, name, dims, i64);
  };
  if (spec.staged) {
    if (spec.readsResidual())
      list.push_back({"residual_map", map});
    list.push_back({"out_map", map});
  } else {
    if (spec.readsResidual())
      addBuffer("residual", spec.residual, "bhmd");
    addBuffer("out", spec.out, "bhmd");
  }
  if (spec.times)
    addBuffer("time", spec.time, "bh");
  else if (spec.hasSkip)
    for (auto [name, type] : {std::pair<StringRef, Type>{"alpha", spec.alpha},
                              {"beta", spec.beta}}) {
      if (type)
        addBuffer(name, type, spec.fineCoefficients ? "bhmd" : "bh");
      else
        list.push_back({name.str(), f32});
    }
  if (spec.bias)
    addBuffer("bias", spec.bias, "bhmn");
  if (spec.lse)
    addBuffer("lse", spec.lse, "bhm");
  if (spec.causal)
    list.push_back({"causal_offset", i64});
  for (StringRef name : {"query_rows", "keys", "key_group", "key_batch_step",
                         "value_group", "value_batch_step"})
    list.push_back({name.str(), i64});
  return list;
}
