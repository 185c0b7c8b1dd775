//===- Passes.td - passes that look and change nothing -----*- tablegen -*-===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_ANALYSIS_PASSES_TD
#define RCM_ANALYSIS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ReportTraffic : Pass<"rcm-report-traffic"> {
  let summary = "prints the bytes that each kernel reads and writes";
  let description = [{
    Counts, from the IR, the bytes that every kernel of every function moves to
    and from memory, each tensor once per kernel: what a kernel reads again it
    is taken to find in a cache. None of these figures is measured. The module
    stays as it is; the report goes to standard error or to `file`. All sizes
    must be static.

    What a kernel is depends on the stage:

    | stage | a kernel is | where the figures come from |
    | --- | --- | --- |
    | `rcm` and `linalg` on tensors | an attention op (with the pre-pass kernels of `recipe`), a structured op; a fill belongs to the op that starts from it | operand types |
    | the same on memrefs (`rcm-to-cpu-bufferize`, `rcm-to-nvvm-buffers`) | the same, and every fill and copy | operand types |
    | loops on memrefs (`rcm-to-cpu-bufferize,convert-rcm-to-vector`) | an outermost loop or region | which memory from outside the region its ops read and write |
    | launches (`rcm-to-nvvm-launches` and later) | a launch, a memset | the launch's operands, and which of them the kernel's code reads and writes |

    A function with `rcm.attention_skip` is reported in two forms: `fused` and
    `two-pass`. Other functions are reported once, `as-is`: what the pipeline
    made of them (`fuse=false` makes the two-pass form there). Code in the llvm
    dialect outside of kernels is not counted; a warning says so.

    A total is also printed as a multiple of the output: of the first attention
    op, or else the function's first result (the argument with
    `rcm_rt.direction = "out"`). On `rcm` ops a second line counts activations
    only, as the project's proposal does: q, k, v, x, o, what 8-bit recipes
    make of them, and what is computed from x; not weights, coefficients,
    scales. It is there that a self-attention chain costs 11, 9 and 8 units.
    Where something else reads the residual too (the queries are the same
    tensor, or a projection reads it), a further total leaves the fused kernel's
    read out: it may still find it in the L2 cache.
  }];
  let options = [
    Option<"recipe", "recipe", "::rcm::TrafficRecipe",
           "::rcm::TrafficRecipe::kNone",
           "number recipe of the attention kernel, for rcm ops",
           [{::llvm::cl::values(
             clEnumValN(::rcm::TrafficRecipe::kNone, "none",
                        "operands in their own types"),
             clEnumValN(::rcm::TrafficRecipe::kInt8E4M3, "int8-e4m3",
                        "K as int8 and V as e4m3, written by a pre-pass"))}]>,
    Option<"format", "format", "::rcm::ReportFormat",
           "::rcm::ReportFormat::kText", "form of the report",
           [{::llvm::cl::values(
             clEnumValN(::rcm::ReportFormat::kText, "text", "a table"),
             clEnumValN(::rcm::ReportFormat::kJson, "json",
                        "an array of objects"))}]>,
    Option<"file", "file", "std::string", "\"\"",
           "file for the report (default: standard error)">,
  ];
}

#endif // RCM_ANALYSIS_PASSES_TD
