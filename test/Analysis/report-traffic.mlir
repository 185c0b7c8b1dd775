// RUN: rcm-opt %s --rcm-report-traffic -o /dev/null 2>&1 | FileCheck %s
// RUN: rcm-opt %s --rcm-report-traffic=recipe=int8-e4m3 -o /dev/null 2>&1 | FileCheck %s --check-prefix=INT8
// RUN: rcm-opt %s --rcm-report-traffic="format=json file=%t.json" -o /dev/null
// RUN: %python -c "import json; r = json.load(open(r'%t.json')); assert r[0]['bytes'] == r[0]['bytes_read'] + r[0]['bytes_written'] == 5 * 4194304 + 16, r[0]; assert [x['form'] for x in r] == ['fused', 'two-pass'] * 3; small = r[5]; assert small['bytes_of_activations'] == 11 * 4 * 128 * 256 * 4, small; assert [x['units_of_activations'] for x in r[4:]] == [9, 11]; assert r[4]['units_of_activations_with_cached_residual'] == 8; assert all(isinstance(v, int) for x in r for row in x['rows'] for v in (row['bytes_read'], row['bytes_written']))"

// The medium case of the literature, 8 x 512 x 512 with 8 heads: one unit is
// 8 * 8 * 512 * 64 * 2 bytes = 4194304.
// CHECK-LABEL: traffic of @skip_only, fused, recipe none
// CHECK: attention_skip#0 query 4194304 0
// CHECK: attention_skip#0 residual 4194304 0
// CHECK: attention_skip#0 alpha 8 0
// CHECK: attention_skip#0 out 0 4194304
// CHECK: total 16777232 4194304
// CHECK: read and written: 20971536 bytes, 5.000 times the output{{$}}
// CHECK-LABEL: traffic of @skip_only, two-pass, recipe none
// CHECK: attention#0 attention_out 0 4194304
// CHECK: skip#0 attention_out 4194304 0
// CHECK: read and written: 29360144 bytes, 7.000 times the output{{$}}

// K as int8: 8 * 8 * 512 * 64; its scales: one f32 per 128 keys and head.
// INT8-LABEL: traffic of @skip_only, fused, recipe int8-e4m3
// INT8: quantize_statistics#0 key 4194304 0
// INT8: quantize#0 key 4194304 0
// INT8: quantize#0 key_int8 0 2097152
// INT8: quantize#0 key_scale 0 1024
// INT8: attention_skip#0 query 4194304 0
// INT8: attention_skip#0 key_int8 2097152 0
// INT8-NOT: attention_skip#0 key {{ *}}4194304
func.func @skip_only(%q: tensor<8x8x512x64xbf16>, %k: tensor<8x8x512x64xbf16>,
    %v: tensor<8x8x512x64xbf16>, %x: tensor<8x8x512x64xbf16>, %a: f64, %b: f64,
    %o: tensor<8x8x512x64xbf16>) -> tensor<8x8x512x64xbf16> {
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x : tensor<8x8x512x64xbf16>, tensor<8x8x512x64xbf16>, tensor<8x8x512x64xbf16>, tensor<8x8x512x64xbf16>)
      coefficients(%a, %b : f64, f64)
      outs(%o : tensor<8x8x512x64xbf16>) -> tensor<8x8x512x64xbf16>
  return %0 : tensor<8x8x512x64xbf16>
}

