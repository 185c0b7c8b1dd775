//===- HostProgram.cpp - Host functions to entries ------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//
//
// The stages of a program (requirements, scratch memory, tensor maps, work to
// enqueue) are emitted one after the other, whatever the order of the
// function's operations; each stage emits the values it needs.
//
//===----------------------------------------------------------------------===//

#include "HostProgram.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm;
using rcm::object::Opcode;

namespace {
/// Every piece of scratch memory starts at a multiple of this.
constexpr int64_t kScratchGranularity = 256;
/// Largest piece of scratch memory, 2^48 bytes: more than an address space
/// holds, and sums of pieces do not overflow.
constexpr int64_t kMaxScratchBytes = int64_t(1) << 48;

class EntryBuilder {
public:
  EntryBuilder(func::FuncOp function, const KernelIndices &kernels,
               object::Entry &entry)
      : function(function), kernels(kernels), entry(entry),
        values(function, entry) {}

  LogicalResult build();

private:
  LogicalResult checkForm();
  LogicalResult addRequirements();
  LogicalResult addScratch();
  LogicalResult addTensorMap(rt::EncodeTensorMapOp op);
  LogicalResult addWork(Operation &op);
  LogicalResult addMemset(rt::MemsetOp op);
  LogicalResult addLaunch(rt::LaunchOp op);
  LogicalResult addLaunch(gpu::LaunchFuncOp op);
  LogicalResult addParameter(object::Launch &launch, Value value);
  LogicalResult setKernel(object::Launch &launch, SymbolRefAttr kernel,
                          Operation *op);

  /// Emits several values; kNone for a null one.
  LogicalResult emitAll(ValueRange operands, uint32_t *numbers);
  LogicalResult emitOptional(Value value, uint32_t &number);

  func::FuncOp function;
  const KernelIndices &kernels;
  object::Entry &entry;
  ValueEmitter values;
};
} // namespace

object::Properties rcm::getProperties(Operation *op) {
  object::Properties properties;
  if (auto dictionary = op->getAttrOfType<DictionaryAttr>(rt::kPropertiesAttr))
    for (NamedAttribute property : dictionary)
      properties.emplace_back(property.getName().str(),
                              cast<StringAttr>(property.getValue()).str());
  llvm::sort(properties);
  return properties;
}

/// Functions of one block that end in an empty return.
LogicalResult EntryBuilder::checkForm() {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitError("expected a host function of one block, got ")
           << function.getBody().getBlocks().size();
  if (function.getNumResults())
    return function.emitError("expected a host function without results, got ")
           << function.getNumResults();
  for (Operation &op : function.getBody().front().without_terminator())
    if (!isa<rt::RequireOp, rt::ScratchOp, rt::EncodeTensorMapOp, rt::MemsetOp,
             rt::LaunchOp, gpu::LaunchFuncOp>(op) &&
        !isMemoryEffectFree(&op))
      return op.emitError("expected an operation that a kernel object's "
                          "program can express");
  return success();
}

LogicalResult EntryBuilder::emitAll(ValueRange operands, uint32_t *numbers) {
  for (Value operand : operands) {
    FailureOr<uint32_t> number = values.emit(operand);
    if (failed(number))
      return failure();
    *numbers++ = *number;
  }
  return success();
}

LogicalResult EntryBuilder::emitOptional(Value value, uint32_t &number) {
  number = object::kNone;
  return value ? emitAll(value, &number) : success();
}

LogicalResult EntryBuilder::addRequirements() {
  requireDenseArguments(function, entry, values);
  for (auto op : function.getOps<rt::RequireOp>()) {
    uint32_t condition;
    if (failed(emitAll(op.getCondition(), &condition)))
      return failure();
    values.require(condition, op.getMessage().str());
  }
  for (auto op : function.getOps<rt::ScratchOp>()) {
    uint32_t bytes;
    if (failed(emitAll(op.getBytes(), &bytes)))
      return failure();
    // Unsigned: a negative size is too large as well.
    uint32_t fits =
        values.append(Opcode::CmpInt, bytes, values.constant(kMaxScratchBytes),
                      0, 0, static_cast<uint16_t>(object::IntPredicate::ULE));
    values.require(fits, "expected 0 to 2^48 bytes of scratch memory");
  }
  return success();
}

