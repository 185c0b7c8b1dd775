/* RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -I%rcm_src/include %s \
 * RUN:   -L%rcm_lib -lRCMCompiler -Wl,-rpath,%rcm_lib -o %t
 * RUN: %t %rcm_src/test/Plugin/Inputs/step.mlir %t.rcmobj | FileCheck %s
 * RUN: not %t %s %t.rcmobj 2>&1 | FileCheck %s --check-prefix=ERROR
 *
 * The C program of docs/Embedding.md.
 *
 * CHECK: version 0.1.0: wrote {{.*}}.rcmobj
 * ERROR: minimal.c:1:1: expected
 */
#include "rcm-c/RCMCompiler.h"

#include <stdio.h>

static void onDiagnostic(void *user, rcmSeverity severity, const char *text) {
  (void)user;
  if (severity == RCM_SEVERITY_ERROR)
    fprintf(stderr, "%s\n", text);
}

static void onObject(void *user, const char *bytes, size_t length) {
  fwrite(bytes, 1, length, (FILE *)user);
}

int main(int argc, char **argv) {
  uint32_t version = rcmCompilerVersion();
  rcmContext *context = rcmContextCreate(onDiagnostic, NULL);
  rcmModule *module = argc == 3 ? rcmModuleParseFile(context, argv[1]) : NULL;
  rcmGPUOptions options = {sizeof options, "sm_90a", "none", NULL, 0};
  FILE *file = module ? fopen(argv[2], "wb") : NULL;
  int failed = !file || rcmModuleCompileForGPU(module, RCM_EMIT_OBJECT,
                                               &options, onObject, file);
  if (!failed)
    printf("version %u.%u.%u: wrote %s\n", version / 10000, version / 100 % 100,
           version % 100, argv[2]);
  if (file)
    fclose(file);
  rcmModuleDestroy(module);
  rcmContextDestroy(context);
  return failed;
}
