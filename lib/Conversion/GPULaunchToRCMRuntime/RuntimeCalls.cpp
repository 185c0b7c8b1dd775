//===- RuntimeCalls.cpp - Building calls of the runtime -------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace rcm;

RuntimeCalls::RuntimeCalls(ModuleOp module)
    : builder(module.getContext()), module(module), location(module.getLoc()),
      i64Type(builder.getI64Type()), i32Type(builder.getI32Type()),
      pointerType(LLVM::LLVMPointerType::get(module.getContext())) {}

Value RuntimeCalls::call(StringRef name, Type result, ValueRange arguments) {
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!function) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    Type type = result ? result : LLVM::LLVMVoidType::get(module.getContext());
    function = LLVM::LLVMFuncOp::create(
        builder, module.getLoc(), name,
        LLVM::LLVMFunctionType::get(type,
                                    llvm::to_vector(arguments.getTypes())));
  }
  auto call = LLVM::CallOp::create(builder, location, function, arguments);
  return result ? call.getResult() : Value();
}

Value RuntimeCalls::i64(int64_t value) {
  return arith::ConstantOp::create(builder, location,
                                   builder.getI64IntegerAttr(value));
}

Value RuntimeCalls::i32(int32_t value) {
  return arith::ConstantOp::create(builder, location,
                                   builder.getI32IntegerAttr(value));
}

Value RuntimeCalls::toI64(Value value) {
  if (!value.getType().isIndex())
    return value;
  return arith::IndexCastOp::create(builder, location, i64Type, value);
}

Value RuntimeCalls::toPointer(Value address) {
  return LLVM::IntToPtrOp::create(builder, location, pointerType, address);
}

Value RuntimeCalls::getAddress(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Value base = toI64(memref::ExtractAlignedPointerAsIndexOp::create(
      builder, location, memref));
  auto metadata =
      memref::ExtractStridedMetadataOp::create(builder, location, memref);
  unsigned bits =
      type.getElementType().isIndex() ? 64 : type.getElementTypeBitWidth();
  Value bytes =
      arith::MulIOp::create(builder, location, toI64(metadata.getOffset()),
                            i64(llvm::divideCeil(bits, 8)));
  return arith::AddIOp::create(builder, location, base, bytes);
}

Value RuntimeCalls::allocate(Type type, int64_t count, int64_t alignment) {
  // At the function's start: an allocation in a loop would grow the stack.
  OpBuilder::InsertionGuard guard(builder);
  Operation *op = builder.getInsertionBlock()->getParentOp();
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    function = op->getParentOfType<FunctionOpInterface>();
  builder.setInsertionPointToStart(&function.getFunctionBody().front());
  return LLVM::AllocaOp::create(builder, location, pointerType, type,
                                i64(count), alignment);
}

