//===- RCMTileOps.td - Tile operations ----------------------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "rcm/Dialect/RCMTile/IR/RCMTileAttrs.td"
include "rcm/Dialect/RCMTile/IR/RCMTileBase.td"

class RCMTile_Op<string mnemonic, list<Trait> traits = []>
    : Op<RCMTile_Dialect, mnemonic, traits>;

/// Ops that order memory for other threads. Nothing moves across them.
class RCMTile_Fence<string mnemonic, list<Trait> traits = []>
    : RCMTile_Op<mnemonic, traits # [MemoryEffects<[MemRead, MemWrite]>]>;

//===----------------------------------------------------------------------===//
// Roles and ordering
//===----------------------------------------------------------------------===//

def RCMTile_IdOp : RCMTile_Op<"id", [Pure]> {
  let summary = "the position of this thread";
  let description = [{
    `warp` is the same value in a whole warp and the hardware knows it, so that
    a branch on it is uniform.

    Example: `%w = rcm_tile.id warp`
  }];
  let arguments = (ins RCMTile_IdKindAttr:$kind);
  let results = (outs I32:$result);
  let assemblyFormat = "$kind attr-dict";
}

def RCMTile_PositionOp : RCMTile_Fence<"position"> {
  let summary = "reads the thread's number anew";
  let description = [{
    The same number as `id thread`, but what is computed from it stays behind
    the operation. Given to an operation as `at`, it keeps that operation's
    addresses from being computed before a loop and held in registers across it.
  }];
  let results = (outs I32:$result);
  let assemblyFormat = "attr-dict";
}

