//===- Passes.td - conversions between dialects ---------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
// All conversions in one file, although it is long: tablegen makes one header of
// declarations, one registration and one page of documentation of it.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_CONVERSION_PASSES_TD
#define RCM_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// RCMToLinalg
//===----------------------------------------------------------------------===//

def ConvertRCMToLinalg : Pass<"convert-rcm-to-linalg"> {
  let summary = "lower rcm ops to their plain meaning in linalg";
  let description = [{
    Accepts any IR. Every rcm op, on tensors or on memrefs, becomes the chain
    of `linalg.generic` ops that spells out its definition; afterwards no rcm
    op is left and upstream passes alone lower the module. Nothing is fast
    here: the scores are a temporary of size rows x keys. Fails on grouped
    heads in memrefs whose layout is not strided.

    ```mlir
    %c_skip, %c_out = rcm.skip_coefficients trigflow ins(%t : f32) -> f32, f32
    ```

    becomes

    ```mlir
    %0 = arith.extf %t : f32 to f64
    %1 = math.sin %0 : f64
    %2 = math.cos %0 : f64
    %3 = arith.mulf %1, %minus_sigma : f64
    %c_skip = arith.truncf %2 : f64 to f32
    %c_out = arith.truncf %3 : f64 to f32
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect",
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// LinalgToVector
//===----------------------------------------------------------------------===//

def ConvertLinalgToVector : Pass<"convert-linalg-to-vector"> {
  let summary = "lowers matrix products on memrefs to vectorized parallel loops";
  let description = [{
    Every linalg op on memrefs that adds products of two inputs to its output
    (`linalg.matmul`, `linalg.batch_matmul`, generic ops of the same body, in
    any memory order, with any number of outer dimensions) becomes one
    `scf.parallel` over blocks of rows and columns. A block's operands are
    copied into contiguous buffers of fixed size; products stay in vector
    registers. Each element is summed in the order of plain loops.

    Sums are in the output's type, which must be f32 or f64; inputs may be
    narrower. Everything else stays: products of a few elements, sums over
    several dimensions at once, other bodies.
  }];
  let options = [
    Option<"vectorWidth", "vector-width", "unsigned", /*default=*/"256",
           "Bits of a vector register: 128, 256 or 512">,
    Option<"minTasks", "min-tasks", "unsigned", /*default=*/"0",
           "Number of parallel tasks to make if there are rows enough; 0 "
           "makes them as large as caches allow">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// RCMToVector
//===----------------------------------------------------------------------===//

def ConvertRCMToVector : Pass<"convert-rcm-to-vector"> {
  let summary = "lowers attention on memrefs to vectorized parallel loops";
  let description = [{
    Every `rcm.attention` and `rcm.attention_skip` on memrefs becomes one
    `scf.parallel` over batch, heads and groups of query rows; each iteration
    walks over tiles of keys with an online softmax in the `vector` dialect.
    The only buffers are those of a task: its queries and its results, one tile
    of keys, of values and of scores. Operands are read where they lie,
    whatever their maps and strides. Ops on tensors stay as they are.

    The arithmetic is f64 if queries, keys or values are, else f32.

    With `fuse=false`, the baseline that fusion is measured against, the same
    loops write the attention to a buffer of the output's shape, and a second
    parallel loop computes `alpha * x + beta * attention`.
  }];
  let options = [
    Option<"vectorWidth", "vector-width", "unsigned", /*default=*/"256",
           "Bits of a vector register: 128, 256 or 512">,
    Option<"queryTile", "query-tile", "unsigned", /*default=*/"0",
           "Most query rows of a parallel task; 0 chooses">,
    Option<"keyTile", "key-tile", "unsigned", /*default=*/"0",
           "Keys of a tile; 0 chooses">,
    Option<"minTasks", "min-tasks", "unsigned", /*default=*/"0",
           "Number of parallel tasks to make if there are rows enough; 0 "
           "makes them as large as `query-tile` allows">,
    Option<"fuse", "fuse", "bool", /*default=*/"true",
           "Compute attention_skip in one pass; false writes the attention to "
           "memory and adds the residual in a loop of its own">,
    Option<"wideIntermediate", "wide-intermediate", "bool",
           /*default=*/"false",
           "With fuse=false, keep the attention in the type of the sum (f32 or "
           "f64) and not in the output's">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// GPULaunchToRCMRuntime
//===----------------------------------------------------------------------===//

def ConvertGPULaunchToRCMRuntime
    : Pass<"convert-gpu-launch-to-rcm-runtime", "::mlir::ModuleOp"> {
  let summary = "lower host code around kernels to calls of the runtime";
  let description = [{
    For modules that are JIT-compiled whole. Accepts functions with `rcm_rt`
    operations and the host operations of the gpu dialect (`gpu.launch_func`,
    `gpu.alloc`, `gpu.dealloc`, `gpu.memcpy`, `gpu.wait`) beside any other code,
    and kernels that `gpu-module-to-binary{format=isa}` has turned into
    `gpu.binary` operations. Each operation becomes an `llvm.call` of the C
    interface in `RCMRuntimeJIT.h`; the PTX becomes a constant of the module.
    Everything runs on the calling thread's stream in program order, which is
    what tokens ask for; operations without a token are followed by a wait, as
    the gpu dialect defines them. Scratch memory is released where the function
    returns.

    ```mlir
    gpu.launch_func @kernels::@scale blocks in (%b, %c1, %c1)
        threads in (%c128, %c1, %c1) args(%n : i64)
    ```

    becomes

    ```mlir
    %module = llvm.call @rcmJitModule(%slot, %chip, %ptx, %names)
    // grid, block, shared memory and cluster are stored at %geometry, the
    // addresses of the parameters at %parameters
    llvm.call @rcmJitLaunch(%module, %index, %geometry, %flags, %parameters)
    llvm.call @rcmJitSynchronize()
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect"
  ];
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def ConvertRCMToRCMTile : Pass<"convert-rcm-to-rcm-tile", "::mlir::ModuleOp"> {
  let summary = "turns attention on memrefs into kernels of tile operations";
  let description = [{
    Every `rcm.attention` and `rcm.attention_skip` becomes host code (sizes,
    scratch, tensor maps, launches in `rcm_rt`) and kernels in one `gpu.module`:
    statistics and quantization of K and V, and the attention with the skip in
    its epilogue. The recipes `bf16` and `f16` quantize nothing: one kernel, one
    launch. What has no kernel is an error.

    An attribute `rcm_tile.schedule` on the operation is obeyed; without it the
    schedule is the one that `rcm-select-schedule` would write without a tuning
    table. An operation
    whose attention has the literal coefficient 0 becomes a `linalg.generic`.
  }];
  let options = [
    Option<"recipe", "recipe", "std::string", /*default=*/"\"default\"",
      "number formats of the products: none, bf16, f16, int8-e4m3, or default "
      "(what the module says, otherwise int8-e4m3 for f16 and bf16, none for "
      "f32)">,
    Option<"accumulation", "accumulation", "std::string", /*default=*/"\"auto\"",
      "how products of P and V are summed: auto, direct or promoted">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect",
                           "::rcm::rt::RCMRTDialect",
                           "::rcm::tile::RCMTileDialect"];
}

def SelectSchedule : Pass<"rcm-select-schedule", "::mlir::ModuleOp"> {
  let summary = "writes how each attention kernel is cut into tiles and roles";
  let description = [{
    Gives attention operations on memrefs the attribute `rcm_tile.schedule`.

    First the tuning table is asked (docs/Tuning.md): for operations of static
    sizes without bias and log-sum-exp, whose rows the copy engine can read and
    whose coefficients are those of a batch or head, the entry that was measured
    nearest, if one holds for the sizes; a remark names it. A table of another
    version or chip, or with a schedule that no kernel can have or that is less
    accurate than the rules below, is an error.

    Otherwise operations of the recipe int8-e4m3 get a schedule by their types:
    head dimensions, layouts, element types, a bias, what the coefficients depend
    on; those of other recipes get none, and `convert-rcm-to-rcm-tile` chooses.
    Sums are promoted every 32 key tiles, or direct where the number of keys is
    known and at most as many.
    Of a table in order of measured speed the first row is taken that registers
    and shared memory suffice for. An attribute that is there stays, and is an
    error with the arithmetic in the message if the kernel cannot have it.

    ```mlir
    rcm.attention ... {rcm_tile.schedule = #rcm_tile.schedule<
      consumer_warpgroups = 3, query_tile = 192, key_tile = 128, stages = 4,
      accumulation = promoted, promotion_tiles = 32, conversion = lazy,
      row_sum = matrix, scales = thread, rescale_threshold = 2.0 : f64,
      recipe = int8_e4m3>}
    ```
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"sm_90a\"",
      "the GPU; sm_90a">,
    Option<"recipe", "recipe", "std::string", /*default=*/"\"default\"",
      "as for convert-rcm-to-rcm-tile">,
    Option<"accumulation", "accumulation", "std::string", /*default=*/"\"auto\"",
      "how products of P and V are summed: auto (promoted), direct or "
      "promoted">,
    Option<"table", "table", "std::string", /*default=*/"",
      "tuning table, a JSON file; empty: the built-in one; none: rules only">];
  let dependentDialects = ["::rcm::tile::RCMTileDialect"];
}

def ConvertRCMTileToNVVM : Pass<"convert-rcm-tile-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "lowers tile operations to NVVM and inline PTX";
  let description = [{
    Takes a `gpu.module` whose kernels are `gpu.func`s over tile operations,
    `scf` and `arith`. Fragments become scalars, kernels become `llvm.func`s;
    `scf` and `arith` on scalars stay for the upstream conversions.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::NVVM::NVVMDialect",
                           "::mlir::scf::SCFDialect"];
}

def ConvertRCMToGPU : Pass<"convert-rcm-to-gpu"> {
  let summary = "lowers attention to f32 kernels on the plain arithmetic units";
  let description = [{
    The recipe `none`: every `rcm.attention` and `rcm.attention_skip` on memrefs
    becomes conditions on its sizes (`rcm_rt.require`) and one `gpu.launch`
    that computes in f32, for any sizes, strides and indexing maps. The kernel
    is the yardstick of the fast ones; it is chosen by recipe and never stands
    in for them.

    Accepts element types f16, bf16 and f32 (coefficients and lse: f32 and f64)
    and D, Dv up to 256; anything else is an error.

    ```mlir
    rcm.attention scale(0.125) ins(%q, %k, %v : memref<8x64xf32>, memref<8x64xf32>, memref<8x64xf32>)
        outs(%o : memref<8x64xf32>)
    ```
    becomes
    ```mlir
    gpu.launch blocks(...) in (...) threads(...) in (... = %c256, ...) workgroup(...) {
      // online softmax over tiles of 64 keys
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::gpu::GPUDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::rcm::rt::RCMRTDialect"];
}

def ConvertKernelMathToNVVM
    : Pass<"convert-kernel-math-to-nvvm", "::mlir::gpu::GPUModuleOp"> {
  let summary = "lowers math functions of kernels without a device library";
  let description = [{
    Upstream lowers the `math` dialect to calls of CUDA's libdevice, which needs
    the CUDA toolkit. This pass computes the functions instead:

    | functions | how | error |
    | --- | --- | --- |
    | abs, ceil, copysign, floor, round, roundeven, sqrt, trunc | instruction | correctly rounded |
    | f32 exp | `ex2.approx` with a corrected argument | 2 ulp |
    | f32 exp2, log2 | `ex2.approx`, `lg2.approx` | 2 ulp; 2^-22 absolute near 1 |
    | exp, exp2, log, log2, log10, powf, rsqrt, sin, cos | series in f64; f32 is rounded once | f32: 0.51 ulp, f64: 3 ulp (powf and exp2: times the exponent) |
    | f32 acos, asin, atan, atan2, cbrt, erf, erfc, expm1, log1p, tanh | upstream's polynomials | a few ulp |
    | tan, sinh, cosh, asinh, acosh, atanh, fpowi | expanded into the others | |

    sin and cos lose accuracy beyond |x| = 2^30. Types narrower than f32 must
    have been extended before (`math-extend-to-supported-types`). A function
    that is not listed is an error.

    ```mlir
    %y = math.sqrt %x : f32
    ```
    becomes
    ```mlir
    %y = llvm.call_intrinsic "llvm.sqrt.f32"(%x) : (f32) -> f32
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

def StageHostAccesses : Pass<"rcm-stage-host-accesses"> {
  let summary = "moves accesses to single elements of buffers off the host";
  let description = [{
    Buffers lie in device memory, which the host cannot touch. Accepts
    bufferized functions; afterwards every `memref.store`, `memref.copy` and
    `memref.get_global` of the host is a loop or a linalg op that will be a
    kernel, and every `memref.load` reads a copy of its element that nothing
    else writes.

    ```mlir
    memref.store %x, %m[] : memref<f32>
    ```
    becomes
    ```mlir
    scf.parallel (%i) = (%c0) to (%c1) step (%c1) {
      memref.store %x, %m[] : memref<f32>
      scf.reduce
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ConvertLinalgToGPULoops : Pass<"convert-linalg-to-gpu-loops"> {
  let summary = "lowers linalg ops to parallel loops of 256 threads per block";
  let description = [{
    What is not attention runs correct rather than fast: one thread per element
    of the parallel iteration space, reductions inside the thread, one kernel
    per op. Every linalg op on buffers and every `scf.parallel` of the host
    becomes a loop over blocks around a loop over 256 threads, the form that
    `gpu-map-parallel-loops` and `convert-parallel-loops-to-gpu` take. Host
    arithmetic on loaded elements moves into the loops that use it. An
    `analysis` remark of the category `rcm-to-nvvm` names each op.

    ```mlir
    linalg.fill ins(%x : f32) outs(%m : memref<1000xf32>)
    ```
    becomes
    ```mlir
    scf.parallel (%b) = (%c0) to (%c1000) step (%c256) {
      scf.parallel (%t) = (%c0) to (%c256) step (%c1) {
        // if %b + %t < 1000: store
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def ConvertHostToRCMRT
    : Pass<"convert-host-to-rcm-rt", "::mlir::ModuleOp"> {
  let summary = "lowers host functions over memrefs to rcm_rt";
  let description = [{
    Accepts functions of one block without results that hold arithmetic,
    buffers (`memref.alloc`, casts, `memref.reinterpret_cast`,
    `memref.extract_strided_metadata`), `gpu.launch_func` and rcm_rt ops; that
    is what `expand-strided-metadata` and `gpu-kernel-outlining` leave.
    Temporaries become scratch memory, which lives until the call's last kernel
    has run; views become numbers; a launch's memref operands become the
    parameters that `convert-gpu-to-nvvm` gives the kernel: twice the pointer,
    the offset, sizes and strides.

    ```mlir
    %t = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @m::@k blocks in (%g, %c1, %c1) threads in (%c256, %c1, %c1) args(%t : memref<?xf32>)
    ```
    becomes
    ```mlir
    %bytes = arith.muli %n, %c4 : index
    %p = rcm_rt.scratch %bytes
    rcm_rt.launch @m::@k grid(%g, %c1, %c1) block(%c256, %c1, %c1)
        args(%p, %p, %c0, %n, %c1 : i64, i64, index, index, index)
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::rcm::rt::RCMRTDialect"];
}

def VerifyLinalgStage : Pass<"rcm-verify-linalg-stage"> {
  let summary = "check that no rcm op is left";
  let description = [{
    The promise of `convert-rcm-to-linalg`: whatever follows needs none of our
    dialects. Fails with an error on the first op that breaks it and changes
    nothing.

    ```mlir
    // error: expected no rcm operation after the lowering to linalg
    %c_skip, %c_out = rcm.skip_coefficients trigflow ins(%t : f32) -> f32, f32
    ```
  }];
}

#endif // RCM_CONVERSION_PASSES_TD
