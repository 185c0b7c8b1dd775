//===- ReportTraffic.cpp - prints the bytes that kernels move -------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "rcm/Dialect/RCM/Transforms/Passes.h"
#include "rcm/Dialect/RCM/Transforms/Traffic.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ToolOutputFile.h"

namespace rcm {
#define GEN_PASS_DEF_REPORTTRAFFIC
#include "rcm/Dialect/RCM/Transforms/Passes.h.inc"
} // namespace rcm

using namespace mlir;
using namespace rcm;

namespace {

/// The rows of one function in one form, with their sums.
struct FunctionTraffic {
  std::string function;
  bool fused;
  std::vector<TrafficRow> rows;
  int64_t unitBytes = 0; ///< bytes of the first attention output

  int64_t sum(int64_t TrafficRow::*member, bool withCached = true) const {
    int64_t total = 0;
    for (const TrafficRow &row : rows)
      if (withCached || !row.mayBeCached)
        total += row.*member;
    return total;
  }
  int64_t total(bool withCached = true) const {
    return sum(&TrafficRow::bytesRead, withCached) +
           sum(&TrafficRow::bytesWritten, withCached);
  }
  double inUnits(int64_t bytes) const {
    return unitBytes ? static_cast<double>(bytes) / unitBytes : 0.0;
  }
};

struct ReportTraffic : public rcm::impl::ReportTrafficBase<ReportTraffic> {
  using Base::Base;
  void runOnOperation() override;

private:
  FailureOr<FunctionTraffic> collect(FunctionOpInterface function, bool fused);
  void printText(ArrayRef<FunctionTraffic> reports, raw_ostream &os);
  void printJson(ArrayRef<FunctionTraffic> reports, raw_ostream &os);
};

} // namespace

static StringRef stringifyRecipe(TrafficRecipe recipe) {
  return recipe == TrafficRecipe::kNone ? "none" : "int8-e4m3";
}

/// True for ops that the pass counts as a kernel: structured ops and our own
/// in destination style. A fill is part of the kernel that starts from it.
static bool isKernel(Operation *op) {
  if (isa<linalg::FillOp>(op))
    return false;
  return isa<linalg::LinalgOp, linalg::SoftmaxOp, SkipCoefficientsOp>(op) &&
         isa<DestinationStyleOpInterface>(op);
}

FailureOr<FunctionTraffic> ReportTraffic::collect(FunctionOpInterface function,
                                                  bool fused) {
  FunctionTraffic report{function.getName().str(), fused, {}};
  int64_t index = 0;
  WalkResult result = function.walk([&](Operation *op) {
    if (auto attention = dyn_cast<AttentionOpInterface>(op)) {
      size_t first = report.rows.size();
      if (failed(appendAttentionTraffic(attention, recipe, fused, report.rows)))
        return WalkResult::interrupt();
      std::string prefix = "#" + std::to_string(index++);
      for (TrafficRow &row : llvm::MutableArrayRef(report.rows).drop_front(first))
        row.kernel += prefix;
      if (!report.unitBytes)
        report.unitBytes = *getNumBytes(attention.getOut().getType());
    } else if (isKernel(op)) {
      std::string name =
          op->getName().getStringRef().str() + "#" + std::to_string(index++);
      if (failed(appendKernelTraffic(op, name, report.rows)))
        return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return report;
}

void ReportTraffic::printText(ArrayRef<FunctionTraffic> reports,
                              raw_ostream &os) {
  for (const FunctionTraffic &report : reports) {
    os << "traffic of @" << report.function << ", "
       << (report.fused ? "fused" : "two-pass") << ", recipe "
       << stringifyRecipe(recipe) << "\n";
    os << llvm::format("%-28s %-16s %18s %18s\n", "kernel", "tensor",
                       "bytes read", "bytes written");
    for (const TrafficRow &row : report.rows)
      os << llvm::format("%-28s %-16s %18lld %18lld\n", row.kernel.c_str(),
                         row.tensor.c_str(),
                         static_cast<long long>(row.bytesRead),
                         static_cast<long long>(row.bytesWritten));
    os << llvm::format(
        "%-28s %-16s %18lld %18lld\n", "total", "",
        static_cast<long long>(report.sum(&TrafficRow::bytesRead)),
        static_cast<long long>(report.sum(&TrafficRow::bytesWritten)));
    os << llvm::format("read and written: %lld bytes, %.3f times the output",
                       static_cast<long long>(report.total()),
                       report.inUnits(report.total()));
    if (report.total() != report.total(/*withCached=*/false))
      os << llvm::format(
          "; with the residual still in a cache: %lld bytes, %.3f times",
          static_cast<long long>(report.total(false)),
          report.inUnits(report.total(false)));
    os << "\n\n";
  }
}

void ReportTraffic::printJson(ArrayRef<FunctionTraffic> reports,
                              raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/1);
  json.arrayBegin();
  for (const FunctionTraffic &report : reports) {
    json.object([&] {
      json.attribute("function", report.function);
      json.attribute("form", report.fused ? "fused" : "two-pass");
      json.attribute("recipe", stringifyRecipe(recipe));
      json.attributeArray("rows", [&] {
        for (const TrafficRow &row : report.rows)
          json.object([&] {
            json.attribute("kernel", row.kernel);
            json.attribute("tensor", row.tensor);
            json.attribute("bytes_read", row.bytesRead);
            json.attribute("bytes_written", row.bytesWritten);
            json.attribute("may_be_cached", row.mayBeCached);
          });
      });
      json.attribute("bytes_read", report.sum(&TrafficRow::bytesRead));
      json.attribute("bytes_written", report.sum(&TrafficRow::bytesWritten));
      json.attribute("bytes", report.total());
      json.attribute("bytes_with_cached_residual", report.total(false));
      json.attribute("unit_bytes", report.unitBytes);
      json.attribute("units", report.inUnits(report.total()));
      json.attribute("units_with_cached_residual",
                     report.inUnits(report.total(false)));
    });
  }
  json.arrayEnd();
  os << "\n";
}

void ReportTraffic::runOnOperation() {
  std::vector<FunctionTraffic> reports;
  WalkResult result = getOperation()->walk([&](FunctionOpInterface function) {
    for (bool fused : {true, false}) {
      FailureOr<FunctionTraffic> report = collect(function, fused);
      if (failed(report))
        return WalkResult::interrupt();
      if (!report->rows.empty())
        reports.push_back(std::move(*report));
    }
    return WalkResult::skip();
  });
  if (result.wasInterrupted())
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
