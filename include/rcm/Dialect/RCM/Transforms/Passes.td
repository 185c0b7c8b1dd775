//===- Passes.td - passes on the rcm dialect ------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD
#define RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def DecomposeSoftmax : Pass<"rcm-decompose-softmax"> {
  let summary = "writes linalg.softmax as reductions and elementwise ops";
  let description = [{
    `linalg.softmax` is not a structured op, so that upstream's conversion to
    loops leaves it alone. This pass replaces it by upstream's own
    decomposition: max over the dimension, exp of the difference, sum, division.

    Accepts any IR; afterwards there is no `linalg.softmax`.

    ```mlir
    %0 = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
    becomes four `linalg.generic` on tensors of 4x8 and 4.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def WidenFloats : Pass<"rcm-widen-floats"> {
  let summary = "computes a whole module in f64";
  let description = [{
    Replaces every float type by f64, in operations, function signatures and
    constants, and drops the conversions between float types that this makes
    trivial. What remains computes the same formula on the same (already
    rounded) constants without the roundings of the narrow types: the
    reference that results of a module are compared with.

    Accepts modules without operations on the bits of floats
    (`arith.bitcast`) and without dense resource constants of floats; others
    are refused.

    ```mlir
    %0 = arith.truncf %x : f32 to f16
    %1 = arith.addf %0, %y : f16
    ```
    becomes
    ```mlir
    %1 = arith.addf %x, %y : f64
    ```
  }];
}

class FuseAttentionBase<string mnemonic> : Pass<mnemonic> {
  let dependentDialects = ["::rcm::RCMDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"keepIntermediateRounding", "keep-intermediate-rounding", "bool",
           "false",
           "refuse modules that round an intermediate to a narrower float type, "
           "instead of dropping that rounding">,
    Option<"plantedBug", "planted-bug", "unsigned", "0",
           "for tests only: make a deliberate mistake (1 to 3), which the "
           "differential test must find">];
}

def FuseAttentionSkip : FuseAttentionBase<"rcm-fuse-attention-skip"> {
  let summary = "finds attention followed by a skip and makes it one op";
  let description = [{
    Recognizes `alpha * x + beta * softmax(scale * Q K^T + bias) V` by what the
    maps and bodies of linalg ops mean, whatever the ops are called, and
    replaces it by `rcm.attention_skip`. Coefficients that are a known schedule
    of t become `rcm.skip_coefficients`. What is matched is an identity of exact
    real arithmetic; sums are reassociated.

    A `passed` remark says what was fused, a `missed` remark names the reason
    at the op that broke the match. docs/Fusion.md lists the accepted forms and
    the reasons.
  }];
}

def FuseAttention : FuseAttentionBase<"rcm-fuse-attention"> {
  let summary = "finds attention without a skip and makes it one op";
  let description = [{
    As `rcm-fuse-attention-skip`, for attention that nothing is added to, or
    whose result goes through a linear map first: it becomes `rcm.attention`.
    Run it after `rcm-fuse-attention-skip`.
  }];
}

def SplitAttentionSkip : Pass<"rcm-split-attention-skip"> {
  let summary = "computes attention and skip in two passes over memory";
  let description = [{
    The baseline that fusion is measured against: every `rcm.attention_skip`
    becomes `rcm.attention` into a temporary and a `linalg.generic` that
    combines it with the residual, in f32 (f64 where the op computes in f64)
    with one rounding to the output's type. The temporary has the output's type
    and dimensions, or f32 (f64) with `wide-intermediate`. Accepts tensors and
    memrefs. Literal zero coefficients keep their meaning: what they hide is
    not read.

    ```mlir
    %0 = rcm.attention_skip scale(1.0) ins(%q, %k, %v, %x : ...) coefficients(%a, %b : f32, f32) outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
    becomes
    ```mlir
    %t = rcm.attention scale(1.0) ins(%q, %k, %v : ...) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
    %0 = linalg.generic ... ins(%x, %t : tensor<4x8xf32>, tensor<4x8xf32>) outs(%o : tensor<4x8xf32>) {
      // %a * x + %b * t
    }
    ```
  }];
  let options = [Option<"wideIntermediate", "wide-intermediate", "bool",
                        /*default=*/"false",
                        "Keep the attention in the type it is computed in">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ResolveOpenExpandShapes : Pass<"rcm-resolve-open-expand-shapes"> {
  let summary = "writes views that open a dimension into several of unknown size";
  let description = [{
    A `memref.expand_shape` with two or more sizes of one group known at run
    time only becomes a `memref.reinterpret_cast`, which
    `expand-strided-metadata` can lower; upstream's (22.1) own lowering of such
    an op crashes. All others stay.

    ```mlir
    %1 = memref.expand_shape %0 [[0, 1], [2]] output_shape [%a, %b, 4] : memref<?x4xf32> into memref<?x?x4xf32>
    ```
    becomes
    ```mlir
    %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %0 : memref<?x4xf32> -> ...
    %outer = arith.muli %strides#0, %b : index
    %1 = memref.reinterpret_cast %base to offset: [0], sizes: [%a, %b, 4], strides: [%outer, 4, 1] : memref<f32> to memref<?x?x4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def SelectRecipe : Pass<"rcm-select-recipe", "::mlir::ModuleOp"> {
  let summary = "chooses the number formats of attention on a GPU";
  let description = [{
    Writes the recipe into the module's `rcm_rt.properties`, where conversions
    and the kernel object find it. `default` is `int8-e4m3` if the module has
    attention ops and all of them take f16 or bf16 queries, keys and values,
    else `none`; a remark says what was chosen, because the choice loses
    accuracy. `auto` estimates the time of `int8-e4m3` and of the recipe that
    takes the operands as they are (`bf16` or `f16`), where all sizes are static,
    and takes the faster; the remark holds both times. They are those of the
    tuning table if it knows both recipes near the sizes (docs/Tuning.md),
    otherwise those of docs/CostModel.md. A
    module that already carries a recipe keeps it under both.
    Unknown chips, recipes and accumulations, and recipes that do not fit the
    element types, are errors.

    ```mlir
    module { ... }
    ```
    becomes
    ```mlir
    module attributes {rcm_rt.properties = {chip = "sm_90a", recipe = "none"}} { ... }
    ```
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90a\"",
           "The GPU to compile for">,
    Option<"recipe", "recipe", "std::string", /*default=*/"\"default\"",
           "default, auto, none, bf16, f16 or int8-e4m3">,
    Option<"accumulation", "accumulation", "std::string", /*default=*/"",
           "direct, promoted or empty">,
    Option<"table", "table", "std::string", /*default=*/"",
           "Tuning table, a JSON file; empty: the built-in one; none: no "
           "measurements">];
}

#endif // RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD
