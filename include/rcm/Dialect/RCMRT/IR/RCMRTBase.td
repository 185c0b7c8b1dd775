//===- RCMRTBase.td - Dialect, types and enums of rcm_rt ----*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMRT_IR_RCMRTBASE_TD
#define RCM_DIALECT_RCMRT_IR_RCMRTBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def RCMRT_Dialect : Dialect {
  let name = "rcm_rt";
  let cppNamespace = "::rcm::rt";
  let summary = "what the host does around the kernels";
  let description = [{
    The host side of a compiled operation is a function over memrefs that checks
    its arguments, computes sizes, takes scratch memory, encodes tensor maps and
    launches kernels. Upstream's dialects cover the arithmetic; this dialect
    holds the rest, in the terms of the runtime's C ABI (`RCMRuntime.h`).

    Two back ends read it. The kernel object writer turns such a function into
    the object's program, and `convert-gpu-launch-to-rcm-runtime` turns the
    operations into calls of the runtime.

    A host function is one block. Beside this dialect it holds `arith` and
    `math` on `index`, integers, `f32` and `f64`, `memref.dim`,
    `memref.extract_strided_metadata` and `gpu.launch_func`. Device addresses
    are `i64`; sizes and strides are `index`.

    ```mlir
    func.func @scale(%x: memref<?xf32> {rcm_rt.name = "x"},
                     %out: memref<?xf32> {rcm_rt.direction = "out"})
        attributes {rcm_rt.properties = {recipe = "none"}} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c128 = arith.constant 128 : index
      %n = memref.dim %x, %c0 : memref<?xf32>
      %m = memref.dim %out, %c0 : memref<?xf32>
      %same = arith.cmpi eq, %n, %m : index
      rcm_rt.require %same, "expected `x` and `out` to have one size"
      %blocks = arith.ceildivui %n, %c128 : index
      %px = rcm_rt.data_pointer %x : memref<?xf32>
      %po = rcm_rt.data_pointer %out : memref<?xf32>
      rcm_rt.launch @kernels::@scale grid(%blocks, %c1, %c1)
          block(%c128, %c1, %c1) args(%px, %po, %n : i64, i64, index)
      return
    }
    ```

    Attributes on host functions and their arguments:

    | attribute | on | meaning |
    | --- | --- | --- |
    | `rcm_rt.properties` | function, module | dictionary of strings that the object carries |
    | `rcm_rt.name` | argument | its name for users; default `arg<i>` |
    | `rcm_rt.direction` | argument | `"in"` (default), `"out"` or `"inout"` |
    | `rcm_rt.alignment` | argument | bytes the data pointer is a multiple of; default: the element's size |
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
}

def RCMRT_TensorMapType : TypeDef<RCMRT_Dialect, "TensorMap"> {
  let mnemonic = "tensor_map";
  let summary = "128 bytes that describe a tensor to the bulk copy engine";
  let description = [{
    A kernel takes it by value, as `!llvm.ptr {llvm.byval = !llvm.array<128 x
    i8>, llvm.align = 64 : i64, nvvm.grid_constant}`.
  }];
}

class RCMRT_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::rcm::rt";
  let genSpecializedAttr = 0;
}

class RCMRT_EnumAttr<EnumAttrInfo info, string name>
    : EnumAttr<RCMRT_Dialect, info, name>;

// The numbers of the following enums are those of the driver API and part of
// the kernel object format.

def RCMRT_MapElementType : RCMRT_Enum<"MapElementType",
    "element type of a tensor map", [
      I32EnumAttrCase<"U8", 0, "u8">, I32EnumAttrCase<"U16", 1, "u16">,
      I32EnumAttrCase<"U32", 2, "u32">, I32EnumAttrCase<"I32", 3, "i32">,
      I32EnumAttrCase<"U64", 4, "u64">, I32EnumAttrCase<"I64", 5, "i64">,
      I32EnumAttrCase<"F16", 6, "f16">, I32EnumAttrCase<"F32", 7, "f32">,
      I32EnumAttrCase<"F64", 8, "f64">, I32EnumAttrCase<"BF16", 9, "bf16">,
      I32EnumAttrCase<"F32Ftz", 10, "f32_ftz">,
      I32EnumAttrCase<"TF32", 11, "tf32">,
      I32EnumAttrCase<"TF32Ftz", 12, "tf32_ftz">]>;
def RCMRT_MapElementTypeAttr
    : RCMRT_EnumAttr<RCMRT_MapElementType, "map_element_type">;

def RCMRT_Interleave : RCMRT_Enum<"Interleave",
    "memory order of the channels of a tensor map", [
      I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"B16", 1, "b16">,
      I32EnumAttrCase<"B32", 2, "b32">]>;
def RCMRT_InterleaveAttr : RCMRT_EnumAttr<RCMRT_Interleave, "interleave">;

def RCMRT_Swizzle : RCMRT_Enum<"Swizzle",
    "how a tile's 16-byte pieces are permuted in shared memory", [
      I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"B32", 1, "b32">,
      I32EnumAttrCase<"B64", 2, "b64">, I32EnumAttrCase<"B128", 3, "b128">]>;
def RCMRT_SwizzleAttr : RCMRT_EnumAttr<RCMRT_Swizzle, "swizzle">;

def RCMRT_L2Promotion : RCMRT_Enum<"L2Promotion",
    "granularity of a tensor map's loads in the L2 cache", [
      I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"B64", 1, "b64">,
      I32EnumAttrCase<"B128", 2, "b128">, I32EnumAttrCase<"B256", 3, "b256">]>;
def RCMRT_L2PromotionAttr : RCMRT_EnumAttr<RCMRT_L2Promotion, "l2_promotion">;

def RCMRT_OutOfBounds : RCMRT_Enum<"OutOfBounds",
    "what a tensor map gives outside the tensor", [
      I32EnumAttrCase<"Zero", 0, "zero">, I32EnumAttrCase<"NaN", 1, "nan">]>;
def RCMRT_OutOfBoundsAttr : RCMRT_EnumAttr<RCMRT_OutOfBounds, "out_of_bounds">;

#endif // RCM_DIALECT_RCMRT_IR_RCMRTBASE_TD
