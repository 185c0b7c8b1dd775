//===- RCMRTDialect.cpp - The rcm_rt dialect ------------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCMRT/IR/RCMRT.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace rcm::rt;

#include "rcm/Dialect/RCMRT/IR/RCMRTDialect.cpp.inc"
#include "rcm/Dialect/RCMRT/IR/RCMRTEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "rcm/Dialect/RCMRT/IR/RCMRTTypes.cpp.inc"

void RCMRTDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "rcm/Dialect/RCMRT/IR/RCMRTAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "rcm/Dialect/RCMRT/IR/RCMRTTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "rcm/Dialect/RCMRT/IR/RCMRTOps.cpp.inc"
      >();
}

LogicalResult RCMRTDialect::verifyOperationAttribute(Operation *op,
                                                     NamedAttribute attribute) {
  if (attribute.getName() != kPropertiesAttr)
    return op->emitOpError("expected attribute `")
           << attribute.getName().getValue() << "` to be `" << kPropertiesAttr
           << "` or an argument attribute";
  auto dictionary = dyn_cast<DictionaryAttr>(attribute.getValue());
  if (!dictionary)
    return op->emitOpError("expected `")
           << kPropertiesAttr << "` to be a dictionary, got "
           << attribute.getValue();
  for (NamedAttribute property : dictionary)
    if (!isa<StringAttr>(property.getValue()))
      return op->emitOpError("expected property `")
             << property.getName().getValue() << "` to be a string, got "
             << property.getValue();
  return success();
}

LogicalResult RCMRTDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                     unsigned index,
                                                     NamedAttribute attribute) {
  auto refuse = [&](StringRef expected) {
    return op->emitOpError("expected `")
           << attribute.getName().getValue() << "` of argument " << index
           << " to be " << expected << ", got " << attribute.getValue();
  };
  StringRef name = attribute.getName().getValue();
  auto text = dyn_cast<StringAttr>(attribute.getValue());
  if (name == kNameAttr) {
    if (!text || text.getValue().empty())
      return refuse("a non-empty string");
    return success();
  }
  if (name == kDirectionAttr) {
    bool known = text && llvm::StringSwitch<bool>(text.getValue())
                             .Cases({"in", "out", "inout"}, true)
                             .Default(false);
    return known ? success() : refuse("\"in\", \"out\" or \"inout\"");
  }
  if (name == kAlignmentAttr) {
    auto number = dyn_cast<IntegerAttr>(attribute.getValue());
    bool valid = number && number.getType().isInteger(64) &&
                 number.getInt() > 0 && number.getInt() <= 4096 &&
                 llvm::isPowerOf2_64(number.getInt());
    return valid ? success() : refuse("an i64 power of two, at most 4096");
  }
  return op->emitOpError("expected no attribute `")
         << name << "` on argument " << index;
}

int64_t rcm::rt::getElementBytes(MapElementType type) {
  switch (type) {
  case MapElementType::U8:
    return 1;
  case MapElementType::U16:
  case MapElementType::F16:
  case MapElementType::BF16:
    return 2;
  case MapElementType::U64:
  case MapElementType::I64:
  case MapElementType::F64:
    return 8;
  case MapElementType::U32:
  case MapElementType::I32:
  case MapElementType::F32:
  case MapElementType::F32Ftz:
  case MapElementType::TF32:
  case MapElementType::TF32Ftz:
    return 4;
  }
  llvm_unreachable("unknown element type of a tensor map");
}
