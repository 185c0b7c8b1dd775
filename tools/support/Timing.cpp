//===- Timing.cpp - medians and spreads -----------------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Timing.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <thread>

using namespace rcm::tools;

static double quantile(const std::vector<double> &sorted, double fraction) {
  double position = fraction * static_cast<double>(sorted.size() - 1);
  auto below = static_cast<size_t>(position);
  size_t above = std::min(below + 1, sorted.size() - 1);
  double weight = position - static_cast<double>(below);
  return sorted[below] * (1 - weight) + sorted[above] * weight;
}

Times rcm::tools::summarize(std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  return {quantile(milliseconds, 0.5), quantile(milliseconds, 0.1),
          quantile(milliseconds, 0.9), milliseconds.front()};
}

bool rcm::tools::measure(int64_t warmup, int64_t repeat,
                         const std::function<bool()> &body, Times &times,
                         const std::function<bool()> &afterFirst) {
  std::vector<double> milliseconds;
  for (int64_t run = 0; run < warmup + repeat; ++run) {
    auto start = std::chrono::steady_clock::now();
    if (!body())
      return false;
    std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    if (run >= warmup)
      milliseconds.push_back(elapsed.count());
    if (run == 0 && afterFirst && !afterFirst())
      return false;
  }
  times = summarize(std::move(milliseconds));
  return true;
}

std::string rcm::tools::formatMilliseconds(double milliseconds) {
  char text[32];
  if (milliseconds >= 10000)
    std::snprintf(text, sizeof(text), "%.1f s", milliseconds / 1000);
  else
    std::snprintf(text, sizeof(text), "%.3g ms", milliseconds);
  if (milliseconds >= 1000 && milliseconds < 10000)
    std::snprintf(text, sizeof(text), "%.0f ms", milliseconds);
  return text;
}

std::string rcm::tools::processorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(file, line);)
    if (line.rfind("model name", 0) == 0) {
      name = line.substr(line.find(": ") + 2);
      break;
    }
  return name + ", " + std::to_string(std::thread::hardware_concurrency()) +
         " threads";
}

double rcm::tools::memoryBytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string rcm::tools::utcNow() {
  std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}
