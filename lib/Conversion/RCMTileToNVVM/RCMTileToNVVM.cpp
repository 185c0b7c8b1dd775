//===- RCMTileToNVVM.cpp - convert-rcm-tile-to-nvvm
//-------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// A fragment becomes as many scalars as it has registers, all the way through
// loops and branches: aggregates would have to be taken apart again by the
// back end. Kernels become LLVM functions whose tensor maps are by-value
// parameters.
//
//===----------------------------------------------------------------------===//

#include "Emitter.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCMTile/Transforms/Passes.h"
#include "rcm/Conversion/RCMTileToNVVM.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTRCMTILETONVVM
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm::tile;

/// Bytes and alignment of a tensor map (CUtensorMap).
static constexpr int64_t kTensorMapBytes = 128;
static constexpr int64_t kTensorMapAlignment = 64;
/// The swizzle's period: shared memory starts at a multiple of it.
static constexpr int64_t kSharedAlignment = 1024;

/// Set on kernels of which several blocks share a multiprocessor.
static constexpr llvm::StringLiteral kBlocksAttr =
    "rcm_tile.blocks_per_multiprocessor";

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static LogicalResult convertFragment(FragmentType type,
                                     SmallVectorImpl<Type> &results) {
  bool bits = type.getLayout() == Layout::RowChunks ||
              type.getElementType().getIntOrFloatBitWidth() < 32;
  Type reg =
      bits ? IntegerType::get(type.getContext(), 32) : type.getElementType();
  results.append(type.getRegisters(), reg);
  return success();
}

static void populateTypes(TypeConverter &converter) {
  converter.addConversion([](Type type) { return type; });
  converter.addConversion(
      [](FragmentType type,
         SmallVectorImpl<Type> &results) -> std::optional<LogicalResult> {
        return convertFragment(type, results);
      });
  converter.addConversion(
      [](AsyncType type,
         SmallVectorImpl<Type> &results) -> std::optional<LogicalResult> {
        return convertFragment(type.getFragment(), results);
      });
  auto shared = [](Type type) {
    return LLVM::LLVMPointerType::get(type.getContext(), 3);
  };
  converter.addConversion(
      [=](SharedType type) -> Type { return shared(type); });
  converter.addConversion(
      [=](BarrierType type) -> Type { return shared(type); });
  auto generic = [](Type type) {
    return LLVM::LLVMPointerType::get(type.getContext());
  };
  converter.addConversion(
      [=](TensorMapType type) -> Type { return generic(type); });
  converter.addConversion(
      [=](MemRefType type) -> Type { return generic(type); });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

namespace {
class KernelLowering : public OpConversionPattern<gpu::GPUFuncOp> {
public:
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(gpu::GPUFuncOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!op.isKernel())
      return rewriter.notifyMatchFailure(op, "expected a kernel");
    TypeConverter::SignatureConversion signature(op.getNumArguments());
    if (failed(getTypeConverter()->convertSignatureArgs(op.getArgumentTypes(),
                                                        signature)))
      return rewriter.notifyMatchFailure(
          op, "expected every parameter to have a form on the device");
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(getContext()), signature.getConvertedTypes());
    auto kernel =
        LLVM::LLVMFuncOp::create(rewriter, op.getLoc(), op.getName(), type);
    kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    rewriter.getUnitAttr());
    kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    rewriter.getUnitAttr());
    if (std::optional<ArrayRef<int32_t>> size = op.getKnownBlockSize())
      kernel->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                      rewriter.getDenseI32ArrayAttr(*size));
    // Without it the assembler ignores setmaxnreg (warning C7508).
    bool setsRegisters = op.walk([](SetRegistersOp) {
                             return WalkResult::interrupt();
                           }).wasInterrupted();
    if (setsRegisters)
      kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      rewriter.getI32IntegerAttr(1));
    // How many blocks are to share a multiprocessor bounds the registers.
    if (auto blocks = op->getAttrOfType<IntegerAttr>(kBlocksAttr))
      kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(), blocks);
    auto schedule = op->getAttrOfType<ScheduleAttr>("rcm_tile.schedule");
    if (schedule && schedule.getOrder() != 0)
      kernel->setAttr(rcm::kInstructionOrderAttrName,
                      rewriter.getI64IntegerAttr(schedule.getOrder()));
    for (auto [index, argument] : llvm::enumerate(op.getArguments()))
      if (isa<TensorMapType>(argument.getType()))
        passByValue(kernel, index, rewriter);
    rewriter.inlineRegionBefore(op.getBody(), kernel.getBody(), kernel.end());
    if (failed(rewriter.convertRegionTypes(&kernel.getBody(),
                                           *getTypeConverter(), &signature)))
      return rewriter.notifyMatchFailure(op, "expected convertible blocks");
    rewriter.eraseOp(op);
    return success();
  }

private:
  void passByValue(LLVM::LLVMFuncOp kernel, unsigned index,
                   OpBuilder &builder) const {
    auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), kTensorMapBytes);
    kernel.setArgAttr(index, LLVM::LLVMDialect::getByValAttrName(),
                      TypeAttr::get(bytes));
    kernel.setArgAttr(index, LLVM::LLVMDialect::getAlignAttrName(),
                      builder.getI64IntegerAttr(kTensorMapAlignment));
    kernel.setArgAttr(index, NVVM::NVVMDialect::getGridConstantAttrName(),
                      builder.getUnitAttr());
  }
};

class ReturnLowering : public OpConversionPattern<gpu::ReturnOp> {
public:
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(gpu::ReturnOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::ReturnOp>(op, ValueRange());
    return success();
  }
};

class ConvertRCMTileToNVVM
    : public rcm::impl::ConvertRCMTileToNVVMBase<ConvertRCMTileToNVVM> {
public:
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    declareSharedMemory(module);
    TypeConverter converter;
    RewritePatternSet patterns(&getContext());
    ConversionTarget target(getContext());
    target.addIllegalDialect<RCMTileDialect>();
    target.addIllegalOp<gpu::GPUFuncOp, gpu::ReturnOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    rcm::populateRCMTileToNVVMPatterns(converter, patterns);
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }

private:
  /// One symbol of unknown size stands for what the launch asks for.
  void declareSharedMemory(gpu::GPUModuleOp module) {
    bool used = module
                    .walk([](Operation *op) {
                      return isa<SharedAtOp, BarrierAtOp>(op)
                                 ? WalkResult::interrupt()
                                 : WalkResult::advance();
                    })
                    .wasInterrupted();
    if (!used || module.lookupSymbol(kSharedMemorySymbol))
      return;
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
    LLVM::GlobalOp::create(builder, module.getLoc(), type,
                           /*isConstant=*/false, LLVM::Linkage::External,
                           kSharedMemorySymbol, Attribute(), kSharedAlignment,
                           /*addrSpace=*/3);
  }
};
} // namespace

void rcm::populateRCMTileToNVVMPatterns(TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  populateTypes(converter);
  patterns.add<KernelLowering, ReturnLowering>(converter,
                                               patterns.getContext());
  populateOrderingLowerings(converter, patterns);
  populateMemoryLowerings(converter, patterns);
  populateStashLowerings(converter, patterns);
  populateRowLowerings(converter, patterns);
  populateMatrixLowerings(converter, patterns);
  populateFragmentLowerings(converter, patterns);
  populateScalarLowerings(converter, patterns);
}