// The whole chain x -> QKV -> attention -> skip. Activations in units of the
// output, 2 * 32 * 16 * 4 = 4096 bytes: x 1 and QKV 3 for the projection, q, k
// and v 3, and then o twice, x and out (4) in two passes, x and out (2) in one,
// out (1) if x is still in a cache: 11, 9 and 8. The weight's 48 * 16 * 4 = 3072
// bytes and 16 of coefficients are on top.
// CHECK-LABEL: traffic of @chain, fused, recipe none
// CHECK: linalg.generic#0 in0 4096 0
// CHECK: linalg.generic#0 out0 0 12288
// CHECK: attention_skip#1 residual 4096 0
// CHECK: read and written: 39952 bytes, 9.754 times the output; with the residual still in a cache: 35856 bytes, 8.754 times
// CHECK-NEXT: activations only: 36864 bytes, 9.000 times the output; with the residual still in a cache: 32768 bytes, 8.000 times
// CHECK-LABEL: traffic of @chain, two-pass, recipe none
// CHECK: read and written: 48144 bytes, 11.754 times the output{{$}}
// CHECK-NEXT: activations only: 45056 bytes, 11.000 times the output{{$}}
#x = affine_map<(b, n, o, c) -> (b, n, c)>
#w = affine_map<(b, n, o, c) -> (o, c)>
#y = affine_map<(b, n, o, c) -> (o, b, n)>
func.func @chain(%x: tensor<2x32x16xf32>, %w: tensor<48x16xf32>, %a: tensor<2xf32>,
                 %b: tensor<2xf32>) -> tensor<2x32x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<48x2x32xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<48x2x32xf32>) -> tensor<48x2x32xf32>
  %qkv = linalg.generic {indexing_maps = [#x, #w, #y],
      iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<2x32x16xf32>, tensor<48x16xf32>) outs(%init : tensor<48x2x32xf32>) {
  ^bb0(%i: f32, %j: f32, %acc: f32):
    %p = arith.mulf %i, %j : f32
    %s = arith.addf %p, %acc : f32
    linalg.yield %s : f32
  } -> tensor<48x2x32xf32>
  %q = tensor.extract_slice %qkv[0, 0, 0] [16, 2, 32] [1, 1, 1] : tensor<48x2x32xf32> to tensor<16x2x32xf32>
  %k = tensor.extract_slice %qkv[16, 0, 0] [16, 2, 32] [1, 1, 1] : tensor<48x2x32xf32> to tensor<16x2x32xf32>
  %v = tensor.extract_slice %qkv[32, 0, 0] [16, 2, 32] [1, 1, 1] : tensor<48x2x32xf32> to tensor<16x2x32xf32>
  %o = tensor.empty() : tensor<2x32x16xf32>
  %0 = rcm.attention_skip scale(0.25)
      ins(%q, %k, %v, %x : tensor<16x2x32xf32>, tensor<16x2x32xf32>, tensor<16x2x32xf32>, tensor<2x32x16xf32>)
      coefficients(%a, %b : tensor<2xf32>, tensor<2xf32>)
      outs(%o : tensor<2x32x16xf32>)
      {indexing_maps = [affine_map<(b, h, m, n, k, d) -> (k, b, m)>,
                        affine_map<(b, h, m, n, k, d) -> (k, b, n)>,
                        affine_map<(b, h, m, n, k, d) -> (d, b, n)>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, d)>,
                        affine_map<(b, h, m, n, k, d) -> (b)>,
                        affine_map<(b, h, m, n, k, d) -> (b)>,
                        affine_map<(b, h, m, n, k, d) -> (b, m, d)>]}
      -> tensor<2x32x16xf32>
  return %0 : tensor<2x32x16xf32>
}

// The small case of the proposal: 11 * B * N * C * 4 = 5767168 bytes in two
// passes, 5.8 MB.
// CHECK-LABEL: traffic of @small, fused, recipe none
// CHECK: linalg.matmul#0 in1 786432 0
// CHECK: activations only: 4718592 bytes, 9.000 times the output; with the residual still in a cache: 4194304 bytes, 8.000 times
// CHECK-LABEL: traffic of @small, two-pass, recipe none
// CHECK: activations only: 5767168 bytes, 11.000 times the output{{$}}
#head = affine_map<(b, h, m, n, k, d) -> (b, m, h, k)>
#keys = affine_map<(b, h, m, n, k, d) -> (b, n, h, k)>
#values = affine_map<(b, h, m, n, k, d) -> (b, n, h, d)>
#rows = affine_map<(b, h, m, n, k, d) -> (b, m, h, d)>
#per_batch = affine_map<(b, h, m, n, k, d) -> (b)>
func.func @small(%x: tensor<512x256xf32>, %w: tensor<256x768xf32>, %a: tensor<4xf32>) -> tensor<4x128x4x64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<512x768xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<512x768xf32>) -> tensor<512x768xf32>
  %qkv = linalg.matmul ins(%x, %w : tensor<512x256xf32>, tensor<256x768xf32>) outs(%init : tensor<512x768xf32>) -> tensor<512x768xf32>
  %heads = tensor.expand_shape %qkv [[0, 1], [2, 3]] output_shape [4, 128, 12, 64] : tensor<512x768xf32> into tensor<4x128x12x64xf32>
  %q = tensor.extract_slice %heads[0, 0, 0, 0] [4, 128, 4, 64] [1, 1, 1, 1] : tensor<4x128x12x64xf32> to tensor<4x128x4x64xf32>
  %k = tensor.extract_slice %heads[0, 0, 4, 0] [4, 128, 4, 64] [1, 1, 1, 1] : tensor<4x128x12x64xf32> to tensor<4x128x4x64xf32>
  %v = tensor.extract_slice %heads[0, 0, 8, 0] [4, 128, 4, 64] [1, 1, 1, 1] : tensor<4x128x12x64xf32> to tensor<4x128x4x64xf32>
  %x4 = tensor.expand_shape %x [[0, 1], [2, 3]] output_shape [4, 128, 4, 64] : tensor<512x256xf32> into tensor<4x128x4x64xf32>
  %o = tensor.empty() : tensor<4x128x4x64xf32>
  %0 = rcm.attention_skip scale(0.125)
      ins(%q, %k, %v, %x4 : tensor<4x128x4x64xf32>, tensor<4x128x4x64xf32>, tensor<4x128x4x64xf32>, tensor<4x128x4x64xf32>)
      coefficients(%a, %a : tensor<4xf32>, tensor<4xf32>)
      outs(%o : tensor<4x128x4x64xf32>)
      {indexing_maps = [#head, #keys, #values, #rows, #per_batch, #per_batch, #rows]} -> tensor<4x128x4x64xf32>
  return %0 : tensor<4x128x4x64xf32>
}
