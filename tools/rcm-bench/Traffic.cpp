//===- Traffic.cpp - bytes that a case should move ------------------------===//
//
// Part of the rcm project, under the MIT License. See LICENSE.
//
//===----------------------------------------------------------------------===//

#include "Traffic.h"

#include "support/JSONReader.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace rcm::tools;

namespace {

/// A file for the pass to write to, removed with this object.
class TemporaryFile {
public:
  TemporaryFile() {
    const char *folder = std::getenv("TMPDIR");
    path = std::string(folder && *folder ? folder : "/tmp") +
           "/rcm-bench-XXXXXX";
    int handle = mkstemp(path.data());
    isOpen = handle >= 0;
    if (isOpen)
      close(handle);
  }
  ~TemporaryFile() {
    if (isOpen)
      std::remove(path.c_str());
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;

  std::string path;
  bool isOpen = false;
};

} // namespace

Result<std::string> rcm::tools::trafficOf(Compiler &compiler,
                                          const Case &benchmark,
                                          const std::string &recipe) {
  Result<Module> module = compiler.parse(moduleText(benchmark), "benchmark");
  if (!module)
    return Error{module.error()};
  TemporaryFile file;
  if (!file.isOpen)
    return Error{"expected to create a temporary file, got none"};
  auto done = compiler.runPasses(
      *module, "rcm-report-traffic{format=json recipe=" + recipe +
                   " file=" + file.path + "}");
  if (!done)
    return Error{done.error()};
  Result<std::string> text = readFile(file.path);
  if (!text)
    return Error{text.error()};
  Result<JSONValue> reports = parseJSON(*text);
  if (!reports)
    return Error{reports.error()};
  std::string mode = toString(benchmark.mode);
  for (const JSONValue &report : reports->list)
    if (report.textOf("form") == mode || report.textOf("form") == "as-is")
      return toText(report);
  return Error{"expected traffic of the form " + mode + ", got none"};
}
