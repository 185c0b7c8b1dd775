//===- RCMOps.td - the operations of the rcm dialect ----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_IR_RCMOPS_TD
#define RCM_DIALECT_RCM_IR_RCMOPS_TD

include "rcm/Dialect/RCM/IR/RCMBase.td"
include "rcm/Dialect/RCM/IR/RCMInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

class RCM_AttentionBase<string mnemonic, list<Trait> traits = []>
    : RCM_Op<mnemonic, !listconcat(traits, [
        AttrSizedOperandSegments,
        DestinationStyleOpInterface,
        RCM_AttentionOpInterface,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        ConditionallySpeculatable,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                  ["reifyResultShapes"]>])> {
  let results = (outs Variadic<RankedTensorOf<[F16, BF16, F32, F64]>>:$results);
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  code commonDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
    ::mlir::Speculation::Speculatability getSpeculatability() {
      return ::mlir::isa<::mlir::RankedTensorType>(getOuts()[0].getType())
                 ? ::mlir::Speculation::Speculatable
                 : ::mlir::Speculation::NotSpeculatable;
    }
  }];
}

def RCM_AttentionOp : RCM_AttentionBase<"attention"> {
  let summary = "computes attention";
  let description = [{
    ```
    out = softmax(scale * Q K^T + bias) V
    ```

    The softmax runs over the keys. With `causal`, query row `m` sees the keys
    `n <= m + offset` and no others (offset 0 if none is given). A row that
    sees no key, because there is none or because its bias is all -inf, gives
    0. The optional second destination receives the natural logarithm of the
    sum of the exponentials, `log(sum_n exp(scale * q.k_n + bias_n))`, which is
    -inf for such a row.

    Sums and the softmax are computed in f64 if Q, K or V is f64, else in f32
    or better.

    Memory order is free: `indexing_maps` gives one map per operand, in the
    order q, k, v, [bias], out, [lse], from the logical dimensions
    `(b, h, m, n, k, d)` (batch, query head, query row, key, dimension of Q and
    K, dimension of V) to the operand's own. Without it the operands are
    batch-heads-rows-channels (rank 4), batch-rows-channels (rank 3) or
    rows-channels (rank 2); a bias is `(b, h, m, n)`, `(b, m, n)` or `(m, n)`.
    Keys and values may have fewer heads than the queries if their number
    divides the queries' (grouped queries): query head `h` then reads head
    `h floordiv (Hq / Hkv)`.

    Constraints: C1-C9, C12, C13.

    Example:

    ```mlir
    %0 = rcm.attention scale(0.125)
        ins(%q, %k, %v : tensor<2x4x128x64xf32>, tensor<2x4x96x64xf32>, tensor<2x4x96x64xf32>)
        outs(%init : tensor<2x4x128x64xf32>) -> tensor<2x4x128x64xf32>
    ```
  }];
  let arguments = (ins
    RCM_Shaped:$query, RCM_Shaped:$key, RCM_Shaped:$value,
    Optional<RCM_Shaped>:$bias,
    Optional<Index>:$causal_offset,
    Variadic<RCM_Shaped>:$outs,
    F64Attr:$scale,
    UnitAttr:$causal,
    OptionalAttr<AffineMapArrayAttr>:$indexing_maps);
  let assemblyFormat = [{
    `scale` `` `(` $scale `)` (`causal` $causal^)?
    (`offset` `` `(` $causal_offset^ `)`)?
    `ins` `` `(` $query `,` $key `,` $value `:`
      type($query) `,` type($key) `,` type($value) `)`
    (`bias` `` `(` $bias^ `:` type($bias) `)`)?
    `outs` `` `(` $outs `:` type($outs) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = commonDeclaration;
}

def RCM_AttentionSkipOp : RCM_AttentionBase<"attention_skip"> {
  let summary = "computes attention and adds a residual to it";
  let description = [{
    ```
    out = alpha * x + beta * softmax(scale * Q K^T + bias) V
    ```

    Attention as in `rcm.attention`; `alpha` (c_skip) and `beta` (c_out) are
    f32 or f64, scalars or anything that broadcasts to the output: their maps
    use a subset of `(b, h, m, d)`, or the constant 0 on a dimension of size 1.
    The default map of a coefficient of rank r is the first r of `(b, h, m,
    d)`. `x` has the output's dimensions, in any order. `indexing_maps` is in
    the order q, k, v, x, alpha, beta, [bias], out, [lse].

    The sum is computed in f64 if Q, K, V or x is f64, else in f32, and rounded
    once to the output's type. If `alpha` is the literal constant 0, `x` is not
    read; if `beta` is, V is not, and Q, K and the bias only for a log-sum-exp
    (C11). Zeros that are known at run time only multiply as IEEE 754 says.

    Constraints: C1-C13.

    Example:

    ```mlir
    %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : tensor<2xf32>)
        outs(%e0, %e1 : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
    %0 = rcm.attention_skip scale(0.125)
        ins(%q, %k, %v, %x : tensor<2x4x128x64xf32>, tensor<2x4x96x64xf32>, tensor<2x4x96x64xf32>, tensor<2x4x128x64xf32>)
        coefficients(%c_skip, %c_out : tensor<2xf32>, tensor<2xf32>)
        outs(%init : tensor<2x4x128x64xf32>) -> tensor<2x4x128x64xf32>
    ```
  }];
  let arguments = (ins
    RCM_Shaped:$query, RCM_Shaped:$key, RCM_Shaped:$value,
    RCM_Shaped:$residual,
    RCM_WideScalarOrShaped:$alpha, RCM_WideScalarOrShaped:$beta,
    Optional<RCM_Shaped>:$bias,
    Optional<Index>:$causal_offset,
    Variadic<RCM_Shaped>:$outs,
    F64Attr:$scale,
    UnitAttr:$causal,
    OptionalAttr<AffineMapArrayAttr>:$indexing_maps);
  let assemblyFormat = [{
    `scale` `` `(` $scale `)` (`causal` $causal^)?
    (`offset` `` `(` $causal_offset^ `)`)?
    `ins` `` `(` $query `,` $key `,` $value `,` $residual `:`
      type($query) `,` type($key) `,` type($value) `,` type($residual) `)`
    `coefficients` `` `(` $alpha `,` $beta `:` type($alpha) `,` type($beta) `)`
    (`bias` `` `(` $bias^ `:` type($bias) `)`)?
    `outs` `` `(` $outs `:` type($outs) `)`
    attr-dict (`->` type($results)^)?
  }];
  let extraClassDeclaration = commonDeclaration;
}

//===----------------------------------------------------------------------===//
// Skip coefficients
//===----------------------------------------------------------------------===//

def RCM_SkipCoefficientsOp : RCM_Op<"skip_coefficients", [
    DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    ConditionallySpeculatable,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                  ["reifyResultShapes"]>]> {
  let summary = "computes c_skip and c_out from the time t";
  let description = [{
    Elementwise, with `s` = `sigma_data`:

    | schedule | c_skip | c_out |
    | --- | --- | --- |
    | `edm` | s^2 / (t^2 + s^2) | s t / sqrt(s^2 + t^2) |
    | `trigflow` | cos t | -s sin t |
    | `rectified_flow_trigflow` | 1 / (cos t + sin t) | -sin t / (cos t + sin t) |

    `edm` is the boundary condition of consistency models (Song et al., 2023):
    t = 0 gives exactly (1, 0), t = +-inf gives (0, +-s), no finite t
    overflows, a negative t flips the sign of c_out, NaN gives NaN. The last
    schedule is that of rCM's denoiser scaling and knows s = 1 only.

    On scalars there are no destinations; on tensors and memrefs there are two
    of the shape and type of `t`.

    Constraints: C14-C18.

    Example:

    ```mlir
    %c_skip, %c_out = rcm.skip_coefficients edm sigma_data(0.5) ins(%t : f32) -> f32, f32
    ```
  }];
  let arguments = (ins
    RCM_SkipScheduleAttr:$schedule,
    DefaultValuedAttr<F64Attr, "1.0">:$sigma_data,
    RCM_WideScalarOrShaped:$t,
    Variadic<RCM_WideScalarOrShaped>:$outs);
  let results = (outs
    Variadic<AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>]>>:$results);
  let assemblyFormat = [{
    `` $schedule (`sigma_data` `` `(` $sigma_data^ `)`)?
    `ins` `` `(` $t `:` type($t) `)`
    (`outs` `` `(` $outs^ `:` type($outs) `)`)?
    attr-dict (`->` type($results)^)?
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let hasFolder = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
    /// True for a scalar t: values in, values out, no destination.
    bool isScalar() { return !::mlir::isa<::mlir::ShapedType>(getT().getType()); }
    ::mlir::Speculation::Speculatability getSpeculatability() {
      return ::mlir::isa<::mlir::MemRefType>(getT().getType())
                 ? ::mlir::Speculation::NotSpeculatable
                 : ::mlir::Speculation::Speculatable;
    }
  }];
}

#endif // RCM_DIALECT_RCM_IR_RCMOPS_TD
