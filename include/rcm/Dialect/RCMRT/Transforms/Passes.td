//===- Passes.td - passes on the host side of compiled modules ------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_TD
#define RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ResultsToDestinations
    : Pass<"rcm-rt-results-to-destinations", "::mlir::ModuleOp"> {
  let summary = "makes tensor results of functions arguments of the caller";
  let description = [{
    A compiled function writes into memory that its caller owns. Accepts
    modules on tensors before bufferization; every public function gets one
    memref argument per tensor result, of any strides, with
    `rcm_rt.direction = "out"`, and the result is materialized there. Tensor
    arguments become read-only, so that bufferization never writes into an
    input. Sizes that are known at run time only are compared with those of the
    destination (`rcm_rt.require`). A destination operand that is a function
    argument whose contents are not read becomes `tensor.empty`. Results that
    are no tensors are an error.

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<4xf32> {bufferization.writable = false},
                 %out: memref<4xf32, strided<[?], offset: ?>> {rcm_rt.direction = "out"}) {
      %e = tensor.empty() : tensor<4xf32>
      %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
      bufferization.materialize_in_destination %0 in restrict writable %out
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::tensor::TensorDialect",
                           "::rcm::rt::RCMRTDialect"];
}

def MergeKernels : Pass<"rcm-rt-merge-kernels", "::mlir::ModuleOp"> {
  let summary = "moves all kernels into one gpu.module";
  let description = [{
    One module of device code is one PTX text. Moves the contents of every
    `gpu.module` into one called `kernels`; a name that is taken gets a number,
    and launches follow. Declarations of the same function become one.

    ```mlir
    gpu.module @a { llvm.func @f() attributes {gpu.kernel, nvvm.kernel} { llvm.return } }
    gpu.module @b { llvm.func @f() attributes {gpu.kernel, nvvm.kernel} { llvm.return } }
    ```
    becomes
    ```mlir
    gpu.module @kernels {
      llvm.func @f() attributes {gpu.kernel, nvvm.kernel} { llvm.return }
      llvm.func @f_0() attributes {gpu.kernel, nvvm.kernel} { llvm.return }
    }
    ```
  }];
  let dependentDialects = ["::mlir::gpu::GPUDialect"];
}

def VerifyGPUStage : Pass<"rcm-rt-verify-stage", "::mlir::ModuleOp"> {
  let summary = "checks what a stage of rcm-to-nvvm promises";
  let description = [{
    Changes nothing. By `stage`:

    * `buffers`: no op of the module has a tensor operand or result.
    * `launches`: host functions hold no rcm or linalg op, no parallel loop and
      no access to elements of buffers; kernels are `gpu.func` or `llvm.func`.
    * `kernels`: there is at most one `gpu.module`; it holds `llvm.func`s and
      globals only, and none of its functions is missing a body.
    * `host`: host functions hold what the rcm_rt dialect's description lists.
  }];
  let options = [Option<"stage", "stage", "std::string", /*default=*/"",
                        "buffers, launches, kernels or host">];
}

#endif // RCM_DIALECT_RCMRT_TRANSFORMS_PASSES_TD
