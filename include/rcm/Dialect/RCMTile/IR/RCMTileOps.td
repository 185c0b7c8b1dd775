//===- RCMTileOps.td - Tile operations ---------------------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileFragmentOps.td"
include "rcm/Dialect/RCMTile/IR/RCMTileMemoryOps.td"
include "rcm/Dialect/RCMTile/IR/RCMTileOrderingOps.td"
include "rcm/Dialect/RCMTile/IR/RCMTileScalarOps.td"

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD
