//===- RCMTileScalarOps.td - Work of single threads --------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILESCALAROPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILESCALAROPS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileOpBase.td"

def RCMTile_ShuffleXorOp
    : RCMTile_Fence<"shuffle_xor", [AllTypesMatch<["source", "result"]>]> {
  let summary = "the value of the lane whose number differs in `mask`'s bits";
  let arguments = (ins AnyTypeOf<[I32, F32]>:$source, I32Attr:$mask);
  let results = (outs AnyTypeOf<[I32, F32]>:$result);
  let assemblyFormat = "$source `,` $mask attr-dict `:` type($source)";
}

def RCMTile_PackInt8Op : RCMTile_Op<"pack_int8", [Pure]> {
  let summary = "four f32 times a factor to int8, in memory order";
  let description = [{
    Products are rounded once, to the nearest integer (even on a tie), and lie
    in [-128, 127] after it.
  }];
  let arguments = (ins F32:$a, F32:$b, F32:$c, F32:$d, F32:$factor);
  let results = (outs I32:$result);
  let assemblyFormat = "$a `,` $b `,` $c `,` $d `times` $factor attr-dict";
}

def RCMTile_PackE4M3Op : RCMTile_Op<"pack_e4m3", [Pure]> {
  let summary = "four f32 to e4m3, nearest even, saturating, in memory order";
  let arguments = (ins F32:$a, F32:$b, F32:$c, F32:$d);
  let results = (outs I32:$result);
  let assemblyFormat = "$a `,` $b `,` $c `,` $d attr-dict";
}

def RCMTile_UnpackE4M3Op : RCMTile_Op<"unpack_e4m3", [Pure]> {
  let summary = "number `index` (0 to 3) of four packed e4m3";
  let arguments = (ins I32:$source, I64Attr:$index);
  let results = (outs F32:$result);
  let assemblyFormat = "$source `[` $index `]` attr-dict";
}

def RCMTile_Exp2Op : RCMTile_Op<"exp2", [Pure, SameOperandsAndResultType]> {
  let summary = "2^x by the special-function unit; denormals flush to zero";
  let arguments = (ins F32:$source);
  let results = (outs F32:$result);
  let assemblyFormat = "$source attr-dict";
}

def RCMTile_Log2Op : RCMTile_Op<"log2", [Pure, SameOperandsAndResultType]> {
  let summary = "log2(x) by the special-function unit";
  let arguments = (ins F32:$source);
  let results = (outs F32:$result);
  let assemblyFormat = "$source attr-dict";
}

def RCMTile_ReciprocalOp
    : RCMTile_Op<"reciprocal", [Pure, SameOperandsAndResultType]> {
  let summary = "1 / x by the special-function unit, 1 ulp";
  let arguments = (ins F32:$source);
  let results = (outs F32:$result);
  let assemblyFormat = "$source attr-dict";
}

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILESCALAROPS_TD
