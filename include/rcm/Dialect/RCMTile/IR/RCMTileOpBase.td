//===- RCMTileOpBase.td - What the operations share --------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEOPBASE_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEOPBASE_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "rcm/Dialect/RCMTile/IR/RCMTileAttrs.td"
include "rcm/Dialect/RCMTile/IR/RCMTileBase.td"

class RCMTile_Op<string mnemonic, list<Trait> traits = []>
    : Op<RCMTile_Dialect, mnemonic, traits>;

/// Ops that order memory for other threads. Nothing moves across them.
class RCMTile_Fence<string mnemonic, list<Trait> traits = []>
    : RCMTile_Op<mnemonic, traits # [MemoryEffects<[MemRead, MemWrite]>]>;

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEOPBASE_TD
