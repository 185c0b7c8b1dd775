//===- LaunchTraffic.cpp - bytes that launched kernels and loops move -----===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "LaunchTraffic.h"

#include "MemoryAccess.h"

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm;

/// Words of a memref among a kernel's parameters besides sizes and strides:
/// two pointers and an offset.
static constexpr unsigned kDescriptorWords = 3;

MemoryNames::MemoryNames(Operation *op) {
  auto function = cast<FunctionOpInterface>(op);
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    auto name =
        function.getArgAttrOfType<StringAttr>(number, rt::kNameAttr);
    names[argument] = name ? name.getValue().str()
                           : "arg" + std::to_string(number);
  }
  int64_t temporaries = 0, scratches = 0;
  function.walk([&](Operation *inner) {
    if (auto scratch = dyn_cast<rt::ScratchOp>(inner)) {
      auto given = scratch->getAttrOfType<StringAttr>(rt::kNameAttr);
      int64_t number = scratches++;
      names[scratch.getAddress()] =
          given ? given.getValue().str() : "scratch" + std::to_string(number);
    } else if (auto alloc = dyn_cast<memref::AllocOp>(inner)) {
      names[alloc.getResult()] = "temporary" + std::to_string(temporaries++);
    }
  });
}

std::string MemoryNames::get(Value root) const {
  auto found = names.find(root);
  return found == names.end() ? "memory" : found->second;
}

/// Bytes of the distinct elements of a memref; nothing if a size is dynamic.
static std::optional<int64_t> getMemRefBytes(MemRefType type) {
  if (!type.hasStaticShape())
    return std::nullopt;
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  bool strided = succeeded(type.getStridesAndOffset(strides, offset));
  int64_t elements = 1;
  for (auto [index, size] : llvm::enumerate(type.getShape()))
    if (!strided || strides[index] != 0)
      elements *= size;
  return elements * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

namespace {

/// Memory that a kernel sees: where it comes from, and as which values.
struct KernelMemory {
  Value root; ///< what names it
  std::optional<int64_t> bytes;
  SmallVector<Value> inside;
};

/// The rows of one kernel.
class KernelRows {
public:
  KernelRows(Operation *op, StringRef kernel, const MemoryNames &names,
             std::vector<TrafficRow> &rows)
      : op(op), kernel(kernel), names(names), rows(rows) {}

  LogicalResult addLaunch();
  LogicalResult addGPULaunch(gpu::LaunchFuncOp launch);
  LogicalResult addRuntimeLaunch(rt::LaunchOp launch);
  LogicalResult addCaptured();
  LogicalResult addRow(Value outside, bool isRead, bool isWritten);

private:
  LogicalResult note(Value outside, ValueRange inside);
  LogicalResult finish(Operation *scope);
  std::optional<KernelMemory> trace(Value outside);

  Operation *op;
  StringRef kernel;
  const MemoryNames &names;
  std::vector<TrafficRow> &rows;
  llvm::MapVector<Value, KernelMemory> memories;
};

} // namespace

/// The memory behind a launch's operand; nothing for sizes and scalars.
std::optional<KernelMemory> KernelRows::trace(Value outside) {
  if (auto type = dyn_cast<MemRefType>(outside.getType()))
    return KernelMemory{getViewedRoot(outside), getMemRefBytes(type), {}};
  Operation *source = outside.getDefiningOp();
  if (auto map = dyn_cast_or_null<rt::EncodeTensorMapOp>(source))
    return trace(map.getBase());
  if (auto pointer = dyn_cast_or_null<rt::DataPointerOp>(source))
    return trace(pointer.getSource());
  if (auto scratch = dyn_cast_or_null<rt::ScratchOp>(source)) {
    std::optional<int64_t> bytes = getConstantIntValue(scratch.getBytes());
    return KernelMemory{outside, bytes, {}};
  }
  return std::nullopt;
}

LogicalResult KernelRows::note(Value outside, ValueRange inside) {
  std::optional<KernelMemory> found = trace(outside);
  if (!found) {
    for (Value value : inside)
      if (isa<LLVM::LLVMPointerType>(value.getType()))
        return op->emitOpError("expected an argument of a tensor or scratch "
                               "memory for a pointer of the kernel, got ")
               << outside;
    return success();
  }
  // Two views of one buffer are two tensors; a map and a pointer are one.
  Value key = isa<MemRefType>(outside.getType()) ? outside : found->root;
  KernelMemory &memory =
      memories.insert({key, KernelMemory{found->root, found->bytes, {}}})
          .first->second;
  memory.inside.append(inside.begin(), inside.end());
  return success();
}

LogicalResult KernelRows::finish(Operation *scope) {
  for (auto &[key, memory] : memories) {
    FailureOr<MemoryAccess> access = findAccess(memory.inside, scope);
    if (failed(access))
      return failure();
    if (!access->isRead && !access->isWritten)
      continue;
    std::string name = names.get(memory.root);
    if (!memory.bytes)
      return op->emitOpError("expected static sizes to count bytes, got `")
             << name << "` of a size that is known at run time only";
    rows.push_back({kernel.str(), name, access->isRead ? *memory.bytes : 0,
                    access->isWritten ? *memory.bytes : 0});
  }
  return success();
}

LogicalResult KernelRows::addRow(Value outside, bool isRead, bool isWritten) {
  std::optional<KernelMemory> memory = trace(outside);
  if (!memory || !memory->bytes)
    return op->emitOpError("expected memory of static size to count bytes");
  rows.push_back({kernel.str(), names.get(memory->root),
                  isRead ? *memory->bytes : 0, isWritten ? *memory->bytes : 0});
  return success();
}

/// A kernel's body, by the symbol that a launch names.
static FailureOr<FunctionOpInterface> findKernel(Operation *op,
                                                 SymbolRefAttr symbol) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(
      op, symbol);
  if (!kernel || kernel.isExternal())
    return op->emitOpError("expected a kernel with code, got ") << symbol;
  return kernel;
}