LogicalResult EntryBuilder::addScratch() {
  auto ops = llvm::to_vector(function.getOps<rt::ScratchOp>());
  if (ops.empty())
    return success();
  int64_t alignment = kScratchGranularity;
  for (rt::ScratchOp op : ops)
    alignment = std::max(alignment, int64_t(op.getAlignment()));
  // Each piece is rounded up to the alignment, so every offset is aligned.
  uint32_t round = values.constant(alignment - 1);
  uint32_t mask = values.constant(-alignment);
  uint32_t total = values.constant(0);
  SmallVector<uint32_t> offsets;
  for (rt::ScratchOp op : ops) {
    uint32_t bytes;
    if (failed(emitAll(op.getBytes(), &bytes)))
      return failure();
    offsets.push_back(total);
    uint32_t rounded = values.append(
        Opcode::And, values.append(Opcode::Add, bytes, round), mask);
    total = values.append(Opcode::Add, total, rounded);
  }
  uint32_t base = values.append(Opcode::Scratch, total, 0, 0, alignment);
  for (auto [op, offset] : llvm::zip(ops, offsets))
    values.define(op.getAddress(), values.append(Opcode::Add, base, offset));
  return success();
}

LogicalResult EntryBuilder::addTensorMap(rt::EncodeTensorMapOp op) {
  object::TensorMap map;
  map.elementType = static_cast<uint8_t>(op.getElementType());
  map.interleave = static_cast<uint8_t>(op.getInterleave());
  map.swizzle = static_cast<uint8_t>(op.getSwizzle());
  map.l2Promotion = static_cast<uint8_t>(op.getL2Promotion());
  map.fill = static_cast<uint8_t>(op.getOutOfBounds());
  map.sizes.resize(op.getSizes().size());
  map.strides.resize(op.getStrides().size());
  if (failed(emitOptional(op.getPredicate(), map.predicate)) ||
      failed(emitAll(op.getBase(), &map.base)) ||
      failed(emitAll(op.getSizes(), map.sizes.data())) ||
      failed(emitAll(op.getStrides(), map.strides.data())))
    return failure();
  map.box.assign(op.getBox().begin(), op.getBox().end());
  map.elementStrides.assign(map.sizes.size(), 1);
  if (std::optional<ArrayRef<int64_t>> strides = op.getElementStrides())
    map.elementStrides.assign(strides->begin(), strides->end());
  entry.tensorMaps.push_back(std::move(map));
  values.define(op.getMap(),
                values.append(Opcode::TensorMap, entry.tensorMaps.size() - 1));
  return success();
}

LogicalResult EntryBuilder::setKernel(object::Launch &launch,
                                      SymbolRefAttr kernel, Operation *op) {
  auto found = kernels.find(kernel);
  if (found == kernels.end())
    return op->emitError("expected a kernel in a gpu.module, got ") << kernel;
  launch.kernel = found->second;
  return success();
}

LogicalResult EntryBuilder::addParameter(object::Launch &launch, Value value) {
  using object::ParameterKind;
  Type type = value.getType();
  object::Parameter parameter;
  if (isa<rt::TensorMapType>(type))
    parameter.kind = ParameterKind::Map;
  else if (type.isF32())
    parameter.kind = ParameterKind::F32;
  else if (type.isF64())
    parameter.kind = ParameterKind::F64;
  else if (type.isInteger(32))
    parameter.kind = ParameterKind::I32;
  else if (type.isInteger(16))
    parameter.kind = ParameterKind::I16;
  else if (type.isInteger(8) || type.isInteger(1))
    parameter.kind = ParameterKind::I8;
  else if (!type.isIndex() && !type.isInteger(64))
    return function.emitError("expected a kernel's parameter to be an "
                              "integer, f32, f64 or a tensor map, got ")
           << type;
  if (failed(emitAll(value, &parameter.value)))
    return failure();
  launch.parameters.push_back(parameter);
  return success();
}

