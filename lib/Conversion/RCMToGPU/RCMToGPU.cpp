//===- RCMToGPU.cpp - attention ops to gpu.launch, recipe `none`
//----------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "AttentionKernel.h"
#include "rcm/Conversion/Passes.h"
#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace rcm {
#define GEN_PASS_DEF_CONVERTRCMTOGPU
#include "rcm/Conversion/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;
using namespace rcm::simt;

namespace {

constexpr const char *kDimNames[] = {"b", "h", "m", "n", "k", "d"};

/// A shaped operand beside its map.
struct Mapped {
  StringRef name;
  Value value;
  AffineMap map;
  bool isGrouped = false; // its h is that of the keys
};

/// Turns one op into checks and a launch.
class AttentionLowering {
public:
  explicit AttentionLowering(AttentionOpInterface op)
      : op(op), b(op.getLoc(), op), maps(op.getNamedMaps()) {}

  LogicalResult checkTypes();
  LogicalResult lower();

private:
  void collect();
  void findSize(unsigned dim, bool fromGrouped, Value &value, int64_t &known);
  LogicalResult findSizes();
  LogicalResult checkHeadDim(unsigned dim, int64_t known, Value size);
  void requireEqualSizes();
  void requireHeads();
  void require(Value condition, const Twine &message);
  Value compare(arith::CmpIPredicate predicate, Value x, Value y);
  Value index(int64_t v) { return arith::ConstantIndexOp::create(b, v); }
  int64_t getStaticSize(const Mapped &operand, unsigned position) {
    return cast<MemRefType>(operand.value.getType()).getDimSize(position);
  }
  Value getSize(const Mapped &operand, unsigned position);

  AttentionOpInterface op;
  ImplicitLocOpBuilder b;
  AttentionMaps maps;
  SmallVector<Mapped> operands;
  KernelShape shape;
  Value keyHeads;
};

} // namespace

void AttentionLowering::collect() {
  auto add = [&](StringRef name, Value value, AffineMap map,
                 bool isGrouped = false) {
    if (value && isa<MemRefType>(value.getType()))
      operands.push_back({name, value, map, isGrouped});
  };
  add("out", op.getOut(), maps.out);
  add("query", op.getQuery(), maps.query);
  add("key", op.getKey(), maps.key, true);
  add("value", op.getValue(), maps.value, true);
  add("residual", op.getResidual(), maps.residual);
  add("alpha", op.getAlpha(), maps.alpha);
  add("beta", op.getBeta(), maps.beta);
  add("bias", op.getBias(), maps.bias);
  add("lse", op.getLse(), maps.lse);
}

LogicalResult AttentionLowering::checkTypes() {
  collect();
  for (const Mapped &operand : operands) {
    Type type = cast<MemRefType>(operand.value.getType()).getElementType();
    bool mayBeF64 = operand.name == "alpha" || operand.name == "beta" ||
                    operand.name == "lse";
    if (type.isF64() && !mayBeF64)
      return op->emitOpError("expected element type of `")
             << operand.name << "` to be f16, bf16 or f32 for a GPU, got "
             << type;
  }
  if (op.hasTensorSemantics())
    return op->emitOpError("expected memrefs, got tensors; bufferize first");
  return success();
}

Value AttentionLowering::compare(arith::CmpIPredicate predicate, Value x,
                                 Value y) {
  return arith::CmpIOp::create(b, predicate, x, y);
}

void AttentionLowering::require(Value condition, const Twine &message) {
  rt::RequireOp::create(b, condition, b.getStringAttr(message));
}

Value AttentionLowering::getSize(const Mapped &operand, unsigned position) {
  int64_t size = getStaticSize(operand, position);
  if (!ShapedType::isDynamic(size))
    return index(size);
  return memref::DimOp::create(b, operand.value, position);
}

/// The size of `dim` from the first operand that has it, a static one if any.
void AttentionLowering::findSize(unsigned dim, bool fromGrouped, Value &value,
                                 int64_t &known) {
  AffineExpr expr = getAffineDimExpr(dim, op->getContext());
  for (const Mapped &operand : operands) {
    if (dim == kHead && operand.isGrouped != fromGrouped)
      continue;
    auto position = operand.map.getResultPosition(expr);
    if (!position)
      continue;
    int64_t size = getStaticSize(operand, *position);
    if (value && (ShapedType::isDynamic(size) || !ShapedType::isDynamic(known)))
      continue;
    value = getSize(operand, *position);
    known = size;
  }
}

LogicalResult AttentionLowering::checkHeadDim(unsigned dim, int64_t known,
                                              Value size) {
  if (ShapedType::isDynamic(known)) {
    require(compare(arith::CmpIPredicate::sle, size, index(kMaxHeadDim)),
            Twine("expected size of dimension ") + kDimNames[dim] +
                " to be at most " + Twine(kMaxHeadDim));
    return success();
  }
  if (known > kMaxHeadDim)
    return op->emitOpError("expected size of dimension ")
           << kDimNames[dim] << " to be at most " << kMaxHeadDim << ", got "
           << known;
  return success();
}

