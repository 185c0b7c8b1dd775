//===- RCMTileOrderingOps.td - Roles and ordering ----------*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMTILE_IR_RCMTILEORDERINGOPS_TD
#define RCM_DIALECT_RCMTILE_IR_RCMTILEORDERINGOPS_TD

include "rcm/Dialect/RCMTile/IR/RCMTileOpBase.td"

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

#endif // RCM_DIALECT_RCMTILE_IR_RCMTILEORDERINGOPS_TD
