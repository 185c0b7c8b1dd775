// Later stages: what the generated kernels read and write, by their code. A
// unit is 2 * 4 * 512 * 64 * 2 bytes = 524288.
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-nvvm-buffers{recipe=int8-e4m3},rcm-to-nvvm-launches,rcm-report-traffic)' -o /dev/null 2>&1 | FileCheck %s --check-prefixes=GPU,ONE
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-nvvm-buffers{recipe=int8-e4m3 fuse=false},rcm-to-nvvm-launches,rcm-report-traffic)' -o /dev/null 2>&1 | FileCheck %s --check-prefixes=GPU,TWO

// The pre-pass reads keys and values in bf16 and writes one byte for each
// element of K (2 * 4 * 512 * 64 = 262144), and V with its row of ones, 65 of
// 64 rows (266240).
// GPU-LABEL: traffic of @attention, as-is
// GPU: arg1 {{ *}}524288 {{ *}}0{{$}}
// GPU: arg2 {{ *}}524288 {{ *}}0{{$}}
// GPU: 0 {{ *}}262144{{$}}
// GPU: 0 {{ *}}266240{{$}}

// One pass: 8-bit keys and values, Q and x in, the output out.
// ONE: attention_0#[[N:[0-9]+]] {{ *}}{{[a-z0-9_]+}} {{ *}}262144 {{ *}}0{{$}}
// ONE: attention_0#[[N]] {{ *}}{{[a-z0-9_]+}} {{ *}}266240 {{ *}}0{{$}}
// ONE: attention_0#[[N]] {{ *}}arg0 {{ *}}524288 {{ *}}0{{$}}
// ONE: attention_0#[[N]] {{ *}}arg3 {{ *}}524288 {{ *}}0{{$}}
// ONE-NOT: temporary
// ONE: attention_0#[[N]] {{ *}}arg6 {{ *}}0 {{ *}}524288{{$}}

// Two passes: the attention goes to memory and comes back; x is read by the
// second kernel only.
// TWO: attention_0#[[N:[0-9]+]] {{ *}}temporary0 {{ *}}0 {{ *}}524288{{$}}
// TWO-NOT: attention_0#[[N]] {{ *}}arg3
// TWO: attention_kernel#[[M:[0-9]+]] {{ *}}arg3 {{ *}}524288 {{ *}}0{{$}}
// TWO: attention_kernel#[[M]] {{ *}}temporary0 {{ *}}524288 {{ *}}0{{$}}
// TWO: attention_kernel#[[M]] {{ *}}arg6 {{ *}}0 {{ *}}524288{{$}}

// The figures are the same when all kernels are in the llvm dialect and the
// host code is rcm_rt.
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-nvvm-buffers{recipe=int8-e4m3 fuse=false},rcm-to-nvvm-launches,rcm-report-traffic{format=json file=%t.launches.json},rcm-to-nvvm-kernels,rcm-report-traffic{format=json file=%t.kernels.json},rcm-to-nvvm-host,rcm-report-traffic{format=json file=%t.host.json})' -o /dev/null
// RUN: rcm-opt %s --rcm-report-traffic='recipe=int8-e4m3 format=json file=%t.rcm.json' -o /dev/null
// RUN: %python %S/Inputs/same_traffic.py %t

// On a CPU: a loop over tasks for one pass, two loops for two passes. Buffers
// of a task (tiles of K, V, scores) stay in a core's cache.
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-cpu-bufferize,convert-rcm-to-vector,rcm-report-traffic)' -o /dev/null 2>&1 | FileCheck %s --check-prefix=CPU1
// RUN: rcm-opt %s --pass-pipeline='builtin.module(rcm-to-cpu-bufferize,convert-rcm-to-vector{fuse=false},rcm-report-traffic)' -o /dev/null 2>&1 | FileCheck %s --check-prefix=CPU2
// CPU1: scf.parallel#0 {{ *}}arg0 {{ *}}524288 {{ *}}0{{$}}
// CPU1: total {{ *}}2097168 {{ *}}524288{{$}}
// CPU2: total {{ *}}2621456 {{ *}}1048576{{$}}

func.func @attention(%q: tensor<2x4x512x64xbf16>, %k: tensor<2x4x512x64xbf16>, %v: tensor<2x4x512x64xbf16>,
    %x: tensor<2x4x512x64xbf16>, %a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2x4x512x64xbf16> {
  %o = tensor.empty() : tensor<2x4x512x64xbf16>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>, tensor<2x4x512x64xbf16>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%o : tensor<2x4x512x64xbf16>) -> tensor<2x4x512x64xbf16>
  return %0 : tensor<2x4x512x64xbf16>
}
