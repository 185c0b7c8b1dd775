//===- RCMBase.td - the rcm dialect, its enums and type constraints -------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_IR_RCMBASE_TD
#define RCM_DIALECT_RCM_IR_RCMBASE_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

//===----------------------------------------------------------------------===//
// Dialect
//===----------------------------------------------------------------------===//

def RCM_Dialect : Dialect {
  let name = "rcm";
  let cppNamespace = "::rcm";
  let summary = "attention followed by an rCM skip connection";
  let description = [{
    Consistency models for diffusion bend the output of a network towards its
    input: `f(x, t) = c_skip(t) * x + c_out(t) * F(x, t)`. This dialect says
    what is computed when `F` is attention, and nothing about how: no tile, no
    thread and no memory space appears in it. Its two producers are people who
    write the ops and the fusion passes that find them in `linalg`; its two
    consumers are the conversion to `linalg` and the conversion to `rcm_tile`.

    The constraints Cn named in the op descriptions are listed, with the
    message each one gives, in `docs/Spec.md`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
}

class RCM_Op<string mnemonic, list<Trait> traits = []>
    : Op<RCM_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Schedules of t
//===----------------------------------------------------------------------===//

def RCM_SkipSchedule
    : I32EnumAttr<"SkipSchedule", "a schedule of the time t", [
        I32EnumAttrCase<"Edm", 0, "edm">,
        I32EnumAttrCase<"TrigFlow", 1, "trigflow">,
        I32EnumAttrCase<"RectifiedFlowTrigFlow", 2, "rectified_flow_trigflow">,
      ]> {
  let cppNamespace = "::rcm";
  let genSpecializedAttr = 0;
}

def RCM_SkipScheduleAttr
    : EnumAttr<RCM_Dialect, RCM_SkipSchedule, "skip_schedule">;

//===----------------------------------------------------------------------===//
// Type constraints
//===----------------------------------------------------------------------===//

/// A ranked tensor or a memref of floating-point elements.
def RCM_Shaped : AnyTypeOf<[RankedTensorOf<[F16, BF16, F32, F64]>,
                            MemRefOf<[F16, BF16, F32, F64]>],
    "ranked tensor or memref of f16, bf16, f32 or f64 values">;

/// A coefficient or a time: a scalar, a ranked tensor or a memref. Never
/// narrower than f32: a coefficient of f16 loses more than the whole recipe.
def RCM_WideScalarOrShaped
    : AnyTypeOf<[F32, F64, RankedTensorOf<[F32, F64]>, MemRefOf<[F32, F64]>],
        "f32 or f64 scalar, or ranked tensor or memref of f32 or f64 values">;

#endif // RCM_DIALECT_RCM_IR_RCMBASE_TD
