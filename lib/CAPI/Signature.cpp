//===- Signature.cpp - function types for C -------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Internal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static rcmElement toElement(Type type) {
  if (type.isF16())
    return RCM_ELEMENT_F16;
  if (type.isBF16())
    return RCM_ELEMENT_BF16;
  if (type.isF32())
    return RCM_ELEMENT_F32;
  if (type.isF64())
    return RCM_ELEMENT_F64;
  if (type.isInteger(1))
    return RCM_ELEMENT_I1;
  if (type.isInteger(8))
    return RCM_ELEMENT_I8;
  if (type.isInteger(16))
    return RCM_ELEMENT_I16;
  if (type.isInteger(32))
    return RCM_ELEMENT_I32;
  if (type.isInteger(64) || type.isIndex())
    return RCM_ELEMENT_I64;
  return RCM_ELEMENT_OTHER;
}

size_t rcm::capi::elementBytes(rcmElement element) {
  switch (element) {
  case RCM_ELEMENT_I1:
  case RCM_ELEMENT_I8:
    return 1;
  case RCM_ELEMENT_F16:
  case RCM_ELEMENT_BF16:
  case RCM_ELEMENT_I16:
    return 2;
  case RCM_ELEMENT_F32:
  case RCM_ELEMENT_I32:
    return 4;
  case RCM_ELEMENT_F64:
  case RCM_ELEMENT_I64:
    return 8;
  case RCM_ELEMENT_OTHER:
    break;
  }
  return 0;
}

/// Kind and strides of a memref of up to RCM_COMPILER_MAX_RANK dimensions.
static void describeLayout(MemRefType type, rcmValueInfo &info) {
  info.dense = type.getLayout().isIdentity();
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (failed(type.getStridesAndOffset(strides, offset)))
    return;
  // The address handed over is that of the first element: offset 0 fits.
  if (offset != 0 && !ShapedType::isDynamic(offset))
    return;
  info.kind = RCM_VALUE_MEMREF;
  for (auto [index, stride] : llvm::enumerate(strides))
    info.strides[index] =
        ShapedType::isDynamic(stride) ? RCM_COMPILER_DYNAMIC : stride;
}

static rcmValueInfo describe(Type type, StringRef name,
                             std::deque<std::string> &texts) {
  rcmValueInfo info = {};
  info.kind = RCM_VALUE_OTHER;
  Type elementType = type;
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    elementType = shaped.getElementType();
    bool fits = shaped.hasRank() && shaped.getRank() <= RCM_COMPILER_MAX_RANK;
    if (fits && isa<RankedTensorType>(type)) {
      info.kind = RCM_VALUE_TENSOR;
      info.dense = 1;
    }
    if (auto memref = dyn_cast<MemRefType>(type); fits && memref)
      describeLayout(memref, info);
    if (fits) {
      info.rank = static_cast<int32_t>(shaped.getRank());
      for (auto [index, size] : llvm::enumerate(shaped.getShape()))
        info.sizes[index] =
            ShapedType::isDynamic(size) ? RCM_COMPILER_DYNAMIC : size;
    }
  } else if (type.isIntOrIndexOrFloat()) {
    info.kind = RCM_VALUE_SCALAR;
  }
  info.element = toElement(elementType);
  if (info.element == RCM_ELEMENT_OTHER)
    info.kind = RCM_VALUE_OTHER;
  std::string &text = texts.emplace_back();
  llvm::raw_string_ostream(text) << type;
  info.type = text.c_str();
  info.name = texts.emplace_back(name.str()).c_str();
  return info;
}

func::FuncOp rcm::capi::findFunction(const rcmModule &module, StringRef name) {
  SmallVector<StringRef> known;
  for (auto function : module.module.get().getOps<func::FuncOp>()) {
    if (function.isExternal() || !function.isPublic())
      continue;
    if (function.getSymName() == name)
      return function;
    known.push_back(function.getSymName());
  }
  module.context->error(
      "expected `function` to be one of the module's public functions, {" +
      llvm::join(known, ", ") + "}, got '" + name + "'");
  return nullptr;
}

