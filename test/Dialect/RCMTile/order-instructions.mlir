// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(rcm-tile-order-instructions))' > %t.once
// RUN: FileCheck %s < %t.once
// The same seed, the same order; without the attribute, no change.
// RUN: rcm-opt %s --pass-pipeline='builtin.module(gpu.module(rcm-tile-order-instructions))' | diff - %t.once
// RUN: rcm-opt %t.once --pass-pipeline='builtin.module(gpu.module(rcm-tile-order-instructions))' | diff - %t.once
// Another seed, another order of the same lines.
// RUN: sed 's/rcm_tile.order = 7/rcm_tile.order = 8/' %s | rcm-opt --pass-pipeline='builtin.module(gpu.module(rcm-tile-order-instructions))' > %t.other
// RUN: not diff -q %t.other %t.once
// RUN: sed 's/attributes {rcm_tile.order = 7 : i64} //' %s | rcm-opt --mlir-print-local-scope | sed 's/%[0-9a-z]*/%/g' | grep llvm | sort > %t.before
// RUN: sed 's/%[0-9a-z]*/%/g' %t.once | grep llvm | sort | diff - %t.before

gpu.module @kernels {
  // Stores and barriers keep their order, values come before their users.
  // CHECK-LABEL: llvm.func @long(
  // CHECK-NOT: rcm_tile.order
  // CHECK: llvm.store %{{.*}}, %[[P:.*]] : f32
  // CHECK: llvm.inline_asm has_side_effects "first;"
  // CHECK: llvm.store
  // CHECK: llvm.inline_asm has_side_effects "second;"
  // CHECK: llvm.return
  llvm.func @long(%p: !llvm.ptr, %x: f32) attributes {rcm_tile.order = 7 : i64} {
    %v0 = llvm.fadd %x, %x : f32
    %v1 = llvm.fmul %x, %x : f32
    %v2 = llvm.fsub %x, %x : f32
    %v3 = llvm.fadd %x, %x : f32
    %v4 = llvm.fmul %x, %x : f32
    %v5 = llvm.fsub %x, %x : f32
    %v6 = llvm.fadd %x, %x : f32
    %v7 = llvm.fmul %x, %x : f32
    %v8 = llvm.fsub %v0, %x : f32
    %v9 = llvm.fadd %v1, %x : f32
    %v10 = llvm.fmul %v2, %x : f32
    %v11 = llvm.fsub %v3, %x : f32
    %v12 = llvm.fadd %v4, %x : f32
    %v13 = llvm.fmul %v5, %x : f32
    %v14 = llvm.fsub %v6, %x : f32
    %v15 = llvm.fadd %v7, %x : f32
    %v16 = llvm.fmul %v8, %x : f32
    %v17 = llvm.fsub %v9, %x : f32
    %v18 = llvm.fadd %v10, %x : f32
    %v19 = llvm.fmul %v11, %x : f32
    %v20 = llvm.fsub %v12, %x : f32
    %v21 = llvm.fadd %v13, %x : f32
    %v22 = llvm.fmul %v14, %x : f32
    %v23 = llvm.fsub %v15, %x : f32
    %v24 = llvm.fadd %v16, %x : f32
    %v25 = llvm.fmul %v17, %x : f32
    %v26 = llvm.fsub %v18, %x : f32
    %v27 = llvm.fadd %v19, %x : f32
    %v28 = llvm.fmul %v20, %x : f32
    %v29 = llvm.fsub %v21, %x : f32
    %v30 = llvm.fadd %v22, %x : f32
    llvm.store %v30, %p : f32, !llvm.ptr
    llvm.inline_asm has_side_effects "first;", "" : () -> ()
    %v31 = llvm.fmul %v23, %x : f32
    %v32 = llvm.fsub %v24, %x : f32
    %v33 = llvm.fadd %v25, %x : f32
    %v34 = llvm.fmul %v26, %x : f32
    %v35 = llvm.fsub %v27, %x : f32
    %v36 = llvm.fadd %v28, %x : f32
    %v37 = llvm.fmul %v29, %x : f32
    %v38 = llvm.fsub %v30, %x : f32
    %v39 = llvm.fadd %v31, %x : f32
    %v40 = llvm.fmul %v32, %x : f32
    %v41 = llvm.fsub %v33, %x : f32
    %v42 = llvm.fadd %v34, %x : f32
    %v43 = llvm.fmul %v35, %x : f32
    %v44 = llvm.fsub %v36, %x : f32
    %v45 = llvm.fadd %v37, %x : f32
    %v46 = llvm.fmul %v38, %x : f32
    %v47 = llvm.fsub %v39, %x : f32
    %v48 = llvm.fadd %v40, %x : f32
    %v49 = llvm.fmul %v41, %x : f32
    %v50 = llvm.fsub %v42, %x : f32
    %v51 = llvm.fadd %v43, %x : f32
    %v52 = llvm.fmul %v44, %x : f32
    %v53 = llvm.fsub %v45, %x : f32
    %v54 = llvm.fadd %v46, %x : f32
    %v55 = llvm.fmul %v47, %x : f32
    %v56 = llvm.fsub %v48, %x : f32
    %v57 = llvm.fadd %v49, %x : f32
    %v58 = llvm.fmul %v50, %x : f32
    %v59 = llvm.fsub %v51, %x : f32
    %v60 = llvm.fadd %v52, %x : f32
    llvm.store %v59, %p : f32, !llvm.ptr
    llvm.inline_asm has_side_effects "second;", "" : () -> ()
    %v61 = llvm.fmul %v53, %x : f32
    %v62 = llvm.fsub %v54, %x : f32
    %v63 = llvm.fadd %v55, %x : f32
    %v64 = llvm.fmul %v56, %x : f32
    %v65 = llvm.fsub %v57, %x : f32
    %v66 = llvm.fadd %v58, %x : f32
    %v67 = llvm.fmul %v59, %x : f32
    %v68 = llvm.fsub %v60, %x : f32
    %v69 = llvm.fadd %v61, %x : f32
    %v70 = llvm.fmul %v62, %x : f32
    %v71 = llvm.fsub %v63, %x : f32
    llvm.return
  }

  // Too short to be worth it.
  // CHECK-LABEL: llvm.func @short(
  // CHECK-NEXT: llvm.fadd
  // CHECK-NEXT: llvm.fmul
  // CHECK-NEXT: llvm.fsub
  // CHECK-NEXT: llvm.return
  llvm.func @short(%x: f32) attributes {rcm_tile.order = 7 : i64} {
    %0 = llvm.fadd %x, %x : f32
    %1 = llvm.fmul %x, %x : f32
    %2 = llvm.fsub %x, %x : f32
    llvm.return
  }
}