LogicalResult AttentionLowering::findSizes() {
  for (unsigned dim = 0; dim < kNumAttentionDims; ++dim) {
    int64_t known = ShapedType::kDynamic;
    findSize(dim, /*fromGrouped=*/false, shape.sizes[dim], known);
    if (!shape.sizes[dim]) {
      shape.sizes[dim] = index(1); // b or h that no operand has
      known = 1;
    }
    if ((dim == kKeyDim || dim == kValueDim) &&
        failed(checkHeadDim(dim, known, shape.sizes[dim])))
      return failure();
    if (dim == kValueDim && !ShapedType::isDynamic(known))
      shape.maxValueDim = known;
    if (dim != kKeyRow && ShapedType::isDynamic(known))
      require(compare(arith::CmpIPredicate::sge, shape.sizes[dim], index(1)),
              Twine("expected size of dimension ") + kDimNames[dim] +
                  " to be at least 1");
  }
  int64_t known = ShapedType::kDynamic;
  findSize(kHead, /*fromGrouped=*/true, keyHeads, known);
  if (!keyHeads)
    keyHeads = shape.sizes[kHead];
  return success();
}

/// What the verifier could not see because sizes were dynamic.
void AttentionLowering::requireEqualSizes() {
  for (const Mapped &operand : operands)
    for (auto [position, result] : llvm::enumerate(operand.map.getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(result);
      if (!dim)
        continue;
      bool isKeyHead = dim.getPosition() == kHead && operand.isGrouped;
      Value expected = isKeyHead ? keyHeads : shape.sizes[dim.getPosition()];
      Value size = getSize(operand, position);
      if (size == expected ||
          (getConstantIntValue(size) &&
           getConstantIntValue(size) == getConstantIntValue(expected)))
        continue;
      require(compare(arith::CmpIPredicate::eq, size, expected),
              Twine("expected size of dimension ") +
                  kDimNames[dim.getPosition()] + " of `" + operand.name +
                  "` to be that of the other operands");
    }
}

void AttentionLowering::requireHeads() {
  std::optional<int64_t> queryHeads = getConstantIntValue(shape.sizes[kHead]);
  std::optional<int64_t> groups = getConstantIntValue(keyHeads);
  if (queryHeads && groups) { // the verifier saw both
    shape.group = index(*queryHeads / *groups);
    return;
  }
  // A division by 0 heads must not happen before the requirement refuses them.
  Value divisor = arith::MaxSIOp::create(b, keyHeads, index(1));
  Value rest = arith::RemUIOp::create(b, shape.sizes[kHead], divisor);
  Value divides = compare(arith::CmpIPredicate::eq, rest, index(0));
  Value some = compare(arith::CmpIPredicate::sge, keyHeads, index(1));
  require(arith::AndIOp::create(b, divides, some),
          "expected number of query heads to be a multiple of the number of "
          "key heads");
  shape.group = arith::DivUIOp::create(b, shape.sizes[kHead], divisor);
}

LogicalResult AttentionLowering::lower() {
  if (failed(findSizes()))
    return failure();
  requireEqualSizes();
  requireHeads();
  if (op.isCausal())
    shape.causalOffset = op.getCausalOffset() ? op.getCausalOffset() : index(0);
  shape.readsResidual = op.getResidual() && !isLiteralZero(op.getAlpha());
  shape.readsAttention = !op.getBeta() || !isLiteralZero(op.getBeta());

  shape.queryTiles =
      arith::CeilDivUIOp::create(b, shape.sizes[kQueryRow], index(kQueryTile));
  Value heads =
      arith::MulIOp::create(b, shape.sizes[kBatch], shape.sizes[kHead]);
  Value blocks = arith::MulIOp::create(b, shape.queryTiles, heads);
  Value one = index(1), threads = index(kThreads);
  std::string name =
      (op->getParentOfType<func::FuncOp>().getName() + "_attention").str();
  auto symbol = FlatSymbolRefAttr::get(op->getContext(), name);
  auto launch = gpu::LaunchOp::create(
      b, blocks, one, one, threads, one, one, /*dynamicSharedMemorySize=*/{},
      /*asyncTokenType=*/{}, /*asyncDependencies=*/{},
      getSharedMemoryTypes(op->getContext(), shape.maxValueDim),
      /*privateAttributions=*/{}, {}, {}, {}, /*module=*/symbol,
      /*function=*/symbol);
  b.setInsertionPointToStart(&launch.getBody().front());
  SmallVector<Value> shared(launch.getWorkgroupAttributions());
  buildAttentionKernel(b, op, shape, launch.getBlockIds().x,
                       launch.getThreadIds().x, shared);
  gpu::TerminatorOp::create(b);
  op->erase();
  return success();
}

/// A module that asks for another recipe must not get this kernel in silence.
static LogicalResult checkRecipe(AttentionOpInterface op) {
  auto module = op->getParentOfType<ModuleOp>();
  auto properties = module->getAttrOfType<DictionaryAttr>(rt::kPropertiesAttr);
  auto recipe = properties ? properties.getAs<StringAttr>("recipe") : nullptr;
  if (!recipe || recipe.getValue() == "none")
    return success();
  return op->emitOpError("expected recipe `none` when lowered to plain "
                         "arithmetic, got ")
         << recipe.getValue();
}

namespace {
struct ConvertRCMToGPU : rcm::impl::ConvertRCMToGPUBase<ConvertRCMToGPU> {
  void runOnOperation() override {
    SmallVector<AttentionOpInterface> ops;
    getOperation()->walk([&](AttentionOpInterface op) { ops.push_back(op); });
    for (AttentionOpInterface op : ops) {
      if (failed(checkRecipe(op)))
        return signalPassFailure();
      AttentionLowering lowering(op);
      if (failed(lowering.checkTypes()) || failed(lowering.lower()))
        return signalPassFailure();
    }
  }
};
} // namespace