def RCMTile_UniformOp
    : RCMTile_Fence<"uniform", [AllTypesMatch<["source", "result"]>]> {
  let summary = "the same value, known to be equal in the warp";
  let description = [{
    Addresses and factors that the assembler knows to be uniform live in uniform
    registers and cost the vector registers' ports nothing.
  }];
  let arguments = (ins AnyTypeOf<[I32, F32]>:$source);
  let results = (outs AnyTypeOf<[I32, F32]>:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def RCMTile_SetRegistersOp : RCMTile_Fence<"set_registers"> {
  let summary = "gives registers of this warpgroup back, or takes more";
  let arguments = (ins I32Attr:$count, UnitAttr:$increase);
  let assemblyFormat = "$count (`increase` $increase^)? attr-dict";
  let hasVerifier = 1;
}

def RCMTile_ElectOp : RCMTile_Fence<"elect"> {
  let summary = "true in exactly one thread of the warp";
  let results = (outs I1:$result);
  let assemblyFormat = "attr-dict";
}

def RCMTile_BarrierAtOp : RCMTile_Op<"barrier_at", [Pure]> {
  let summary = "names the barrier `index` of an array in shared memory";
  let description = [{
    Example: `%full = rcm_tile.barrier_at 229376[%stage]`
  }];
  let arguments = (ins I64Attr:$offset, I32:$index);
  let results = (outs RCMTile_Barrier:$barrier);
  let assemblyFormat = "$offset `[` $index `]` attr-dict";
  let hasVerifier = 1;
}

def RCMTile_BarrierInitOp : RCMTile_Op<"barrier_init"> {
  let summary = "makes a barrier that `count` arrivals complete";
  let arguments = (ins Arg<RCMTile_Barrier, "", [MemWrite]>:$barrier,
                       I32Attr:$count);
  let assemblyFormat = "$barrier `,` $count attr-dict";
}

def RCMTile_BarrierWaitOp : RCMTile_Fence<"barrier_wait"> {
  let summary = "waits until the phase of `parity` has completed";
  let arguments = (ins RCMTile_Barrier:$barrier, I32:$parity);
  let assemblyFormat = "$barrier `,` $parity attr-dict";
}

def RCMTile_BarrierArriveOp : RCMTile_Fence<"barrier_arrive"> {
  let summary = "arrives at a barrier, once per executing thread";
  let arguments = (ins RCMTile_Barrier:$barrier);
  let assemblyFormat = "$barrier attr-dict";
}

def RCMTile_BarrierExpectOp : RCMTile_Fence<"barrier_expect"> {
  let summary = "arrives and announces `bytes` that copies will bring";
  let arguments = (ins RCMTile_Barrier:$barrier, I32Attr:$bytes);
  let assemblyFormat = "$barrier `,` $bytes attr-dict";
}

def RCMTile_BarrierPublishOp : RCMTile_Fence<"barrier_publish"> {
  let summary = "makes initialised barriers visible to the copy engine";
  let assemblyFormat = "attr-dict";
}

def RCMTile_BlockSyncOp : RCMTile_Fence<"block_sync"> {
  let summary = "all threads of the block wait for each other";
  let assemblyFormat = "attr-dict";
}

def RCMTile_GroupSyncOp : RCMTile_Fence<"group_sync"> {
  let summary = "`threads` threads that name the same `id` wait for each other";
  let arguments = (ins I32:$id, I32Attr:$threads);
  let assemblyFormat = "$id `,` $threads attr-dict";
}

def RCMTile_WarpSyncOp : RCMTile_Fence<"warp_sync"> {
  let summary = "the threads of the warp wait for each other";
  let assemblyFormat = "attr-dict";
}

def RCMTile_SharedFenceOp : RCMTile_Fence<"shared_fence"> {
  let summary = "orders this thread's shared stores before the copy engine and "
                "the matrix unit";
  let assemblyFormat = "attr-dict";
}

def RCMTile_GridWaitOp : RCMTile_Fence<"grid_wait"> {
  let summary = "waits for the kernels that this one was launched behind";
  let assemblyFormat = "attr-dict";
}

def RCMTile_GridReleaseOp : RCMTile_Fence<"grid_release"> {
  let summary = "lets the next kernel of the stream start";
  let assemblyFormat = "attr-dict";
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

def RCMTile_SharedAtOp : RCMTile_Op<"shared_at", [Pure]> {
  let summary = "names the tile at byte `offset + index * stride`";
  let description = [{
    Example: `%k = rcm_tile.shared_at 73728[%stage] stride 16384
              : !rcm_tile.shared<128x128xi8, 128>`
  }];
  let arguments = (ins I64Attr:$offset, I32:$index, I64Attr:$stride);
  let results = (outs RCMTile_Shared:$tile);
  let assemblyFormat =
      "$offset `[` $index `]` `stride` $stride attr-dict `:` type($tile)";
  let hasVerifier = 1;
}

def RCMTile_TmaLoadOp : RCMTile_Op<"tma_load"> {
  let summary = "copies a box of a tensor into shared memory";
  let description = [{
    One copy per panel of the tile: the first coordinate advances by the panel's
    width. Completion is counted in bytes on `barrier`.
  }];
  let arguments = (ins Arg<RCMTile_Shared, "", [MemWrite]>:$tile,
                       Arg<RCMTile_TensorMap, "", [MemRead]>:$map,
                       Variadic<I32>:$coordinates,
                       Arg<RCMTile_Barrier, "", [MemWrite]>:$barrier);
  let assemblyFormat = [{
    $tile `,` $map `[` $coordinates `]` `,` $barrier attr-dict `:` type($tile)
  }];
  let hasVerifier = 1;
}

def RCMTile_TmaStoreOp : RCMTile_Op<"tma_store"> {
  let summary = "copies a shared tile to a box of a tensor, clipped at its ends";
  let arguments = (ins Arg<RCMTile_Shared, "", [MemRead]>:$tile,
                       Arg<RCMTile_TensorMap, "", [MemWrite]>:$map,
                       Variadic<I32>:$coordinates);
  let assemblyFormat =
      "$tile `,` $map `[` $coordinates `]` attr-dict `:` type($tile)";
  let hasVerifier = 1;
}

def RCMTile_StoreDrainOp : RCMTile_Fence<"store_drain"> {
  let summary = "waits until this thread's tile stores have read shared memory";
  let assemblyFormat = "attr-dict";
}

def RCMTile_PrefetchOp : RCMTile_Fence<"prefetch"> {
  let summary = "asks the second-level cache for one line";
  let arguments = (ins AnyMemRef:$memory, I64:$index);
  let assemblyFormat = "$memory `[` $index `]` attr-dict `:` type($memory)";
}

def RCMTile_Memory : AnyTypeOf<[AnyMemRef, RCMTile_Shared]>;

def RCMTile_LoadOp : RCMTile_Op<"load"> {
  let summary = "loads an element, or a vector of consecutive elements";
  let description = [{
    From a rank-1 memref (element index) or an unswizzled shared tile. A vector
    must be aligned to its size. `constant` promises that nobody writes the
    memory while the kernel reads it; a value read so at an address that is
    equal in a warp is known to be equal in the warp.
  }];
  let arguments = (ins Arg<RCMTile_Memory, "", [MemRead]>:$memory,
                       AnyTypeOf<[I32, I64]>:$index, UnitAttr:$constant);
  let results = (outs AnyType:$value);
  let assemblyFormat = [{
    $memory `[` $index `:` type($index) `]` (`constant` $constant^)? attr-dict `:`
    type($memory) `->` type($value)
  }];
  let hasVerifier = 1;
}

def RCMTile_StoreOp : RCMTile_Op<"store"> {
  let summary = "stores an element, or a vector of consecutive elements";
  let arguments = (ins AnyType:$value, Arg<RCMTile_Memory, "", [MemWrite]>:$memory,
                       AnyTypeOf<[I32, I64]>:$index);
  let assemblyFormat = [{
    $value `,` $memory `[` $index `:` type($index) `]` attr-dict `:`
    type($value) `,` type($memory)
  }];
  let hasVerifier = 1;
}

def RCMTile_CountUpOp : RCMTile_Fence<"count_up"> {
  let summary = "adds 1 to a counter in global memory, returns what it was";
  let description = [{
    What the thread knows to be written before is visible, in the whole device,
    to whoever counts after it: the last of several blocks may read what all of
    them stored, if each block's threads wait for each other before one counts.
  }];
  let arguments = (ins MemRefRankOf<[I32], [1]>:$memory, I32:$index);
  let results = (outs I32:$before);
  let assemblyFormat = "$memory `[` $index `]` attr-dict `:` type($memory)";
}

def RCMTile_LoadRowsOp : RCMTile_Op<"load_rows"> {
  let summary = "each warp loads its 16 rows of a 64-row tile";
  let description = [{
    Row r of the tile is at element `offset + min(first + r, last) * pitch`,
    its elements are consecutive. Rows behind `last` repeat row `last`, columns
    behind `columns` are zero. With `aligned`, rows start at multiples of
    16 bytes and accesses are that wide.
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$memory, I64:$offset,
                       I64:$pitch, I32:$first, I32:$last, I64Attr:$columns,
                       UnitAttr:$aligned,
                       Optional<I32>:$position);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $memory `[` $offset `]` `pitch` $pitch `rows` $first `to` $last
    `columns` $columns (`aligned` $aligned^)? (`at` $position^)? attr-dict `:`
    type($memory) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_AbsMaxOp : RCMTile_Fence<"abs_max"> {
  let summary = "the largest magnitude in each warp's rows, as f32";
  let description = [{
    NaN wins over every number.
  }];
  let arguments = (ins RCMTile_Fragment:$source);
  let results = (outs F32:$result);
  let assemblyFormat = "$source attr-dict `:` type($source)";
}

def RCMTile_QuantizeRowsOp : RCMTile_Op<"quantize_rows"> {
  let summary = "multiplies by `factor`, rounds to nearest even int8, stores";
  let arguments = (ins RCMTile_Fragment:$source, F32:$factor,
                       Arg<RCMTile_Shared, "", [MemWrite]>:$tile,
                       Optional<I32>:$position);
  let assemblyFormat = [{
    $source `,` $factor `,` $tile (`at` $position^)? attr-dict `:` type($source) `,` type($tile)
  }];
  let hasVerifier = 1;
}

def RCMTile_QuantizeRowPairsOp : RCMTile_Op<"quantize_row_pairs"> {
  let summary = "quantizes rows r and r + 8 of each warp with one scale";
  let description = [{
    Stores int8 of 127 * x / a, rounded to nearest even, where a is the largest
    magnitude in the two rows, and a itself (f32, NaN if the rows hold NaN) at
    element 8 * warp + r of `ranges`. Rows with a < 2^-100 become 0. With
    `negated`, the integers change sign. The rows that share a scale are those
    that one thread holds in accumulator layout.
  }];
  let arguments = (ins RCMTile_Fragment:$source,
                       Arg<RCMTile_Shared, "", [MemWrite]>:$tile,
                       Arg<RCMTile_Shared, "", [MemWrite]>:$ranges,
                       UnitAttr:$negated, Optional<I32>:$position);
  let assemblyFormat = [{
    $source `,` $tile `,` $ranges (`negated` $negated^)? (`at` $position^)?
    attr-dict `:` type($source) `,` type($tile) `,` type($ranges)
  }];
  let hasVerifier = 1;
}

def RCMTile_LoadMatrixOp : RCMTile_Op<"load_matrix"> {
  let summary = "reads 16 columns of a 16-bit tile in accumulator layout";
  let arguments = (ins Arg<RCMTile_Shared, "", [MemRead]>:$tile,
                       I64Attr:$column,
                       Optional<I32>:$position);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $tile `column` $column (`at` $position^)? attr-dict `:` type($tile) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_StoreMatrixOp : RCMTile_Op<"store_matrix"> {
  let summary = "writes 16 columns of a 16-bit tile from accumulator layout";
  let arguments = (ins RCMTile_Fragment:$source,
                       Arg<RCMTile_Shared, "", [MemWrite]>:$tile,
                       I64Attr:$column,
                       Optional<I32>:$position);
  let assemblyFormat = [{
    $source `,` $tile `column` $column (`at` $position^)? attr-dict `:`
    type($source) `,` type($tile)
  }];
  let hasVerifier = 1;
}

def RCMTile_LoadColumnsOp : RCMTile_Op<"load_columns"> {
  let summary = "reads one f32 per column from an unswizzled shared tile";
  let arguments = (ins Arg<RCMTile_Shared, "", [MemRead]>:$tile,
                       I64Attr:$column,
                       Optional<I32>:$position);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $tile `column` $column (`at` $position^)? attr-dict `:` type($tile) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_LoadFragmentOp : RCMTile_Op<"load_fragment"> {
  let summary = "loads a strided tile of global memory in accumulator layout";
  let description = [{
    Element (r, c) is at `offset + r * row_stride + c * column_stride`; it is
    `otherwise` where r >= `rows` or c >= `columns`. The result is f32.
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$memory, I64:$offset,
                       I64:$rowStride, I64:$columnStride, I32:$rows,
                       I32:$columns, F32:$otherwise,
                       Optional<I32>:$position);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $memory `[` $offset `]` `strides` $rowStride `,` $columnStride
    `bounds` $rows `,` $columns `otherwise` $otherwise (`at` $position^)? attr-dict `:`
    type($memory) `->` type($result)
  }];
  let hasVerifier = 1;
}

def RCMTile_StoreFragmentOp : RCMTile_Op<"store_fragment"> {
  let summary = "stores an f32 accumulator tile to strided global memory";
  let description = [{
    Rounds once to the memory's element type. Elements outside `rows` and
    `columns` are not written.
  }];
  let arguments = (ins RCMTile_Fragment:$source,
                       Arg<AnyMemRef, "", [MemWrite]>:$memory, I64:$offset,
                       I64:$rowStride, I64:$columnStride, I32:$rows,
                       I32:$columns,
                       Optional<I32>:$position);
  let assemblyFormat = [{
    $source `,` $memory `[` $offset `]` `strides` $rowStride `,` $columnStride
    `bounds` $rows `,` $columns (`at` $position^)? attr-dict `:` type($source) `,` type($memory)
  }];
  let hasVerifier = 1;
}

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
    only each thread's winner is converted and multiplied.
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

def RCMTile_ShuffleXorOp
    : RCMTile_Fence<"shuffle_xor", [AllTypesMatch<["source", "result"]>]> {
  let summary = "the value of the lane whose number differs in `mask`'s bits";
  let arguments = (ins AnyTypeOf<[I32, F32]>:$source, I32Attr:$mask);
  let results = (outs AnyTypeOf<[I32, F32]>:$result);
  let assemblyFormat = "$source `,` $mask attr-dict `:` type($source)";
}

def RCMTile_PackInt8Op : RCMTile_Op<"pack_int8", [Pure]> {
  let summary = "four f32 to int8, nearest even, in memory order";
  let description = [{
    The values lie in [-128, 127] up to rounding.
  }];
  let arguments = (ins F32:$a, F32:$b, F32:$c, F32:$d);
  let results = (outs I32:$result);
  let assemblyFormat = "$a `,` $b `,` $c `,` $d attr-dict";
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

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEOPS_TD
