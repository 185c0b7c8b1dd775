//===- RCMTileMemoryOps.td - Loads and stores --------------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEMEMORYOPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEMEMORYOPS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileOpBase.td"

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
    Element (r, c) of the tile is at
    `offset + min(first + r, last) * row_stride + c * column_stride`. Rows
    behind `last` repeat row `last`, columns behind `columns` are zero. With
    `aligned`, elements of a row are consecutive whatever `column_stride` says,
    rows start at multiples of 16 bytes and accesses are that wide.
  }];
  let arguments = (ins Arg<AnyMemRef, "", [MemRead]>:$memory, I64:$offset,
                       I64:$rowStride, I64:$columnStride, I32:$first, I32:$last,
                       I64Attr:$columns,
                       UnitAttr:$aligned,
                       Optional<I32>:$position);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $memory `[` $offset `]` `strides` $rowStride `,` $columnStride
    `rows` $first `to` $last
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
// Sums kept in memory
//===----------------------------------------------------------------------===//

def RCMTile_StashOp
    : RCMTile_Fence<"stash", [AllTypesMatch<["source", "result"]>]> {
  let summary = "adds an accumulator to the one kept in memory, starts it anew";
  let description = [{
    Where `active`: memory becomes `kept * 2^(kept maximum - maximum) + source`
    with what it holds (nothing unless `held`), remembers `maximum`, and the
    result is zero. Otherwise the result is `source`. Both conditions are equal
    in the warpgroup.

    Each thread keeps its own registers: element `offset + 512 * j + 4 * t + i`
    is register 4j + i of thread t of the warpgroup; behind them, two per
    thread, the maxima. `stashElements` counts them. Nobody else reads them.
  }];
  let arguments = (ins RCMTile_Fragment:$source, RCMTile_Fragment:$maximum,
                       Arg<AnyMemRef, "", [MemRead, MemWrite]>:$memory,
                       I64:$offset, I1:$active, I1:$held);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `,` $maximum `,` $memory `[` $offset `]` `when` $active `held` $held
    attr-dict `:` type($source) `,` type($maximum) `,` type($memory)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Elements that one warpgroup keeps for an accumulator of `registers`.
    static int64_t stashElements(int64_t registers);
  }];
}

def RCMTile_UnstashOp
    : RCMTile_Fence<"unstash", [AllTypesMatch<["source", "result"]>]> {
  let summary = "adds the accumulator that `stash` kept in memory";
  let description = [{
    `source + kept * 2^(kept maximum - maximum)` where `held`, else `source`.
  }];
  let arguments = (ins RCMTile_Fragment:$source, RCMTile_Fragment:$maximum,
                       Arg<AnyMemRef, "", [MemRead]>:$memory, I64:$offset,
                       I1:$held);
  let results = (outs RCMTile_Fragment:$result);
  let assemblyFormat = [{
    $source `,` $maximum `,` $memory `[` $offset `]` `held` $held attr-dict `:`
    type($source) `,` type($maximum) `,` type($memory)
  }];
  let hasVerifier = 1;
}

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEMEMORYOPS_TD
