//===- ReportTraffic.cpp - prints the bytes that kernels move -------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "FunctionTraffic.h"

#include "rcm/Analysis/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

namespace rcm {
#define GEN_PASS_DEF_REPORTTRAFFIC
#include "rcm/Analysis/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

using Filter = FunctionTraffic::Filter;

namespace {

struct ReportTraffic : public rcm::impl::ReportTrafficBase<ReportTraffic> {
  using Base::Base;
  void runOnOperation() override;

private:
  LogicalResult collect(std::vector<FunctionTraffic> &reports);
  StringRef getRecipeName() const {
    return recipe == TrafficRecipe::kNone ? "none" : "int8-e4m3";
  }
  void printText(ArrayRef<FunctionTraffic> reports, raw_ostream &os);
  void printJson(ArrayRef<FunctionTraffic> reports, raw_ostream &os);
};

} // namespace

LogicalResult ReportTraffic::collect(std::vector<FunctionTraffic> &reports) {
  SmallVector<FunctionOpInterface> functions;
  getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<gpu::GPUModuleOp>(op))
      return WalkResult::skip(); // Kernels are counted where they are launched.
    auto function = dyn_cast<FunctionOpInterface>(op);
    if (!function)
      return WalkResult::advance();
    if (!function.isExternal())
      functions.push_back(function);
    return WalkResult::skip();
  });
  bool hasWarned = false;
  for (FunctionOpInterface function : functions) {
    if (isa<LLVM::LLVMFuncOp>(function.getOperation())) {
      // Wrappers say the same again; the code itself would fill pages.
      if (!hasWarned)
        emitWarning(function.getLoc())
            << "expected functions before their conversion to the llvm "
               "dialect: traffic is not counted";
      hasWarned = true;
      continue;
    }
    SmallVector<TrafficForm> forms = {TrafficForm::kAsIs};
    if (hasFusedOps(function))
      forms = {TrafficForm::kFused, TrafficForm::kTwoPass};
    for (TrafficForm form : forms) {
      FailureOr<FunctionTraffic> report =
          collectTraffic(function, form, recipe);
      if (failed(report))
        return failure();
      if (!report->rows.empty())
        reports.push_back(std::move(*report));
    }
  }
  return success();
}

static void printRow(raw_ostream &os, StringRef kernel, StringRef tensor,
                     int64_t bytesRead, int64_t bytesWritten) {
  os << llvm::format("%-32s %-16s %18lld %18lld\n", kernel.str().c_str(),
                     tensor.str().c_str(), static_cast<long long>(bytesRead),
                     static_cast<long long>(bytesWritten));
}

/// "N bytes, U times the output", and the same without the cached residual.
static void printTotal(raw_ostream &os, const FunctionTraffic &report,
                       StringRef what, Filter filter) {
  auto print = [&](int64_t bytes) {
    os << bytes << " bytes";
    if (report.unitBytes)
      os << llvm::format(", %.3f times the output", report.inUnits(bytes));
  };
  int64_t bytes = report.total(filter);
  os << what << ": ";
  print(bytes);
  filter.withCached = false;
  if (report.total(filter) != bytes) {
    os << "; with the residual still in a cache: ";
    print(report.total(filter));
  }
  os << "\n";
}

void ReportTraffic::printText(ArrayRef<FunctionTraffic> reports,
                              raw_ostream &os) {
  for (const FunctionTraffic &report : reports) {
    os << "traffic of @" << report.function << ", "
       << stringifyForm(report.form);
    // Launches have a recipe of their own; the option is for rcm ops.
    if (report.hasAttention)
      os << ", recipe " << getRecipeName();
    os << "\n"
       << llvm::format("%-32s %-16s %18s %18s\n", "kernel", "tensor",
                       "bytes read", "bytes written");
    for (const TrafficRow &row : report.rows)
      printRow(os, row.kernel, row.tensor, row.bytesRead, row.bytesWritten);
    printRow(os, "total", "", report.read(Filter()), report.written(Filter()));
    printTotal(os, report, "read and written", Filter());
    if (report.knowsActivations)
      printTotal(os, report, "activations only",
                 Filter{/*withCached=*/true, /*activationsOnly=*/true});
    os << "\n";
  }
}

void ReportTraffic::printJson(ArrayRef<FunctionTraffic> reports,
                              raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/1);
  auto addTotals = [&](const FunctionTraffic &report, StringRef suffix,
                       Filter filter) {
    std::string end = suffix.str();
    json.attribute("bytes" + end, report.total(filter));
    json.attribute("units" + end, report.inUnits(report.total(filter)));
    filter.withCached = false;
    json.attribute("bytes" + end + "_with_cached_residual",
                   report.total(filter));
    json.attribute("units" + end + "_with_cached_residual",
                   report.inUnits(report.total(filter)));
  };
  json.arrayBegin();
  for (const FunctionTraffic &report : reports) {
    json.object([&] {
      json.attribute("function", report.function);
      json.attribute("form", stringifyForm(report.form));
      if (report.hasAttention)
        json.attribute("recipe", getRecipeName());
      json.attributeArray("rows", [&] {
        for (const TrafficRow &row : report.rows)
          json.object([&] {
            json.attribute("kernel", row.kernel);
            json.attribute("tensor", row.tensor);
            json.attribute("bytes_read", row.bytesRead);
            json.attribute("bytes_written", row.bytesWritten);
            json.attribute("may_be_cached", row.mayBeCached);
            json.attribute("activation", row.isActivation);
          });
      });
      json.attribute("bytes_read", report.read(Filter()));
      json.attribute("bytes_written", report.written(Filter()));
      json.attribute("unit_bytes", report.unitBytes);
      addTotals(report, "", Filter());
      if (report.knowsActivations)
        addTotals(report, "_of_activations",
                  Filter{/*withCached=*/true, /*activationsOnly=*/true});
    });
  }
  json.arrayEnd();
  os << "\n";
}

void ReportTraffic::runOnOperation() {
  std::vector<FunctionTraffic> reports;
  if (failed(collect(reports)))
    return signalPassFailure();
  std::string error;
  std::unique_ptr<llvm::ToolOutputFile> output;
  if (!file.empty()) {
    output = openOutputFile(file, &error);
    if (!output) {
      getOperation()->emitError("expected to write the report to ")
          << file << ", got: " << error;
      return signalPassFailure();
    }
  }
  raw_ostream &os = output ? output->os() : llvm::errs();
  if (format == ReportFormat::kJson)
    printJson(reports, os);
  else
    printText(reports, os);
  if (output)
    output->keep();
  markAllAnalysesPreserved();
}
