//===- Ptxas.cpp - PTX to cubin -------------------------------------------===//
//
// Part of the rcm project, under the MIT License; see LICENSE.
//
//===----------------------------------------------------------------------===//

#include "DeviceCode.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace rcm;

namespace {
/// A file in the system's temporary folder that goes away with the object.
class TemporaryFile {
public:
  std::string path;

  LogicalResult create(StringRef suffix, Location location) {
    SmallString<128> name;
    std::error_code error =
        llvm::sys::fs::createTemporaryFile("rcm", suffix, name);
    if (error)
      return emitError(location, "expected to create a temporary file: ")
             << error.message();
    path = name.str().str();
    remover.setFile(path);
    return success();
  }

  std::string read() const {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }

private:
  llvm::FileRemover remover;
};

/// Runs a program; both outputs go to `output`. The exit status, or negative
/// with a text in `output` when the program did not run to its end.
int run(StringRef program, ArrayRef<StringRef> arguments,
        const TemporaryFile &log, std::string &output) {
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log.path),
                                          StringRef(log.path)};
  SmallVector<StringRef> command = {program};
  command.append(arguments.begin(), arguments.end());
  std::string error;
  int status = llvm::sys::ExecuteAndWait(program, command, std::nullopt,
                                         redirects, 0, 0, &error);
  output = status < 0 ? error : log.read();
  return status;
}

/// The first line that says what is wrong, for a one-line message.
StringRef getErrorLine(StringRef output) {
  StringRef first;
  for (StringRef rest = output; !rest.empty();) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    if (line.contains("error") || line.contains("fatal"))
      return line.trim();
    if (first.empty())
      first = line.trim();
  }
  return first;
}

/// The driver that loads cubins of this ptxas: minor versions of one major
/// version read each other's code. 0 if the version cannot be read.
uint32_t getMinimumDriver(StringRef versionText) {
  SmallVector<StringRef, 3> match;
  if (!llvm::Regex("release ([0-9]+)\\.([0-9]+)").match(versionText, &match))
    return 0;
  uint32_t major = 0;
  match[1].getAsInteger(10, major);
  return 1000 * major;
}
} // namespace

std::string
rcm::readAssemblerReport(StringRef report,
                         std::map<std::string, KernelResources> &kernels) {
  llvm::Regex function("Compiling entry function '([^']+)'");
  llvm::Regex spill("([0-9]+) bytes spill stores, ([0-9]+) bytes spill loads");
  llvm::Regex registers("Used ([0-9]+) registers");
  llvm::Regex shared("([0-9]+) bytes smem");
  std::string kernel, problem;
  while (!report.empty()) {
    StringRef line;
    std::tie(line, report) = report.split('\n');
    SmallVector<StringRef, 3> match;
    if (function.match(line, &match))
      kernel = match[1].str();
    if (registers.match(line, &match))
      match[1].getAsInteger(10, kernels[kernel].registers);
    if (shared.match(line, &match))
      match[1].getAsInteger(10, kernels[kernel].sharedBytes);
    bool spills =
        spill.match(line, &match) && !(match[1] == "0" && match[2] == "0");
    if (problem.empty() && (spills || line.contains("(C75")))
      problem = ("`" + kernel + "`: " + line.trim()).str();
  }
  return problem;
}

/// Finds the assembler; an empty path if there is none and none is needed.
static FailureOr<std::string> findAssembler(const TargetOptions &options,
                                            Location location) {
  auto found = llvm::sys::findProgramByName(
      options.ptxas.empty() ? "ptxas" : options.ptxas);
  // A path with a slash comes back as it is.
  if (found && !llvm::sys::fs::can_execute(*found))
    found = std::make_error_code(std::errc::no_such_file_or_directory);
  if (found)
    return *found;
  if (options.ptxas.empty() && options.cubin != CubinMode::Always)
    return std::string();
  return emitError(location, "expected ptxas of the CUDA toolkit ")
         << (options.ptxas.empty() ? std::string("on PATH")
                                   : "at " + options.ptxas)
         << " to make a cubin, got: " << found.getError().message();
}

FailureOr<Assembly> rcm::assemble(StringRef ptx, StringRef chip,
                                  const TargetOptions &options,
                                  Location location) {
  Assembly result;
  FailureOr<std::string> ptxas = findAssembler(options, location);
  if (failed(ptxas))
    return failure();
  if (ptxas->empty())
    return result;
  TemporaryFile input, output, log;
  if (failed(input.create("ptx", location)) ||
      failed(output.create("cubin", location)) ||
      failed(log.create("log", location)))
    return failure();
  if (std::string error = writeFileAtomically(input.path, ptx); !error.empty())
    return emitError(location, error);

  std::string text;
  if (run(*ptxas, {"--version"}, log, text) == 0)
    result.minimumDriver = getMinimumDriver(text);
  if (!result.minimumDriver)
    return emitError(location, "expected ")
           << *ptxas << " to tell its version, got: " << getErrorLine(text);
  std::string arch = ("-arch=" + chip).str();
  if (run(*ptxas, {arch, "-O3", "-v", input.path, "-o", output.path}, log,
          text) != 0)
    return emitError(location, "expected PTX that ptxas accepts, got: ")
           << getErrorLine(text);
  std::string problem = readAssemblerReport(text, result.resources);
  if (options.refuseSlowCode && !problem.empty())
    return emitError(location, "expected code without spills and serialised "
                               "matrix products, got in ")
           << problem;
  result.cubin = output.read();
  if (result.cubin.empty())
    return emitError(location, "expected a cubin of ptxas, got an empty file");
  return result;
}
