//===- RCMRTOps.td - Operations of rcm_rt -------------------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMRT_IR_RCMRTOPS_TD
#define RCM_DIALECT_RCMRT_IR_RCMRTOPS_TD

include "rcm/Dialect/RCMRT/IR/RCMRTBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class RCMRT_Op<string mnemonic, list<Trait> traits = []>
    : Op<RCMRT_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Reading arguments and the device
//===----------------------------------------------------------------------===//

def RCMRT_DataPointerOp : RCMRT_Op<"data_pointer", [Pure]> {
  let summary = "gives the device address of a memref's first element";
  let description = [{
    The address of element [0, ..., 0]: the aligned pointer plus the offset
    times the element's size.

    ```mlir
    %p = rcm_rt.data_pointer %q : memref<?x128xf16, strided<[?, 1], offset: ?>>
    ```
  }];
  let arguments = (ins AnyStridedMemRef:$source);
  let results = (outs I64:$address);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def RCMRT_SmCountOp : RCMRT_Op<"sm_count", [Pure]> {
  let summary = "gives the device's number of multiprocessors";
  let description = [{
    At least 1. Persistent kernels take it as their grid.

    ```mlir
    %sms = rcm_rt.sm_count
    ```
  }];
  let results = (outs Index:$count);
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Before the launch
//===----------------------------------------------------------------------===//

def RCMRT_RequireOp : RCMRT_Op<"require"> {
  let summary = "refuses the call unless a condition holds";
  let description = [{
    Conditions are checked before any memory is taken and before anything is
    launched, wherever the operation stands; so the condition must not depend on
    scratch memory.

    * C1: the message is one line of 1 to 1000 characters.

    ```mlir
    rcm_rt.require %same, "expected `k` and `v` to have the same number of keys"
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
  let hasVerifier = 1;
}

def RCMRT_ScratchOp : RCMRT_Op<"scratch"> {
  let summary = "takes device memory until the call's last kernel has run";
  let description = [{
    The address of 0 bytes must not be used. The contents are undefined, or
    every byte is `fill` when that is given. All of a function's scratch memory
    is one allocation; its size must not depend on an address.

    * C1: `alignment` is a power of two, at most 4096.

    ```mlir
    %ws = rcm_rt.scratch %bytes align 1024
    %counters = rcm_rt.scratch %n align 256 fill 0
    ```
  }];
  let arguments = (ins Index:$bytes,
                       DefaultValuedAttr<I64Attr, "256">:$alignment,
                       OptionalAttr<I8Attr>:$fill);
  let results = (outs Res<I64, "", [MemAlloc]>:$address);
  let assemblyFormat = [{
    $bytes (`align` $alignment^)? (`fill` $fill^)? attr-dict
  }];
  let hasVerifier = 1;
}

def RCMRT_EncodeTensorMapOp : RCMRT_Op<"encode_tensor_map",
    [Pure, AttrSizedOperandSegments]> {
  let summary = "describes a tensor in memory to the bulk copy engine";
  let description = [{
    Sizes (in elements) and strides (in bytes) list the fastest dimension first;
    its own stride is the element's size and is not given. `box` is the tile
    that one copy moves, in elements. What is wrong with the operands' values
    (a base or stride that is no multiple of 16, a size over 2^32) is found at
    run time and refuses the call.

    A map whose `if` is false, or one of whose sizes is 0, is not encoded; the
    kernel must not use it.

    * C1: there are 1 to 5 sizes, one stride fewer, and as many box sizes (and
      element strides) as sizes.
    * C2: box sizes are 1 to 256, element strides 1 to 8.
    * C3: without interleave, the box's first size spans a multiple of 16 bytes,
      and with swizzle at most the swizzle's width.

    ```mlir
    %map = rcm_rt.encode_tensor_map %k bf16 sizes[%d, %tokens, %heads]
        strides[%row, %head] box [64, 128, 1] swizzle b128 l2_promotion b128
    ```
  }];
  let arguments = (ins I64:$base,
    RCMRT_MapElementTypeAttr:$elementType,
    Variadic<Index>:$sizes, Variadic<Index>:$strides,
    DenseI64ArrayAttr:$box,
    OptionalAttr<DenseI64ArrayAttr>:$elementStrides,
    DefaultValuedAttr<RCMRT_InterleaveAttr,
      "::rcm::rt::Interleave::None">:$interleave,
    DefaultValuedAttr<RCMRT_SwizzleAttr,
      "::rcm::rt::Swizzle::None">:$swizzle,
    DefaultValuedAttr<RCMRT_L2PromotionAttr,
      "::rcm::rt::L2Promotion::None">:$l2Promotion,
    DefaultValuedAttr<RCMRT_OutOfBoundsAttr,
      "::rcm::rt::OutOfBounds::Zero">:$outOfBounds,
    Optional<I1>:$predicate);
  let results = (outs RCMRT_TensorMapType:$map);
  let assemblyFormat = [{
    $base $elementType `sizes` `[` $sizes `]` `strides` `[` $strides `]`
    `box` $box (`element_strides` $elementStrides^)?
    (`interleave` $interleave^)? (`swizzle` $swizzle^)?
    (`l2_promotion` $l2Promotion^)? (`out_of_bounds` $outOfBounds^)?
    (`if` `(` $predicate^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Enqueueing work
//===----------------------------------------------------------------------===//

def RCMRT_MemsetOp : RCMRT_Op<"memset"> {
  let summary = "sets bytes of device memory, in stream order";
  let description = [{
    ```mlir
    rcm_rt.memset %counters, %bytes value 0 if(%split)
    ```
  }];
  let arguments = (ins Arg<I64, "", [MemWrite]>:$address, Index:$bytes,
                       I8Attr:$value, Optional<I1>:$predicate);
  let assemblyFormat = [{
    $address `,` $bytes `value` $value (`if` `(` $predicate^ `)`)? attr-dict
  }];
}

def RCMRT_LaunchOp : RCMRT_Op<"launch", [AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "launches a kernel on the call's stream";
  let description = [{
    What `gpu.launch_func` cannot say: tensor maps by value, programmatic
    dependent launch, and a predicate. A launch whose `if` is false or one of
    whose grid sizes is 0 is left out. `shared_memory` is dynamic shared memory
    in bytes. With `programmatic`, the kernel may start while its predecessor on
    the stream still runs, and must itself wait before it reads what that wrote.
    Parameters of type `index` arrive as `i64`.

    * C1: the three cluster sizes are positive and their product is at most 16.
    * C2: if `kernel` names an `llvm.func`, it is a kernel and its parameters
      are those of the launch: `i64` and `index` for 64-bit integers and
      pointers, a tensor map for a pointer with `llvm.byval`, equal types
      otherwise.

    ```mlir
    rcm_rt.launch @kernels::@attention grid(%sms, %c1, %c1)
        block(%c384, %c1, %c1) cluster [1, 1, 1] shared_memory(%bytes)
        if(%nonempty) programmatic
        args(%map, %q, %tokens, %scale : !rcm_rt.tensor_map, i64, index, f32)
    ```
  }];
  let arguments = (ins SymbolRefAttr:$kernel,
    Index:$gridX, Index:$gridY, Index:$gridZ,
    Index:$blockX, Index:$blockY, Index:$blockZ,
    OptionalAttr<DenseI64ArrayAttr>:$cluster,
    Optional<Index>:$sharedBytes, Optional<I1>:$predicate,
    UnitAttr:$programmatic,
    Variadic<AnyTypeOf<[I8, I16, I32, I64, Index, F32, F64,
                        RCMRT_TensorMapType]>>:$parameters);
  let assemblyFormat = [{
    $kernel `grid` `(` $gridX `,` $gridY `,` $gridZ `)`
    `block` `(` $blockX `,` $blockY `,` $blockZ `)`
    (`cluster` $cluster^)? (`shared_memory` `(` $sharedBytes^ `)`)?
    (`if` `(` $predicate^ `)`)? (`programmatic` $programmatic^)?
    `args` `(` ($parameters^ `:` type($parameters))? `)` attr-dict
  }];
  let hasVerifier = 1;
}

#endif // RCM_DIALECT_RCMRT_IR_RCMRTOPS_TD
