// Recorded from JAX 0.6.2, iree-base-compiler 3.6.0.
// iree-compile --iree-input-type=stablehlo --compile-to=input; util.func
// and hal.tensor.import, barrier and export replaced by func.func.
// library_4d: as in jax-iree-3.13.mlir.
// library_causal: as in jax-iree-3.13.mlir.
// library_grouped: as in jax-iree-3.13.mlir.
// library_bf16: not exported: failed to legalize operation 'stablehlo.dot_general' that was explicitly marked illegal.
// einsum_cross: as in jax-iree-3.13.mlir.
// matmul_3d: as in jax-iree-3.13.mlir.
// matmul_scalar_t: as in jax-iree-3.13.mlir.
// matmul_f16: as in jax-iree-3.13.mlir.
// matmul_bf16: as in jax-iree-3.13.mlir.
// masked_causal: as in jax-iree-3.13.mlir.
// residual: as in jax-iree-3.13.mlir.
// projected: as in jax-iree-3.13.mlir.
