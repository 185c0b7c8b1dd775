//===- FuseAttentionSkip.cpp - finds attention with a skip
//----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"
#include "rcm/Dialect/RCM/Transforms/AttentionFusion.h"
#include "rcm/Dialect/RCM/Transforms/ExternalModels.h"
#include "rcm/Dialect/RCM/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace rcm {
#define GEN_PASS_DEF_FUSEATTENTIONSKIP
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

namespace {
struct FuseAttentionSkip : rcm::impl::FuseAttentionSkipBase<FuseAttentionSkip> {
  using FuseAttentionSkipBase::FuseAttentionSkipBase;

  /// The ops it makes must bufferize where nobody registered our dialect, as in
  /// a tool that loads us as a pass plugin only.
  void
  getDependentDialects(mlir::DialectRegistry &registry) const override {
    FuseAttentionSkipBase::getDependentDialects(registry);
    rcm::registerTilingInterfaceExternalModels(registry);
    rcm::registerBufferizableOpInterfaceExternalModels(registry);
  }

  void runOnOperation() override {
    rcm::AttentionFusionOptions options;
    options.withSkip = true;
    options.keepIntermediateRounding = keepIntermediateRounding;
    options.plantedBug = plantedBug;
    options.remarkCategory = getArgument();
    rcm::fuseAttention(getOperation(), options);
  }
};
} // namespace