LogicalResult EntryBuilder::addLaunch(rt::LaunchOp op) {
  object::Launch launch;
  Value grid[] = {op.getGridX(), op.getGridY(), op.getGridZ()};
  Value block[] = {op.getBlockX(), op.getBlockY(), op.getBlockZ()};
  if (failed(setKernel(launch, op.getKernelAttr(), op)) ||
      failed(emitAll(ValueRange(grid), launch.grid)) ||
      failed(emitAll(ValueRange(block), launch.block)) ||
      failed(emitOptional(op.getPredicate(), launch.predicate)) ||
      failed(emitOptional(op.getSharedBytes(), launch.sharedBytes)))
    return failure();
  if (!op.getSharedBytes())
    launch.sharedBytes = values.constant(0);
  if (std::optional<ArrayRef<int64_t>> cluster = op.getCluster())
    llvm::copy(*cluster, launch.cluster);
  launch.flags = op.getProgrammatic() ? object::kProgrammatic : 0;
  for (Value parameter : op.getParameters())
    if (failed(addParameter(launch, parameter)))
      return failure();
  entry.launches.push_back(std::move(launch));
  values.append(Opcode::Launch, entry.launches.size() - 1);
  return success();
}

LogicalResult EntryBuilder::addLaunch(gpu::LaunchFuncOp op) {
  object::Launch launch;
  if (op.getAsyncToken() || !op.getAsyncDependencies().empty() ||
      op.hasClusterSize())
    return op.emitError("expected a launch without tokens and clusters; "
                        "rcm_rt.launch has clusters");
  Value grid[] = {op.getGridSizeX(), op.getGridSizeY(), op.getGridSizeZ()};
  Value block[] = {op.getBlockSizeX(), op.getBlockSizeY(), op.getBlockSizeZ()};
  if (failed(setKernel(launch, op.getKernelAttr(), op)) ||
      failed(emitAll(ValueRange(grid), launch.grid)) ||
      failed(emitAll(ValueRange(block), launch.block)) ||
      failed(emitOptional(op.getDynamicSharedMemorySize(), launch.sharedBytes)))
    return failure();
  if (!op.getDynamicSharedMemorySize())
    launch.sharedBytes = values.constant(0);
  for (Value parameter : op.getKernelOperands())
    if (failed(addParameter(launch, parameter)))
      return failure();
  entry.launches.push_back(std::move(launch));
  values.append(Opcode::Launch, entry.launches.size() - 1);
  return success();
}

LogicalResult EntryBuilder::addMemset(rt::MemsetOp op) {
  uint32_t address, bytes, predicate;
  if (failed(emitAll(op.getAddress(), &address)) ||
      failed(emitAll(op.getBytes(), &bytes)) ||
      failed(emitOptional(op.getPredicate(), predicate)))
    return failure();
  values.append(Opcode::Memset, address, bytes, predicate, 0,
                static_cast<uint8_t>(op.getValue()));
  return success();
}

LogicalResult EntryBuilder::addWork(Operation &op) {
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](rt::ScratchOp scratch) -> LogicalResult {
        if (!scratch.getFill())
          return success();
        uint32_t operands[2];
        Value needed[] = {scratch.getAddress(), scratch.getBytes()};
        if (failed(emitAll(ValueRange(needed), operands)))
          return failure();
        values.append(Opcode::Memset, operands[0], operands[1], object::kNone,
                      0, static_cast<uint8_t>(*scratch.getFill()));
        return success();
      })
      .Case([&](rt::MemsetOp memset) { return addMemset(memset); })
      .Case([&](rt::LaunchOp launch) { return addLaunch(launch); })
      .Case([&](gpu::LaunchFuncOp launch) { return addLaunch(launch); })
      .Default(success());
}

LogicalResult EntryBuilder::build() {
  entry.name = function.getName().str();
  entry.properties = getProperties(function);
  if (failed(checkForm()) || failed(addArguments(function, entry)) ||
      failed(addRequirements()) || failed(addScratch()))
    return failure();
  for (auto op : function.getOps<rt::EncodeTensorMapOp>())
    if (failed(addTensorMap(op)))
      return failure();
  for (Operation &op : function.getBody().front())
    if (failed(addWork(op)))
      return failure();
  return success();
}

FailureOr<object::Entry> rcm::buildEntry(func::FuncOp function,
                                         const KernelIndices &kernels) {
  object::Entry entry;
  if (failed(EntryBuilder(function, kernels, entry).build()))
    return failure();
  return entry;
}
