//===- Passes.td - passes on the rcm dialect ------------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#ifndef RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD
#define RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ReportTraffic : Pass<"rcm-report-traffic"> {
  let summary = "prints the bytes that each kernel reads and writes";
  let description = [{
    Counts, from the types of the operands, the bytes that every kernel of every
    function moves to and from memory: once with attention and skip in one
    kernel, once in two. A kernel reads each of its tensors once; what it reads
    again it is taken to find in a cache. Structured ops other than fills are
    kernels of their own.

    Accepts `rcm` and `linalg` ops on tensors or memrefs of static size; leaves
    the module as it is. The report goes to standard error or to `file`.

    A total is also printed as a multiple of the first attention's output,
    which is the unit B * L * C of the literature when all tensors have its
    type. Where something else reads the residual too (the queries are the same
    tensor, or a projection reads it), a second total leaves the fused kernel's
    read out: it may still find it in the L2 cache.
    None of these figures is measured.
  }];
  let options = [
    Option<"recipe", "recipe", "::rcm::TrafficRecipe",
           "::rcm::TrafficRecipe::kNone",
           "number recipe of the attention kernel",
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

#endif // RCM_DIALECT_RCM_TRANSFORMS_PASSES_TD