LogicalResult KernelRows::addGPULaunch(gpu::LaunchFuncOp launch) {
  FailureOr<FunctionOpInterface> kernel =
      findKernel(op, launch.getKernelAttr());
  if (failed(kernel))
    return failure();
  // After the conversion to nvvm a memref is several parameters.
  bool isExpanded = isa<LLVM::LLVMFuncOp>(kernel->getOperation());
  auto parameters = ValueRange(kernel->getArguments());
  unsigned next = 0;
  for (Value outside : launch.getKernelOperands()) {
    auto type = dyn_cast<MemRefType>(outside.getType());
    unsigned count =
        type && isExpanded ? kDescriptorWords + 2 * type.getRank() : 1;
    if (next + count > parameters.size())
      return op->emitOpError("expected as many parameters of the kernel as "
                             "operands of the launch");
    SmallVector<Value> inside;
    for (Value value : parameters.slice(next, count))
      if (isa<MemRefType, LLVM::LLVMPointerType>(value.getType()))
        inside.push_back(value);
    next += count;
    if (failed(note(outside, inside)))
      return failure();
  }
  return finish(*kernel);
}

LogicalResult KernelRows::addRuntimeLaunch(rt::LaunchOp launch) {
  if (Value predicate = launch.getPredicate())
    if (getConstantIntValue(predicate) == 0)
      return success(); // Never launched.
  for (Value size : {launch.getGridX(), launch.getGridY(), launch.getGridZ()})
    if (getConstantIntValue(size) == 0)
      return success();
  FailureOr<FunctionOpInterface> kernel =
      findKernel(op, launch.getKernelAttr());
  if (failed(kernel))
    return failure();
  for (auto [outside, inside] :
       llvm::zip(launch.getParameters(), kernel->getArguments()))
    if (failed(note(outside, ValueRange(Value(inside)))))
      return failure();
  return finish(*kernel);
}

LogicalResult KernelRows::addCaptured() {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : op->getOperands())
    captured.insert(value);
  for (Value value : captured) {
    // Stacks and scratchpads never leave the core.
    Operation *source = getViewedRoot(value).getDefiningOp();
    if (isa<MemRefType>(value.getType()) &&
        !isa_and_nonnull<memref::AllocaOp>(source) &&
        failed(note(value, ValueRange(value))))
      return failure();
  }
  return finish(op);
}

LogicalResult KernelRows::addLaunch() {
  if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
    return addGPULaunch(launch);
  if (auto launch = dyn_cast<rt::LaunchOp>(op))
    return addRuntimeLaunch(launch);
  if (auto memset = dyn_cast<rt::MemsetOp>(op)) {
    std::optional<KernelMemory> memory = trace(memset.getAddress());
    std::optional<int64_t> bytes = getConstantIntValue(memset.getBytes());
    if (!memory || !bytes)
      return op->emitOpError("expected memory of static size to count bytes");
    rows.push_back({kernel.str(), names.get(memory->root), 0, *bytes});
    return success();
  }
  auto copy = cast<memref::CopyOp>(op);
  return success(
      succeeded(addRow(copy.getSource(), /*isRead=*/true,
                       /*isWritten=*/false)) &&
      succeeded(addRow(copy.getTarget(), /*isRead=*/false,
                       /*isWritten=*/true)));
}

bool rcm::isLaunch(Operation *op) {
  return isa<gpu::LaunchFuncOp, rt::LaunchOp, rt::MemsetOp, memref::CopyOp>(op);
}

LogicalResult rcm::appendLaunchTraffic(Operation *op, StringRef kernel,
                                       const MemoryNames &names,
                                       std::vector<TrafficRow> &rows) {
  return KernelRows(op, kernel, names, rows).addLaunch();
}

LogicalResult rcm::appendLoopTraffic(Operation *op, StringRef kernel,
                                     const MemoryNames &names,
                                     std::vector<TrafficRow> &rows) {
  return KernelRows(op, kernel, names, rows).addCaptured();
}
