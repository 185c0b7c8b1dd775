// Every operation in its short and its full form; the printed and the generic form read back.
// RUN: rcm-opt %s | rcm-opt | FileCheck %s
// RUN: rcm-opt %s -mlir-print-op-generic | rcm-opt | FileCheck %s

module {
  gpu.module @kernels {
    llvm.func @copy(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                    %out: !llvm.ptr, %n: i64, %flags: i32, %s: f32) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }

  // CHECK-LABEL: func.func @host
  // CHECK-SAME: rcm_rt.alignment = 16 : i64
  // CHECK-SAME: rcm_rt.direction = "out"
  // CHECK-SAME: rcm_rt.name = "y"
  // CHECK-SAME: attributes {rcm_rt.properties = {recipe = "none"}}
  func.func @host(%x: memref<?x64xf16, strided<[?, 1], offset: ?>> {rcm_rt.alignment = 16 : i64},
                  %y: memref<?x64xf16> {rcm_rt.direction = "out", rcm_rt.name = "y"}, %scale: f32)
      attributes {rcm_rt.properties = {recipe = "none"}} {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %flags = arith.constant 3 : i32
    %true = arith.constant true
    // CHECK: %[[SMS:.*]] = rcm_rt.sm_count
    %sms = rcm_rt.sm_count
    // CHECK: %[[X:.*]] = rcm_rt.data_pointer %{{.*}} : memref<?x64xf16, strided<[?, 1], offset: ?>>
    %px = rcm_rt.data_pointer %x : memref<?x64xf16, strided<[?, 1], offset: ?>>
    %py = rcm_rt.data_pointer %y : memref<?x64xf16>
    // CHECK: rcm_rt.require %{{.*}}, "expected everything"
    rcm_rt.require %true, "expected everything"
    // CHECK: rcm_rt.scratch %{{[a-z0-9_]+$}}
    %a = rcm_rt.scratch %c128
    // CHECK: rcm_rt.scratch %{{.*}} align 1024 fill -1
    %b = rcm_rt.scratch %c128 align 1024 fill -1
    // CHECK: rcm_rt.encode_tensor_map %[[X]] f16 sizes[%{{.*}}] strides[] box [64]
    // CHECK-NOT: swizzle
    %line = rcm_rt.encode_tensor_map %px f16 sizes[%c64] strides[] box [64]
    // CHECK: %[[MAP:.*]] = rcm_rt.encode_tensor_map %[[X]] f16 sizes[%{{.*}}, %{{.*}}] strides[%{{.*}}] box [64, 128] element_strides [1, 2] swizzle b128 l2_promotion b256 out_of_bounds nan if(%{{.*}})
    %map = rcm_rt.encode_tensor_map %px f16 sizes[%c64, %c128] strides[%c128] box [64, 128] element_strides [1, 2]
        interleave none swizzle b128 l2_promotion b256 out_of_bounds nan if(%true)
    // CHECK: rcm_rt.memset %{{.*}}, %{{.*}} value 0
    rcm_rt.memset %a, %c128 value 0
    // CHECK: rcm_rt.memset %{{.*}}, %{{.*}} value 7 if(%{{.*}})
    rcm_rt.memset %b, %c128 value 7 if(%true)
    // CHECK: rcm_rt.launch @kernels::@copy grid(%[[SMS]], %{{.*}}, %{{.*}}) block(%{{.*}}) args(%[[MAP]], %{{.*}} : !rcm_rt.tensor_map, i64, index, i32, f32)
    rcm_rt.launch @kernels::@copy grid(%sms, %c1, %c1) block(%c128, %c1, %c1)
        args(%map, %py, %c64, %flags, %scale : !rcm_rt.tensor_map, i64, index, i32, f32)
    // CHECK: rcm_rt.launch {{.*}} cluster [2, 1, 1] shared_memory(%{{.*}}) if(%{{.*}}) programmatic args(
    rcm_rt.launch @kernels::@copy grid(%sms, %c1, %c1) block(%c128, %c1, %c1)
        cluster [2, 1, 1] shared_memory(%c128) if(%true) programmatic
        args(%map, %py, %c64, %flags, %scale : !rcm_rt.tensor_map, i64, index, i32, f32)
    return
  }
}
