/* RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -I%rcm_src/include %s \
 * RUN:   -L%rcm_lib -lRCMCompiler -Wl,-rpath,%rcm_lib -o %t
 * RUN: %t | FileCheck %s
 *
 * The API from plain C: parse, inspect, run passes, compile, invoke, and what
 * is said about wrong input.
 *
 * CHECK: rcm {{[0-9.]+}}, LLVM 22
 * CHECK: f: a tensor<?x2xf32> dynamic 1, scale f32, 2 results
 * CHECK: status 0
 * CHECK: result 3x2: 1.0 ... 1.0, sum 3.0
 * CHECK: result bytes at least 24: 1
 * CHECK: error: expected argument 0 to be tensor<?x2xf32>, got shape 3x5
 * CHECK: error: expected argument 0 to be tensor<?x2xf32>, got another element type
 * CHECK: error: expected 2 arguments and 2 results, got 1 and 2
 * CHECK: error: expected `function` to be one of the module's public functions, {f}, got 'g'
 * CHECK: error: in pass pipeline 'no-such-pass': 'no-such-pass' does not refer to a registered pass or pass pipeline
 * CHECK: error: expected the pipeline to leave only the LLVM dialect, got 'func.func'
 * CHECK: error: text:1:1: custom op 'nonsense' is unknown
 * CHECK: error: no/such/file: expected a readable file, got 'No such file or directory'
 * CHECK: done
 */
#include "rcm-c/RCMCompiler.h"

#include <stdio.h>
#include <string.h>

static const char *kText =
    "func.func @f(%a: tensor<?x2xf32>, %scale: f32) -> (tensor<?x2xf32>, f32) {\n"
    "  %c0 = arith.constant 0 : index\n"
    "  %n = tensor.dim %a, %c0 : tensor<?x2xf32>\n"
    "  %e = tensor.empty(%n) : tensor<?x2xf32>\n"
    "  %tmp = linalg.exp ins(%a : tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>\n"
    "  %r = linalg.add ins(%a, %tmp : tensor<?x2xf32>, tensor<?x2xf32>) outs(%e : tensor<?x2xf32>) -> tensor<?x2xf32>\n"
    "  %s = arith.addf %scale, %scale : f32\n"
    "  return %r, %s : tensor<?x2xf32>, f32\n"
    "}\n";

static void report(void *user, rcmSeverity severity, const char *text) {
  (void)user;
  printf("%s: %s\n", severity == RCM_SEVERITY_ERROR ? "error" : "other", text);
}

static rcmValue vectorOfPairs(float *data, int64_t rows) {
  rcmValue value;
  memset(&value, 0, sizeof(value));
  value.kind = RCM_VALUE_TENSOR;
  value.element = RCM_ELEMENT_F32;
  value.rank = 2;
  value.data = data;
  value.sizes[0] = rows;
  value.sizes[1] = 2;
  value.strides[0] = 2;
  value.strides[1] = 1;
  return value;
}

static void invoke(rcmExecutable *executable) {
  float data[6] = {0, 0, 0, 0, 0, 0};
  float scale = 1.5f, sum = 0;
  rcmValue arguments[2], results[2];
  memset(results, 0, sizeof(results));
  arguments[0] = vectorOfPairs(data, 3);
  memset(&arguments[1], 0, sizeof(arguments[1]));
  arguments[1].kind = RCM_VALUE_SCALAR;
  arguments[1].element = RCM_ELEMENT_F32;
  arguments[1].data = &scale;
  results[1].data = &sum;

  printf("status %d\n",
         rcmExecutableInvoke(executable, arguments, 2, results, 2));
  printf("result %ldx%ld: %.1f ... %.1f, sum %.1f\n", (long)results[0].sizes[0],
         (long)results[0].sizes[1], ((float *)results[0].data)[0],
         ((float *)results[0].data)[5], sum);
  rcmAllocationStatistics statistics;
  rcmExecutableGetStatistics(executable, &statistics);
  printf("result bytes at least 24: %d\n", statistics.resultBytes >= 24);

  arguments[0].sizes[1] = 5;
  rcmExecutableInvoke(executable, arguments, 2, results, 2);
  arguments[0] = vectorOfPairs(data, 3);
  arguments[0].element = RCM_ELEMENT_F16;
  rcmExecutableInvoke(executable, arguments, 2, results, 2);
  rcmExecutableInvoke(executable, arguments, 1, results, 2);
}

int main(void) {
  if (rcmCompilerVersion() / 10000 != RCM_COMPILER_VERSION / 10000)
    return 1;
  puts(rcmCompilerDescription());
  rcmContext *context = rcmContextCreate(report, NULL);

  rcmModule *module = rcmModuleParse(context, kText, strlen(kText), "text");
  rcmSignature *signature = rcmModuleGetSignature(module, "f");
  printf("%s: %s %s dynamic %d, %s %s, %d results\n",
         rcmModuleFunctionName(module, 0),
         rcmSignatureArgument(signature, 0)->name,
         rcmSignatureArgument(signature, 0)->type,
         rcmSignatureArgument(signature, 0)->sizes[0] == RCM_COMPILER_DYNAMIC,
         rcmSignatureArgument(signature, 1)->name,
         rcmSignatureArgument(signature, 1)->type,
         (int)rcmSignatureResultCount(signature));
  rcmSignatureDestroy(signature);

  rcmExecutable *executable = rcmModuleCompile(module, "f", NULL);
  if (!executable)
    return 1;
  invoke(executable);
  rcmExecutableDestroy(executable);

  if (rcmModuleCompile(module, "g", NULL))
    return 1;
  if (rcmModuleRunPasses(module, "no-such-pass") == RCM_STATUS_SUCCESS)
    return 1;
  if (rcmModuleCompile(module, "f", "canonicalize"))
    return 1;
  rcmModuleDestroy(module);

  if (rcmModuleParse(context, "nonsense", 8, "text"))
    return 1;
  if (rcmModuleParseFile(context, "no/such/file"))
    return 1;
  rcmContextDestroy(context);
  puts("done");
  return 0;
}
