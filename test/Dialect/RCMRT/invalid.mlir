// One function per rule, named after it.
// RUN: rcm-opt %s -split-input-file -verify-diagnostics

func.func @require_c1_empty(%c: i1) {
  // expected-error @+1 {{'rcm_rt.require' op expected message to be one line of 1 to 1000 characters, got 0 characters}}
  rcm_rt.require %c, ""
  return
}

// -----

func.func @require_c1_two_lines(%c: i1) {
  // expected-error @+1 {{expected message to be one line}}
  rcm_rt.require %c, "a\nb"
  return
}

// -----

func.func @scratch_c1(%n: index) {
  // expected-error @+1 {{expected `alignment` to be a power of two, at most 4096, got 48}}
  %p = rcm_rt.scratch %n align 48
  return
}

// -----

func.func @scratch_c1_too_large(%n: index) {
  // expected-error @+1 {{expected `alignment` to be a power of two, at most 4096, got 8192}}
  %p = rcm_rt.scratch %n align 8192
  return
}

// -----

func.func @encode_tensor_map_c1_rank(%p: i64, %n: index) {
  // expected-error @+1 {{expected 1 to 5 `sizes`, got 6}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n, %n, %n, %n, %n, %n] strides[%n, %n, %n, %n, %n] box [8, 1, 1, 1, 1, 1]
  return
}

// -----

func.func @encode_tensor_map_c1_strides(%p: i64, %n: index) {
  // expected-error @+1 {{expected 1 `strides`, got 2}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n, %n] strides[%n, %n] box [8, 1]
  return
}

// -----

func.func @encode_tensor_map_c1_box(%p: i64, %n: index) {
  // expected-error @+1 {{expected 2 `box`, got 1}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n, %n] strides[%n] box [8]
  return
}

// -----

func.func @encode_tensor_map_c1_element_strides(%p: i64, %n: index) {
  // expected-error @+1 {{expected 2 `elementStrides`, got 3}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n, %n] strides[%n] box [8, 1] element_strides [1, 1, 1]
  return
}

// -----

func.func @encode_tensor_map_c2_box(%p: i64, %n: index) {
  // expected-error @+1 {{expected each number of `box` to be 1 to 256, got 257}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n, %n] strides[%n] box [8, 257]
  return
}

// -----

func.func @encode_tensor_map_c2_element_strides(%p: i64, %n: index) {
  // expected-error @+1 {{expected each number of `elementStrides` to be 1 to 8, got 0}}
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n] strides[] box [8] element_strides [0]
  return
}

// -----

func.func @encode_tensor_map_c3_granularity(%p: i64, %n: index) {
  // expected-error @+1 {{expected the first size of `box` to span a multiple of 16 bytes, got 8 bytes}}
  %m = rcm_rt.encode_tensor_map %p u8 sizes[%n] strides[] box [8]
  return
}

// -----

func.func @encode_tensor_map_c3_swizzle(%p: i64, %n: index) {
  // expected-error @+1 {{expected the first size of `box` to span at most 64 bytes with `swizzle` b64, got 128 bytes}}
  %m = rcm_rt.encode_tensor_map %p bf16 sizes[%n] strides[] box [64] swizzle b64
  return
}

// -----

func.func @launch_c1_count(%n: index) {
  // expected-error @+1 {{expected 3 numbers of `cluster`, got 2}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) cluster [1, 2] args()
  return
}

// -----

func.func @launch_c1_product(%n: index) {
  // expected-error @+1 {{expected `cluster` to hold at most 16 blocks, got 32}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) cluster [8, 4, 1] args()
  return
}

// -----

func.func @launch_unknown_kernel(%n: index) {
  // expected-error @+1 {{expected `kernel` to name a kernel, got @m::@k}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) args()
  return
}

// -----

gpu.module @m {
  llvm.func @k(%p: !llvm.ptr, %n: i32) attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
func.func @launch_c2_count(%n: index, %p: i64) {
  // expected-error @+1 {{expected 2 parameters as @m::@k takes, got 1}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) args(%p : i64)
  return
}

// -----

gpu.module @m {
  llvm.func @k(%p: !llvm.ptr, %n: i32) attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
func.func @launch_c2_width(%n: index, %p: i64) {
  // expected-error @+1 {{expected parameter 1 to be what @m::@k takes, 'i32', got 'index'}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) args(%p, %n : i64, index)
  return
}

// -----

gpu.module @m {
  llvm.func @k(%p: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
    llvm.return
  }
}
func.func @launch_c2_map_by_pointer(%n: index, %p: i64) {
  %m = rcm_rt.encode_tensor_map %p f16 sizes[%n] strides[] box [8]
  // expected-error @+1 {{expected parameter 0 to be what @m::@k takes, '!llvm.ptr', got '!rcm_rt.tensor_map'}}
  rcm_rt.launch @m::@k grid(%n, %n, %n) block(%n, %n, %n) args(%m : !rcm_rt.tensor_map)
  return
}

// -----

// expected-error @+1 {{expected `rcm_rt.direction` of argument 0 to be "in", "out" or "inout", got "back"}}
func.func @direction(%x: memref<4xf32> {rcm_rt.direction = "back"}) {
  return
}

// -----

// expected-error @+1 {{expected `rcm_rt.alignment` of argument 0 to be an i64 power of two, at most 4096, got 3 : i64}}
func.func @alignment(%x: memref<4xf32> {rcm_rt.alignment = 3 : i64}) {
  return
}

// -----

// expected-error @+1 {{expected no attribute `rcm_rt.foo` on argument 0}}
func.func @unknown_argument_attribute(%x: memref<4xf32> {rcm_rt.foo}) {
  return
}

// -----

// expected-error @+1 {{expected property `recipe` to be a string, got 1 : i64}}
func.func @property(%x: memref<4xf32>) attributes {rcm_rt.properties = {recipe = 1}} {
  return
}
