// A whole module: projections with bias around attention, and a skip behind the
// output projection, which must stay a kernel of its own.
// RUN: rcm-opt %s --rcm-to-nvvm=recipe=none | FileCheck %s
// RUN: rcm-opt %s --rcm-to-nvvm=recipe=none --remarks-filter=rcm-to-nvvm --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: rcm-opt %s --rcm-to-nvvm-buffers=recipe=none --rcm-to-nvvm-launches --rcm-to-nvvm-kernels --gpu-module-to-binary=format=isa | %python %S/Inputs/ptx.py | FileCheck %s --check-prefix=PTX

// CHECK-LABEL: func.func @block
// 2 * 48 * 192 elements are 72 blocks of 256 threads.
// CHECK-DAG: %c72 = arith.constant 72 : index
// CHECK-DAG: %c24 = arith.constant 24 : index
// CHECK: rcm_rt.launch @kernels::@[[FILL:.*]] grid(%c72, %c1, %c1) block(%c256, %c1, %c1)
// CHECK: rcm_rt.launch @kernels::@{{.*}} grid(%c72, %c1, %c1)
// CHECK: rcm_rt.launch @kernels::@block_attention grid(%c8, %c1, %c1) block(%c256
// CHECK: rcm_rt.launch @kernels::@{{.*}} grid(%c24, %c1, %c1)

// REMARK-COUNT-6: remark: {{.*}}runs as a plain kernel, one thread per element

// PTX: .version
// PTX-NOT: .version
// PTX-DAG: .entry block_attention
// PTX-DAG: .entry block_kernel
// PTX-NOT: .extern .func

#row = affine_map<(b, m, j, i) -> (b, m, i)>
#wgt = affine_map<(b, m, j, i) -> (i, j)>
#res = affine_map<(b, m, j, i) -> (b, m, j)>
#id3 = affine_map<(b, m, j) -> (b, m, j)>
#bia = affine_map<(b, m, j) -> (j)>
#bat = affine_map<(b, m, j) -> (b)>
#qm = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#km = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#vm = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#om = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>
func.func @block(%x: tensor<2x48x64xf32>, %wqkv: tensor<64x192xf32>, %bqkv: tensor<192xf32>, %wo: tensor<64x64xf32>, %bo: tensor<64xf32>, %t: tensor<2xf32>) -> tensor<2x48x64xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x48x192xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<2x48x192xf32>) -> tensor<2x48x192xf32>
  %mm = linalg.generic {indexing_maps = [#row, #wgt, #res], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%x, %wqkv : tensor<2x48x64xf32>, tensor<64x192xf32>) outs(%f : tensor<2x48x192xf32>) {
  ^bb0(%a: f32, %w: f32, %o: f32):
    %p = arith.mulf %a, %w : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x48x192xf32>
  %qkv = linalg.generic {indexing_maps = [#id3, #bia, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%mm, %bqkv : tensor<2x48x192xf32>, tensor<192xf32>) outs(%e : tensor<2x48x192xf32>) {
  ^bb0(%a: f32, %w: f32, %o: f32):
    %s = arith.addf %a, %w : f32
    linalg.yield %s : f32
  } -> tensor<2x48x192xf32>
  %q3 = tensor.extract_slice %qkv[0, 0, 0] [2, 48, 64] [1, 1, 1] : tensor<2x48x192xf32> to tensor<2x48x64xf32>
  %k3 = tensor.extract_slice %qkv[0, 0, 64] [2, 48, 64] [1, 1, 1] : tensor<2x48x192xf32> to tensor<2x48x64xf32>
  %v3 = tensor.extract_slice %qkv[0, 0, 128] [2, 48, 64] [1, 1, 1] : tensor<2x48x192xf32> to tensor<2x48x64xf32>
  %q = tensor.expand_shape %q3 [[0], [1], [2, 3]] output_shape [2, 48, 4, 16] : tensor<2x48x64xf32> into tensor<2x48x4x16xf32>
  %k = tensor.expand_shape %k3 [[0], [1], [2, 3]] output_shape [2, 48, 4, 16] : tensor<2x48x64xf32> into tensor<2x48x4x16xf32>
  %v = tensor.expand_shape %v3 [[0], [1], [2, 3]] output_shape [2, 48, 4, 16] : tensor<2x48x64xf32> into tensor<2x48x4x16xf32>
  %oe = tensor.empty() : tensor<2x48x4x16xf32>
  %o = rcm.attention scale(0.25) ins(%q, %k, %v : tensor<2x48x4x16xf32>, tensor<2x48x4x16xf32>, tensor<2x48x4x16xf32>)
      outs(%oe : tensor<2x48x4x16xf32>) {indexing_maps = [#qm, #km, #vm, #om]} -> tensor<2x48x4x16xf32>
  %oc = tensor.collapse_shape %o [[0], [1], [2, 3]] : tensor<2x48x4x16xf32> into tensor<2x48x64xf32>
  %pe = tensor.empty() : tensor<2x48x64xf32>
  %pf = linalg.fill ins(%z : f32) outs(%pe : tensor<2x48x64xf32>) -> tensor<2x48x64xf32>
  %pm = linalg.generic {indexing_maps = [#row, #wgt, #res], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%oc, %wo : tensor<2x48x64xf32>, tensor<64x64xf32>) outs(%pf : tensor<2x48x64xf32>) {
  ^bb0(%a: f32, %w: f32, %oo: f32):
    %p = arith.mulf %a, %w : f32
    %s = arith.addf %oo, %p : f32
    linalg.yield %s : f32
  } -> tensor<2x48x64xf32>
  %te = tensor.empty() : tensor<2xf32>
  %cs, %co = rcm.skip_coefficients trigflow ins(%t : tensor<2xf32>) outs(%te, %te : tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>, tensor<2xf32>
  %r = linalg.generic {indexing_maps = [#id3, #bia, #id3, #bat, #bat, #id3], iterator_types = ["parallel", "parallel", "parallel"]} ins(%pm, %bo, %x, %cs, %co : tensor<2x48x64xf32>, tensor<64xf32>, tensor<2x48x64xf32>, tensor<2xf32>, tensor<2xf32>) outs(%pe : tensor<2x48x64xf32>) {
  ^bb0(%a: f32, %b: f32, %xx: f32, %c: f32, %d: f32, %oo: f32):
    %s0 = arith.addf %a, %b : f32
    %s1 = arith.mulf %xx, %c : f32
    %s2 = arith.mulf %s0, %d : f32
    %s3 = arith.addf %s1, %s2 : f32
    linalg.yield %s3 : f32
  } -> tensor<2x48x64xf32>
  return %r : tensor<2x48x64xf32>
}
