//===- RCMTileAttrs.td - The kernel schedule ----------------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEATTRS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEATTRS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileBase.td"

def RCMTile_Accumulation : RCMTile_Enum<"Accumulation", "how PV is summed", [
  I32EnumAttrCase<"Direct", 0, "direct">,
  I32EnumAttrCase<"Promoted", 1, "promoted">]>;
def RCMTile_ScoreConversion
    : RCMTile_Enum<"ScoreConversion", "when scores become f32", [
  I32EnumAttrCase<"Lazy", 0, "lazy">,
  I32EnumAttrCase<"Eager", 1, "eager">]>;
def RCMTile_RowSum : RCMTile_Enum<"RowSum", "who adds up the rows of P", [
  I32EnumAttrCase<"Matrix", 0, "matrix">,
  I32EnumAttrCase<"Add", 1, "add">]>;
def RCMTile_ScaleGroup
    : RCMTile_Enum<"ScaleGroup", "who shares an int8 scale of Q and K", [
  I32EnumAttrCase<"Warp", 0, "warp">,
  I32EnumAttrCase<"Thread", 1, "thread">]>;
def RCMTile_Recipe : RCMTile_Enum<"Recipe", "number formats of the products", [
  I32EnumAttrCase<"None", 0, "none">,
  I32EnumAttrCase<"Int8E4M3", 1, "int8_e4m3">,
  I32EnumAttrCase<"BF16", 2, "bf16">,
  I32EnumAttrCase<"F16", 3, "f16">]>;

def RCMTile_ScheduleAttr : AttrDef<RCMTile_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "how one attention kernel is cut into tiles and roles";
  let description = [{
    * C1: `consumer_warpgroups` is 1, 2 or 3 (a fourth warpgroup loads).
    * C2: `query_tile` is 64 * `consumer_warpgroups`.
    * C3: `key_tile` is 64 or 128.
    * C4: `stages` is 2 to 8.
    * C5: 0 <= `rescale_threshold` <= 8 (log2; P is scaled by 2^(8.8 - it), the
      largest e4m3 number being 448 = 2^8.807).

    * C6: `promotion_tiles` is a power of two from 1 to 4096; under `direct` it
      is 1.
    * C7: `order` is 0 to 2^31 - 1.

    `accumulation`: `direct` sums products with V in the matrix unit from the
    first key tile to the last. `promoted` adds the matrix unit's sums to others
    in f32 every `promotion_tiles` key tiles; with 1 both lie in registers, with
    more the f32 sums lie in memory and are touched only then.

    `scales` is `warp` (16 query rows, a whole key tile) or `thread` (the rows
    and keys of one accumulator thread: more accurate when channels stick out).

    `order` is the seed by which `rcm-tile-order-instructions` permutes
    independent instructions of the kernel; 0, the default, leaves them as they
    are. Results do not depend on it.

    What depends on the head dimensions as well (registers, shared memory) is
    checked by `checkResources`.
  }];
  let parameters = (ins
    "int64_t":$consumer_warpgroups, "int64_t":$query_tile,
    "int64_t":$key_tile, "int64_t":$stages,
    EnumParameter<RCMTile_Accumulation>:$accumulation,
    "int64_t":$promotion_tiles,
    EnumParameter<RCMTile_ScoreConversion>:$conversion,
    EnumParameter<RCMTile_RowSum>:$row_sum,
    EnumParameter<RCMTile_ScaleGroup>:$scales,
    "::mlir::FloatAttr":$rescale_threshold,
    EnumParameter<RCMTile_Recipe>:$recipe,
    DefaultValuedParameter<"int64_t", "0">:$order);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEATTRS_TD
