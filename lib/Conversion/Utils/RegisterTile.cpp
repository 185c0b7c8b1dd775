//===- RegisterTile.cpp - accumulators kept in registers -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Conversion/Utils/RegisterTile.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace rcm;

RegisterTile::RegisterTile(Type elementType, int64_t vectorBits) {
  lanes = vectorBits / elementType.getIntOrFloatBitWidth();
  vectors = 2;
  // All registers but one per vector of the panel, one for the scalar and one
  // to spare: 6 x 2 accumulators of 16 registers, 12 x 2 of 32.
  rows = vectorBits >= 512 ? 12 : 6;
  vector = VectorType::get(lanes, elementType);
  intVector = vector.clone(IntegerType::get(
      elementType.getContext(), elementType.getIntOrFloatBitWidth()));
}

LogicalResult rcm::verifyVectorWidth(Operation *root, unsigned vectorBits) {
  if (vectorBits == 128 || vectorBits == 256 || vectorBits == 512)
    return success();
  return emitError(root->getLoc(),
                   "expected `vector-width` to be 128, 256 or 512, got ")
         << vectorBits;
}
