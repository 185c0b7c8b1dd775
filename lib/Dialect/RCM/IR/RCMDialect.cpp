//===- RCMDialect.cpp - registers the dialect
//-----------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/IR/RCM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "rcm/Dialect/RCM/IR/RCMDialect.cpp.inc"
#include "rcm/Dialect/RCM/IR/RCMEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "rcm/Dialect/RCM/IR/RCMAttrs.cpp.inc"

void rcm::RCMDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "rcm/Dialect/RCM/IR/RCMAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "rcm/Dialect/RCM/IR/RCMOps.cpp.inc"
      >();
}