void rcm::capi::fillSignature(const rcmModule &module, func::FuncOp function,
                              rcmSignature &signature) {
  auto names = module.argumentNames.find(function.getSymName());
  for (auto [index, type] : llvm::enumerate(function.getArgumentTypes())) {
    StringRef name;
    if (names != module.argumentNames.end() && index < names->second.size())
      name = names->second[index];
    signature.arguments.push_back(describe(type, name, signature.texts));
  }
  for (Type type : function.getResultTypes())
    signature.results.push_back(describe(type, "", signature.texts));
}

/// The type with the given sizes where it has none.
static ShapedType withSizes(ShapedType type, const int64_t *sizes) {
  SmallVector<int64_t> shape(type.getShape());
  for (auto [index, size] : llvm::enumerate(shape))
    if (ShapedType::isDynamic(size))
      size = sizes[index];
  return type.clone(shape);
}

rcmStatus rcmModuleSetArgumentShape(rcmModule *module, const char *function,
                                    size_t index, const int64_t *sizes) {
  func::FuncOp op = rcm::capi::findFunction(*module, function);
  if (!op)
    return RCM_STATUS_FAILURE;
  auto type = index < op.getNumArguments()
                  ? dyn_cast<ShapedType>(op.getArgument(index).getType())
                  : nullptr;
  if (!type || !type.hasRank()) {
    module->context->error("expected argument " + llvm::Twine(index) +
                           " to be a ranked tensor or memref");
    return RCM_STATUS_FAILURE;
  }
  ShapedType refined = withSizes(type, sizes);
  if (refined == type)
    return RCM_STATUS_SUCCESS;
  BlockArgument argument = op.getArgument(index);
  OpBuilder builder = OpBuilder::atBlockBegin(&op.getBody().front());
  argument.setType(refined);
  Operation *cast =
      isa<MemRefType>(type)
          ? memref::CastOp::create(builder, op.getLoc(), type, argument)
                .getOperation()
          : tensor::CastOp::create(builder, op.getLoc(), type, argument)
                .getOperation();
  argument.replaceAllUsesExcept(cast->getResult(0), cast);
  SmallVector<Type> inputs(op.getArgumentTypes());
  inputs[index] = refined;
  op.setFunctionType(builder.getFunctionType(inputs, op.getResultTypes()));
  return RCM_STATUS_SUCCESS;
}

const char *rcmModuleFunctionName(const rcmModule *module, size_t index) {
  auto &names = const_cast<rcmModule *>(module)->functionNames;
  if (names.empty())
    for (auto function : module->module.get().getOps<func::FuncOp>())
      if (!function.isExternal() && function.isPublic())
        names.push_back(function.getSymName().str());
  return index < names.size() ? names[index].c_str() : nullptr;
}

rcmSignature *rcmModuleGetSignature(const rcmModule *module,
                                    const char *function) {
  func::FuncOp op = rcm::capi::findFunction(*module, function);
  if (!op)
    return nullptr;
  auto *signature = new rcmSignature;
  rcm::capi::fillSignature(*module, op, *signature);
  return signature;
}

void rcmSignatureDestroy(rcmSignature *signature) { delete signature; }

size_t rcmSignatureArgumentCount(const rcmSignature *signature) {
  return signature->arguments.size();
}

size_t rcmSignatureResultCount(const rcmSignature *signature) {
  return signature->results.size();
}

const rcmValueInfo *rcmSignatureArgument(const rcmSignature *signature,
                                         size_t index) {
  return index < signature->arguments.size() ? &signature->arguments[index]
                                             : nullptr;
}

const rcmValueInfo *rcmSignatureResult(const rcmSignature *signature,
                                       size_t index) {
  return index < signature->results.size() ? &signature->results[index]
                                           : nullptr;
}
