// Attention with a skip on f32, every stage of the way to PTX.
// RUN: rcm-opt %s --rcm-to-nvvm-buffers 2>/dev/null | FileCheck %s --check-prefix=BUFFERS
// RUN: rcm-opt %s --rcm-to-nvvm-buffers --rcm-to-nvvm-launches 2>/dev/null | FileCheck %s --check-prefix=LAUNCHES
// RUN: rcm-opt %s --rcm-to-nvvm 2>/dev/null | FileCheck %s --check-prefix=HOST
// RUN: rcm-opt %s --rcm-to-nvvm 2>&1 >/dev/null | FileCheck %s --check-prefix=SAYS
// RUN: rcm-opt %s --rcm-to-nvvm-buffers --rcm-to-nvvm-launches --rcm-to-nvvm-kernels --gpu-module-to-binary=format=isa 2>/dev/null | %python %S/Inputs/ptx.py | FileCheck %s --check-prefix=PTX
// RUN: rcm-opt %s --rcm-to-nvvm=fuse=false 2>/dev/null | FileCheck %s --check-prefix=TWO

// SAYS: remark: recipe none: attention is computed in f32

// Computed in the caller's memory: no temporary for the output.
// BUFFERS-LABEL: func.func @attention
// BUFFERS-SAME: %[[OUT:[a-z0-9]*]]: memref<?x?x?x64xf32, strided<[?, ?, ?, ?], offset: ?>> {rcm_rt.direction = "out"})
// BUFFERS-COUNT-2: memref.alloc(%{{.*}}) {{.*}} : memref<?xf32>
// BUFFERS-NOT: memref.alloc
// BUFFERS: rcm.attention_skip {{.*}} outs(%{{.*}}
// BUFFERS-NOT: memref.copy

// LAUNCHES-LABEL: func.func @attention
// LAUNCHES: gpu.launch_func @attention_kernel::@attention_kernel blocks in
// LAUNCHES: gpu.launch_func @attention_attention::@attention_attention blocks in (%{{.*}}, %c1, %c1) threads in (%c256, %c1, %c1)
// LAUNCHES: gpu.module @attention_kernel
// LAUNCHES: math.sqrt
// LAUNCHES: gpu.module @attention_attention
// LAUNCHES: gpu.func @attention_attention(

// One scratch per temporary, two launches, nothing else that touches memory.
// HOST: gpu.container_module
// HOST-SAME: rcm_rt.properties = {chip = "sm_90a", recipe = "none"}
// HOST-LABEL: func.func @attention
// HOST: rcm_rt.scratch
// HOST: rcm_rt.launch @kernels::@attention_kernel grid
// HOST: rcm_rt.launch @kernels::@attention_attention grid
// HOST-NOT: rcm_rt.launch
// HOST: gpu.module @kernels [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx86">]
// HOST-NOT: gpu.module

// PTX: .target sm_90a
// PTX-NOT: .local
// PTX: .entry attention_kernel
// PTX-NOT: .local
// PTX: .entry attention_attention
// PTX: .maxntid 256
// PTX-NOT: .local

// The baseline: the attention in one kernel, the skip in another.
// TWO: rcm_rt.launch @kernels::@attention_kernel grid
// TWO: rcm_rt.launch @kernels::@attention_attention grid
// TWO: rcm_rt.launch @kernels::@attention_kernel_0 grid

func.func @attention(%q: tensor<?x?x?x64xf32>, %k: tensor<?x?x?x64xf32>, %v: tensor<?x?x?x64xf32>, %x: tensor<?x?x?x64xf32>, %t: tensor<?xf32>) -> tensor<?x?x?x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %b = tensor.dim %q, %c0 : tensor<?x?x?x64xf32>
  %h = tensor.dim %q, %c1 : tensor<?x?x?x64xf32>
  %m = tensor.dim %q, %c2 : tensor<?x?x?x64xf32>
  %e0 = tensor.empty(%b) : tensor<?xf32>
  %e = tensor.empty(%b, %h, %m) : tensor<?x?x?x64xf32>
  %c_skip, %c_out = rcm.skip_coefficients edm ins(%t : tensor<?xf32>)
      outs(%e0, %e0 : tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>, tensor<?xf32>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>, tensor<?x?x?x64xf32>)
      coefficients(%c_skip, %c_out : tensor<?xf32>, tensor<?xf32>)
      outs(%e : tensor<?x?x?x64xf32>) -> tensor<?x?x?x64xf32>
  return %0 : tensor<?x?x?x64xf32>
}
