//===- Counters.cpp - what the hardware counted ---------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Counters.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace rcm::tools;

static constexpr const char *kRead = "dram__bytes_read.sum",
                            *kWritten = "dram__bytes_write.sum";

std::optional<std::string> rcm::tools::findProfiler() {
  const char *path = std::getenv("PATH");
  std::vector<std::string> folders = split(path ? path : "", ':');
  folders.push_back("/usr/local/cuda/bin");
  for (const std::string &folder : folders) {
    std::string candidate = folder + "/ncu";
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0)
      return candidate;
  }
  return std::nullopt;
}

/// The fields of one line of CSV in quotes.
static std::vector<std::string> parseLine(const std::string &line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

/// "1,234.5" in a unit: "byte", "Kbyte", "Mbyte", "Gbyte".
static double parseBytesOf(std::string text, const std::string &unit) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  double factor = 1;
  if (!unit.empty())
    factor = unit[0] == 'K'   ? 1e3
             : unit[0] == 'M' ? 1e6
             : unit[0] == 'G' ? 1e9
                              : 1;
  return std::atof(text.c_str()) * factor;
}

std::vector<KernelTraffic> rcm::tools::parseCounters(const std::string &csv) {
  std::vector<KernelTraffic> kernels;
  std::vector<std::string> header;
  std::string last;
  for (const std::string &line : split(csv, '\n')) {
    std::vector<std::string> fields = parseLine(line);
    if (fields.front() == "ID") {
      header = fields;
      continue;
    }
    if (header.empty() || fields.size() != header.size())
      continue;
    auto get = [&](const char *name) {
      auto at = std::find(header.begin(), header.end(), name);
      return at == header.end()
                 ? std::string()
                 : fields[static_cast<size_t>(at - header.begin())];
    };
    if (fields.front() != last)
      kernels.push_back({get("Kernel Name"), 0, 0});
    last = fields.front();
    double bytes = parseBytesOf(get("Metric Value"), get("Metric Unit"));
    if (get("Metric Name") == kRead)
      kernels.back().readBytes = bytes;
    if (get("Metric Name") == kWritten)
      kernels.back().writtenBytes = bytes;
  }
  return kernels;
}

static std::string quote(const std::string &text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Result<std::vector<KernelTraffic>>
rcm::tools::countTraffic(const std::string &profiler, const Case &benchmark,
                         const BenchOptions &options) {
  char self[4096];
  ssize_t length = readlink("/proc/self/exe", self, sizeof(self));
  if (length <= 0)
    return Error{"expected to know this program's path, got none"};
  // The caches stay as the launch finds and leaves them, the clocks too.
  std::string command =
      quote(profiler) +
      " --csv --clock-control none --cache-control none --metrics " + kRead +
      "," + kWritten + " " +
      quote(std::string(self, static_cast<size_t>(length))) +
      " --target=gpu --once --shape=" + quote(benchmark.shape.name) +
      " --mode=" + toString(benchmark.mode) + " --dtype=" +
      std::string(rcm::reference::toString(benchmark.type)) +
      " --recipe=" + options.recipe + (benchmark.causal ? " --causal" : "");
  if (!options.objects.empty())
    command += " --objects=" + quote(options.objects);
  std::string output;
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe)
    return Error{"expected to start " + profiler + ", got a failure"};
  char piece[4096];
  while (size_t count = std::fread(piece, 1, sizeof(piece), pipe))
    output.append(piece, count);
  int status = pclose(pipe);
  std::vector<KernelTraffic> kernels = parseCounters(output);
  if (status != 0 || kernels.empty()) {
    std::string lastLine = output.substr(0, output.find_last_not_of('\n') + 1);
    lastLine.erase(0, lastLine.rfind('\n') + 1);
    return Error{"expected counters of " + profiler + ", got: " + lastLine};
  }
  return kernels;
}
