//===- Report.cpp - tables and JSON of measurements -----------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "support/JSON.h"

#include <cstdio>

using namespace rcm::tools;

static constexpr const char *kCommit =
#include "Commit.inc"
    ;

static void printCPUTable(const std::vector<Measurement> &list) {
  std::printf("%-18s %-18s %10s %10s %10s %9s %8s\n", "shape", "mode",
              "median ms", "p10 ms", "p90 ms", "TFLOP/s", "GB/s");
  for (const Measurement &line : list)
    std::printf("%-18s %-18s %10.3f %10.3f %10.3f %9.4f %8.2f\n",
                line.shape.c_str(), line.mode.c_str(), line.times.median,
                line.times.p10, line.times.p90, line.teraflops(),
                line.gigabytesPerSecond());
}

/// A time, or a dash where none was measured.
static std::string optionalTime(double milliseconds) {
  if (milliseconds <= 0)
    return "-";
  char text[32];
  std::snprintf(text, sizeof(text), "%.4f", milliseconds);
  return text;
}

static void printGPUTable(const std::vector<Measurement> &list,
                          const Origin &origin) {
  std::printf("%s, driver %s; copies inside the device: %.0f GB/s\n",
              origin.device.c_str(), origin.driver.c_str(),
              origin.copyGigabytesPerSecond);
  std::printf("%-18s %-16s %-10s %10s %9s %9s %9s %9s %9s %8s %6s %6s\n",
              "shape", "mode", "recipe", "median ms", "p10 ms", "p90 ms",
              "prepass", "kernel", "in a row", "TFLOP/s", "GB/s", "% copy");
  for (const Measurement &line : list) {
    std::printf("%-18s %-16s %-10s %10.4f %9.4f %9.4f %9s %9s %9s %8.1f %6.0f "
                "%6.1f\n",
                line.shape.c_str(), line.mode.c_str(), line.recipe.c_str(),
                line.times.median, line.times.p10, line.times.p90,
                optionalTime(line.prepassMilliseconds).c_str(),
                optionalTime(line.kernelMilliseconds).c_str(),
                optionalTime(line.sustainedMilliseconds).c_str(),
                line.teraflops(), line.gigabytesPerSecond(),
                100 * line.gigabytesPerSecond() / origin.copyGigabytesPerSecond);
    for (const KernelTraffic &traffic : line.counters)
      std::printf("  %-32s read %12.0f bytes, written %12.0f bytes (counted)\n",
                  traffic.kernel.c_str(), traffic.readBytes,
                  traffic.writtenBytes);
    if (!line.counters.empty())
      std::printf("  %-32s %.0f bytes (operands, each once; computed)\n",
                  "all", line.bytes);
  }
}

void rcm::tools::printTable(const std::vector<Measurement> &list,
                            const Origin &origin) {
  if (origin.target == "gpu")
    printGPUTable(list, origin);
  else
    printCPUTable(list);
}

/// How the fused cases compare with each rival of the same shape; OpenBLAS is
/// compared by its rate.
void rcm::tools::printRatios(const std::vector<Measurement> &list,
                        const BenchOptions &options) {
  if (options.rivals.empty())
    return;
  std::printf("\n");
  for (const Measurement &ours : list) {
    if (ours.mode.rfind("fused", 0) != 0)
      continue;
    for (const Measurement &other : list) {
      bool isMatrix = other.mode.rfind("openblas", 0) == 0;
      bool isRival = isMatrix || other.mode.rfind("torch", 0) == 0 ||
                     other.mode.rfind("stock", 0) == 0;
      if (!isRival || (!isMatrix && other.shape != ours.shape))
        continue;
      std::printf("%s: %s is %.2f times as fast as %s\n", ours.shape.c_str(),
                  ours.mode.c_str(),
                  isMatrix ? ours.teraflops() / other.teraflops()
                           : other.times.median / ours.times.median,
                  other.mode.c_str());
    }
  }
}

/// A number, or null where none was measured.
static void addMeasured(JSONObject &object, const char *key, double value) {
  if (value > 0)
    object.add(key, value);
  else
    object.addNull(key);
}

static void addGPU(JSONObject &object, const Measurement &line,
                   const Origin &origin) {
  addMeasured(object, "prepass_ms", line.prepassMilliseconds);
  addMeasured(object, "kernel_ms", line.kernelMilliseconds);
  addMeasured(object, "sustained_ms", line.sustainedMilliseconds);
  addMeasured(object, "copy_gbytes_per_s", origin.copyGigabytesPerSecond);
  object.add("launches", line.launches).add("model_bytes", static_cast<int64_t>(line.bytes));
  std::vector<JSONObject> counters;
  for (const KernelTraffic &traffic : line.counters)
    counters.push_back(JSONObject()
                           .add("kernel", traffic.kernel)
                           .add("read_bytes",
                                static_cast<int64_t>(traffic.readBytes))
                           .add("written_bytes",
                                static_cast<int64_t>(traffic.writtenBytes)));
  if (counters.empty())
    object.addNull("counters");
  else
    object.add("counters", counters);
}

std::string rcm::tools::resultsToJSON(const std::vector<Measurement> &list,
                                      const Origin &origin) {
  std::vector<JSONObject> objects;
  std::string now = utcNow();
  for (const Measurement &line : list) {
    JSONObject object;
    object.add("shape", line.shape)
        .add("mode", line.mode)
        .add("target", origin.target)
        .add("recipe", line.recipe)
        .add("median_ms", line.times.median)
        .add("p10_ms", line.times.p10)
        .add("p90_ms", line.times.p90)
        .add("tflops", line.teraflops())
        .add("gbytes_per_s", line.gigabytesPerSecond())
        .add("device", origin.device);
    if (origin.driver.empty())
      object.addNull("driver");
    else
      object.add("driver", origin.driver);
    object.add("commit", kCommit).add("date", now);
    if (origin.target == "gpu")
      addGPU(object, line, origin);
    objects.push_back(std::move(object));
  }
  return toJSON(objects);
}