Value RuntimeCalls::storeAll(ValueRange values, Type type) {
  Value array = allocate(type, std::max<int64_t>(values.size(), 1));
  for (auto [i, value] : llvm::enumerate(values)) {
    Value place =
        LLVM::GEPOp::create(builder, location, pointerType, type, array,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    LLVM::StoreOp::create(builder, location, value, place);
  }
  return array;
}

Value RuntimeCalls::storeConstants(ArrayRef<int64_t> values, unsigned width) {
  SmallVector<Value> constants;
  for (int64_t value : values)
    constants.push_back(width == 64 ? i64(value) : i32(value));
  return storeAll(constants, width == 64 ? i64Type : i32Type);
}

Value RuntimeCalls::zeroUnless(Value predicate, Value value) {
  if (!predicate)
    return value;
  return arith::SelectOp::create(builder, location, predicate, value, i64(0));
}

void RuntimeCalls::addGlobal(StringRef name, StringRef text,
                             Location location) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(module.getBody());
  std::string ended = text.str() + '\0';
  LLVM::GlobalOp::create(
      builder, location,
      LLVM::LLVMArrayType::get(builder.getI8Type(), ended.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, name,
      builder.getStringAttr(ended));
}

Value RuntimeCalls::getString(StringRef text) {
  std::string name;
  do
    name = "rcm_text_" + std::to_string(stringCount++);
  while (module.lookupSymbol(name));
  addGlobal(name, text, location);
  return LLVM::AddressOfOp::create(builder, location, pointerType, name);
}

int32_t RuntimeCalls::getKernelNumber(SymbolRefAttr kernel) {
  auto &kernels = used[kernel.getRootReference()];
  auto found = llvm::find(kernels, kernel.getLeafReference());
  int32_t number = found - kernels.begin();
  if (found == kernels.end())
    kernels.push_back(kernel.getLeafReference());
  return number;
}

RuntimeCalls::BinaryNames::BinaryNames(StringRef binary)
    : slot((binary + "_rcm_slot").str()), chip((binary + "_rcm_chip").str()),
      ptx((binary + "_rcm_ptx").str()),
      kernels((binary + "_rcm_kernels").str()),
      unload((binary + "_rcm_unload").str()) {}

void RuntimeCalls::callLaunch(const LaunchDescription &launch) {
  BinaryNames names(launch.kernel.getRootReference().getValue());
  SmallVector<Value> addresses;
  for (const std::string *name :
       {&names.slot, &names.chip, &names.ptx, &names.kernels})
    addresses.push_back(
        LLVM::AddressOfOp::create(builder, location, pointerType, *name));
  Value code = call("rcmJitModule", pointerType, addresses);
  Value geometry = storeAll(launch.geometry, i64Type);
  Value parameters = storeAll(launch.parameters, pointerType);
  call("rcmJitLaunch", {},
       {code, i32(getKernelNumber(launch.kernel)), geometry, i32(launch.flags),
        parameters});
}

LogicalResult RuntimeCalls::lowerBinary(gpu::BinaryOp op,
                                        SmallVectorImpl<Attribute> &unloads) {
  ArrayRef<Attribute> objects = op.getObjectsAttr().getValue();
  auto object = objects.size() == 1 ? dyn_cast<gpu::ObjectAttr>(objects[0])
                                    : gpu::ObjectAttr();
  if (!object || object.getFormat() != gpu::CompilationTarget::Assembly)
    return op.emitError("expected one object of PTX, as "
                        "gpu-module-to-binary{format=isa} makes it");
  auto target = dyn_cast<NVVM::NVVMTargetAttr>(object.getTarget());
  if (!target)
    return op.emitError("expected a #nvvm.target, got ") << object.getTarget();
  BinaryNames names(op.getName());
  std::string kernels;
  for (StringAttr kernel : used[op.getSymNameAttr()])
    kernels += kernel.str() + "\n";
  StringRef ptx = object.getObject().getValue();
  addGlobal(names.chip, target.getChip(), op.getLoc());
  addGlobal(names.ptx, ptx.rtrim('\0'), op.getLoc());
  addGlobal(names.kernels, kernels, op.getLoc());

  OpBuilder::InsertionGuard guard(builder);
  location = op.getLoc();
  builder.setInsertionPointToEnd(module.getBody());
  auto slot = LLVM::GlobalOp::create(
      builder, location, pointerType,
      /*isConstant=*/false, LLVM::Linkage::Internal, names.slot, Attribute());
  builder.createBlock(&slot.getInitializerRegion());
  LLVM::ReturnOp::create(
      builder, location,
      LLVM::ZeroOp::create(builder, location, pointerType).getResult());
  builder.setInsertionPointToEnd(module.getBody());
  auto unload = LLVM::LLVMFuncOp::create(
      builder, location, names.unload,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()),
                                  {}),
      LLVM::Linkage::Internal);
  builder.setInsertionPointToStart(unload.addEntryBlock(builder));
  call("rcmJitUnload", {},
       LLVM::AddressOfOp::create(builder, location, pointerType, names.slot)
           .getResult());
  LLVM::ReturnOp::create(builder, location, ValueRange());
  unloads.push_back(FlatSymbolRefAttr::get(unload));
  op.erase();
  return success();
}

LogicalResult RuntimeCalls::lowerBinaries() {
  for (const auto &[name, kernels] : used)
    if (!module.lookupSymbol<gpu::BinaryOp>(name))
      return module.emitError("expected gpu.binary @")
             << name.getValue()
             << " for the kernels that are launched; run "
                "gpu-module-to-binary{format=isa} first";
  SmallVector<Attribute> unloads;
  for (auto op : llvm::make_early_inc_range(module.getOps<gpu::BinaryOp>()))
    if (failed(lowerBinary(op, unloads)))
      return failure();
  if (unloads.empty())
    return success();
  builder.setInsertionPointToEnd(module.getBody());
  SmallVector<int32_t> priorities(unloads.size(), 0);
  SmallVector<Attribute> data(unloads.size(),
                              LLVM::ZeroAttr::get(module.getContext()));
  LLVM::GlobalDtorsOp::create(
      builder, module.getLoc(), builder.getArrayAttr(unloads),
      builder.getI32ArrayAttr(priorities), builder.getArrayAttr(data));
  return success();
}

LogicalResult RuntimeCalls::lower(Operation *op) {
  builder.setInsertionPoint(op);
  location = op->getLoc();
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<rt::DataPointerOp, rt::SmCountOp, rt::RequireOp, rt::ScratchOp,
            rt::EncodeTensorMapOp, rt::MemsetOp, rt::LaunchOp,
            gpu::LaunchFuncOp, gpu::AllocOp, gpu::DeallocOp, gpu::MemcpyOp,
            gpu::WaitOp>([&](auto typed) { return lowerOp(typed); })
      .Default([](Operation *other) {
        return other->emitError("expected an operation that the runtime can "
                                "do");
      });
}
