//===- TargetTestModules.h - Modules to make objects of ---------*- C++ -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_TEST_UNIT_TARGETTESTMODULES_H
#define RCM_TEST_UNIT_TARGETTESTMODULES_H

#include "RuntimeTestObjects.h"

#include "rcm/Target/KernelObjectWriter.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

namespace rcm::test {
/// Two kernels of one name in two modules.
inline constexpr char kKernels[] = R"mlir(
  gpu.module @kernels [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx86">] {
    llvm.func @scale(%in: !llvm.ptr, %out: !llvm.ptr, %n: i64, %s: f32, %flag: i32)
        attributes {gpu.kernel, nvvm.kernel} {
      %tid = nvvm.read.ptx.sreg.tid.x : i32
      %p = llvm.getelementptr %in[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
      %q = llvm.getelementptr %out[%tid] : (!llvm.ptr, i32) -> !llvm.ptr, f32
      %v = llvm.load %p : !llvm.ptr -> f32
      %w = llvm.fmul %v, %s : f32
      llvm.store %w, %q : f32, !llvm.ptr
      llvm.return
    }
  }
  gpu.module @others [#nvvm.target<O = 3, chip = "sm_90a", features = "+ptx86">] {
    llvm.func @scale(%map: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>, llvm.align = 64 : i64, nvvm.grid_constant},
                     %out: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {
      %v = llvm.load %map : !llvm.ptr -> i8
      llvm.store %v, %out : i8, !llvm.ptr
      llvm.return
    }
  }
)mlir";

/// The host function that uses every operation.
inline constexpr char kHost[] = R"mlir(
  func.func @run(%x: memref<?x64xf16, strided<[?, 1], offset: ?>> {rcm_rt.name = "x", rcm_rt.alignment = 16 : i64},
                 %y: memref<?x64xf16> {rcm_rt.direction = "out"}, %s: f32, %limit: i32)
      attributes {rcm_rt.properties = {operation = "scale"}} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %x
        : memref<?x64xf16, strided<[?, 1], offset: ?>> -> memref<f16>, index, index, index, index, index
    %rows = memref.dim %y, %c0 : memref<?x64xf16>
    %px = rcm_rt.data_pointer %x : memref<?x64xf16, strided<[?, 1], offset: ?>>
    %py = rcm_rt.data_pointer %y : memref<?x64xf16>
    // Scratch stands before a requirement: the program checks first.
    %bytes = arith.muli %rows, %c2 : index
    %ws = rcm_rt.scratch %bytes align 1024
    %counter = rcm_rt.scratch %c1 fill 0
    %same = arith.cmpi eq, %sizes#0, %rows : index
    rcm_rt.require %same, "expected `x` and `arg1` to have as many rows"
    %pitch = arith.muli %strides#0, %c2 : index
    %map = rcm_rt.encode_tensor_map %px f16 sizes[%c64, %rows] strides[%pitch] box [64, 32] swizzle b128
    %blocks = arith.ceildivui %rows, %c128 : index
    %sms = rcm_rt.sm_count
    %grid = arith.minui %blocks, %sms : index
    %half = arith.constant 0.5 : f32
    %scaled = arith.mulf %s, %half : f32
    %minus = arith.constant -3 : i32
    %sum = arith.addi %limit, %minus : i32
    %n64 = arith.index_cast %rows : index to i64
    %many = arith.cmpi ugt, %rows, %c128 : index
    rcm_rt.launch @kernels::@scale grid(%grid, %c1, %c1) block(%c128, %c1, %c1)
        args(%px, %ws, %n64, %scaled, %sum : i64, i64, i64, f32, i32)
    rcm_rt.memset %ws, %bytes value 1 if(%many)
    rcm_rt.launch @others::@scale grid(%c2, %c1, %c1) block(%c64, %c1, %c1)
        cluster [2, 1, 1] shared_memory(%c64) programmatic args(%map, %py : !rcm_rt.tensor_map, i64)
    return
  }
)mlir";

/// Parses and compiles; keeps the diagnostics.
class Compiler {
public:
  Compiler() {
    rcm::registerTargetDependencies(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
      errors += diagnostic.str() + "\n";
    });
  }

  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    return mlir::parseSourceString<mlir::ModuleOp>(
        "module attributes {rcm_rt.properties = {recipe = \"none\"}} {" + text +
            "}",
        &context);
  }

  /// The object, or one without entries after an error.
  KernelObject compile(const std::string &text,
                       rcm::CubinMode cubin = rcm::CubinMode::Never) {
    mlir::OwningOpRef<mlir::ModuleOp> module = parse(text);
    if (!module)
      return {};
    rcm::TargetOptions options;
    options.cubin = cubin;
    mlir::FailureOr<KernelObject> object =
        rcm::buildKernelObject(*module, options);
    return mlir::succeeded(object) ? *object : KernelObject();
  }

  std::string errors;
  mlir::DialectRegistry registry;
  mlir::MLIRContext context;
};
} // namespace rcm::test

#endif // RCM_TEST_UNIT_TARGETTESTMODULES_H
