//===- RCMTileFragmentOps.td - Products and fragments ------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEFRAGMENTOPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEFRAGMENTOPS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileOpBase.td"

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

def RCMTile_QKOp : RCMTile_Op<"qk"> {
  let summary = "starts S = Q * K^T";
  let description = [{
    All of D in one group of matrix steps; both operands in shared memory, both
    K-major. int8 x int8 -> i32, f16 x f16 -> f32 or bf16 x bf16 -> f32.

    Example:
    ```mlir
    %s = rcm_tile.qk %q, %k
      : !rcm_tile.shared<64x128xi8, 128>, !rcm_tile.shared<128x128xi8, 128>
     -> !rcm_tile.async<<64x128xi32, wgmma_accumulator>>
    ```
  }];
  let arguments = (ins Arg<RCMTile_Shared, "", [MemRead]>:$query,
                       Arg<RCMTile_Shared, "", [MemRead]>:$key);
  let results = (outs RCMTile_Async:$scores);
  let assemblyFormat = [{
    $query `,` $key attr-dict `:` type($query) `,` type($key) `->` type($scores)
  }];
  let hasVerifier = 1;
}

def RCMTile_PVOp : RCMTile_Op<"pv"> {
  let summary = "starts O += P * V for the keys of one P, into f32";
  let description = [{
    `accumulator` is a fragment or the product of the step before, still in
    flight; without it the product starts from zero. P is in registers and
    covers the keys from `step` times its columns. V is e4m3 and transposed
    ([columns, keys], permuted inside 16 keys), or f16 or bf16 as it is
    ([keys, columns]). `commit` ends the group that a wait counts.
  }];
  let arguments = (ins Optional<AnyTypeOf<[RCMTile_Fragment, RCMTile_Async]>>:$accumulator,
                       RCMTile_Fragment:$probabilities,
                       Arg<RCMTile_Shared, "", [MemRead]>:$value,
                       I64Attr:$step, UnitAttr:$commit);
  let results = (outs RCMTile_Async:$result);
  let assemblyFormat = [{
    $probabilities `,` $value `step` $step (`commit` $commit^)?
    (`onto` $accumulator^ `:` type($accumulator))? attr-dict `:`
    type($probabilities) `,` type($value) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_WaitOp : RCMTile_Fence<"wait"> {
  let summary = "waits for matrix products; the only way to read one";
  let description = [{
    All but the latest `pending` committed groups are complete after it.
  }];
  let arguments = (ins RCMTile_Async:$product, I64Attr:$pending);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $product `pending` $pending attr-dict `:` type($product) `->` type($result)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Fragments
//===----------------------------------------------------------------------===//

def RCMTile_RowMaxOp : RCMTile_Op<"row_max"> {
  let summary = "the maximum of each row of an accumulator times `scale`";
  let description = [{
    `scale` is a positive number per thread. Integers are compared as integers;
    only each thread's winner is converted and multiplied. The product is
    rounded down, so that no score lies below its row's maximum minus what f32
    can show: at large magnitudes the largest weight would otherwise be zero.
  }];
  let arguments = (ins RCMTile_Fragment:$source, F32:$scale);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `times` $scale attr-dict `:` type($source) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_RowSumOp : RCMTile_Op<"row_sum"> {
  let summary = "the sum of each row of an f32 accumulator";
  let description = [{
    As `wgmma_rows`, or as `wgmma_row_parts`: each thread's own columns only,
    which costs no exchange; `reduce_parts` adds the parts up.
  }];
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_ReducePartsOp : RCMTile_Fence<"reduce_parts"> {
  let summary = "adds the four parts of each row up";
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_AsOperandOp : RCMTile_Op<"as_operand", [Pure]> {
  let summary = "a 16-bit accumulator as A operand; no instruction";
  let description = [{
    Each thread already holds what the product wants of it.
  }];
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_ExpPackOp : RCMTile_Op<"exp_pack", [Pure]> {
  let summary = "P = e4m3(2^(S * scale + offset)) of 32 columns, as A operand";
  let description = [{
    S may be i32 (converted here, lazily: the conversion then runs beside the
    exponentials of other steps) or f32. `scale` is one number per thread,
    `offset` one per row.
  }];
  let arguments = (ins RCMTile_Fragment:$scores, F32:$scale,
                       RCMTile_Fragment:$offset, I64Attr:$step);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $scores `,` $scale `,` $offset `step` $step attr-dict `:`
    type($scores) `,` type($offset) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_RescaleIfOp
    : RCMTile_Fence<"rescale_if", [AllTypesMatch<["source", "result"]>]> {
  let summary = "multiplies rows by `factor` unless all factors of the warp are 1";
  let description = [{
    The branch is uniform in a warp, so skipping costs two compares.
  }];
  let arguments = (ins RCMTile_Fragment:$source, RCMTile_Fragment:$factor);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `,` $factor attr-dict `:` type($source) `,` type($factor)
  }];
  let hasVerifier = 1;
}

def RCMTile_SliceOp : RCMTile_Op<"slice", [Pure]> {
  let summary = "some columns of an accumulator; no instruction";
  let arguments = (ins RCMTile_Fragment:$source, I64Attr:$column);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `column` $column attr-dict `:` type($source) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_JoinOp : RCMTile_Op<"join", [Pure]> {
  let summary = "puts accumulators side by side; no instruction";
  let arguments = (ins RCMTile_Fragment:$left, RCMTile_Fragment:$right);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $left `,` $right attr-dict `:` type($left) `,` type($right) `->`
    type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_FirstColumnOp : RCMTile_Op<"first_column", [Pure]> {
  let summary = "column 0 of an accumulator; no instruction";
  let description = [{
    Only the first thread of each quad holds it, hence `wgmma_lead_rows`.
  }];
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_BroadcastRowsOp : RCMTile_Fence<"broadcast_rows"> {
  let summary = "gives a quad's four threads what its first one holds";
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_SplatOp : RCMTile_Op<"splat", [Pure]> {
  let summary = "a fragment of one value";
  let arguments = (ins AnyTypeOf<[I32, F32]>:$value);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
}

def RCMTile_ConvertOp : RCMTile_Op<"convert", [Pure]> {
  let summary = "changes the element type between f32 and a 16-bit float, or "
                "from i32 to f32";
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def RCMTile_MaskColumnsOp
    : RCMTile_Fence<"mask_columns", [AllTypesMatch<["source", "result"]>]> {
  let summary = "gives every column >= `limit` of its row the value `masked`";
  let description = [{
    `limit` holds one i32 per row. Warps whose limits all lie at or behind the
    tile skip it with one uniform branch.
  }];
  let arguments = (ins RCMTile_Fragment:$source, RCMTile_Fragment:$limit,
                       AnyTypeOf<[I32, F32]>:$masked);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `,` $limit `,` $masked attr-dict `:`
    type($source) `,` type($limit) `,` type($masked)
  }];
  let hasVerifier = 1;
}

def RCMTile_RowIndexOp : RCMTile_Op<"row_index", [Pure]> {
  let summary = "the number (0..63) of each row";
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def RCMTile_MapOp : RCMTile_Op<"map", [
    Pure, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "one scalar function applied to every element";
  let description = [{
    Operands are fragments of 32-bit elements or scalars. Row and column
    fragments are broadcast along the accumulator.

    Example:
    ```mlir
    %o2 = rcm_tile.map(%o, %inv : !rcm_tile.fragment<64x16xf32, wgmma_accumulator>,
                       !rcm_tile.fragment<64xf32, wgmma_rows>)
          -> !rcm_tile.fragment<64x16xf32, wgmma_accumulator> {
      ^bb0(%x: f32, %y: f32):
        %z = arith.mulf %x, %y : f32
        rcm_tile.yield %z : f32
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs);
  let results = (outs RCMTile_Fragment:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `:` type($inputs) `)` `->` type($result) attr-dict-with-keyword
    $body
  }];
  let hasVerifier = 1;
}

def RCMTile_YieldOp : RCMTile_Op<"yield", [
    Pure, Terminator, HasParent<"MapOp">]> {
  let summary = "the value of one element";
  let arguments = (ins Variadic<AnyType>:$values);
  let builders = [OpBuilder<(ins), [{ /* nothing to yield yet */ }]>];
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEFRAGMENTOPS_TD
