/* RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -I%rcm_src/include %s \
 * RUN:   -L%rcm_lib -lRCMCompiler -lRCMRuntime -Wl,-rpath,%rcm_lib -o %t
 * RUN: %t %t.rcmobj | FileCheck %s
 *
 * Kernels leave the compiler as PTX and as an object that the runtime reads;
 * what cannot be emitted leaves no file.
 *
 * CHECK: ptx: .visible .entry twice
 * CHECK: object: chip sm_90a, kernel twice, entry run, argument x, recipe none
 * CHECK: error: {{.*}}expected a gpu.module, got none
 * CHECK: no file
 * CHECK: error: {{.*}}expected ptxas of the CUDA toolkit at no/such/ptxas to make a cubin
 * CHECK: error: no/such/folder/x.rcmobj: No such file or directory
 * CHECK: done
 */
#include "rcm-c/RCMCompiler.h"
#include "rcm/Runtime/RCMRuntime.h"

#include <stdio.h>
#include <string.h>

static const char *kText =
    "module attributes {rcm_rt.properties = {recipe = \"none\"}} {\n"
    "  gpu.module @kernels [#nvvm.target<chip = \"sm_90a\">] {\n"
    "    llvm.func @twice(%x: !llvm.ptr) attributes {gpu.kernel, nvvm.kernel} {\n"
    "      %v = llvm.load %x : !llvm.ptr -> f32\n"
    "      %w = llvm.fadd %v, %v : f32\n"
    "      llvm.store %w, %x : f32, !llvm.ptr\n"
    "      llvm.return\n"
    "    }\n"
    "  }\n"
    "  func.func @run(%x: memref<1xf32> {rcm_rt.name = \"x\"}) {\n"
    "    %c1 = arith.constant 1 : index\n"
    "    %p = rcm_rt.data_pointer %x : memref<1xf32>\n"
    "    rcm_rt.launch @kernels::@twice grid(%c1, %c1, %c1)\n"
    "        block(%c1, %c1, %c1) args(%p : i64)\n"
    "    return\n"
    "  }\n"
    "}\n";

static void onDiagnostic(void *user, rcmSeverity severity, const char *text) {
  (void)user;
  if (severity == RCM_SEVERITY_ERROR)
    printf("error: %s\n", text);
}

static void onPTX(void *user, const char *text, size_t length) {
  const char *entry = strstr(text, ".visible .entry twice");
  (void)user;
  if (entry && (size_t)(entry - text) < length)
    printf("ptx: %.21s\n", entry);
}

static void describe(const char *path) {
  rcmObject *object = NULL;
  rcmObjectInfo info;
  rcmArgumentInfo argument;
  if (rcmObjectLoadFile(path, &object) ||
      rcmObjectGetInfo(object, &info) ||
      rcmEntryGetArgument(rcmObjectEntryAt(object, 0), 0, &argument)) {
    printf("%s\n", rcmGetLastErrorText());
    return;
  }
  printf("object: chip %s, kernel %s, entry %s, argument %s, recipe %s\n",
         info.chip, rcmObjectKernelName(object, 0),
         rcmEntryName(rcmObjectEntryAt(object, 0)), argument.name,
         rcmObjectProperty(object, "recipe"));
  rcmObjectDestroy(object);
}

int main(int count, char **arguments) {
  const char *path = count > 1 ? arguments[1] : "emit.rcmobj";
  rcmContext *context = rcmContextCreate(onDiagnostic, NULL);
  rcmModule *module = rcmModuleParse(context, kText, strlen(kText), "text");
  rcmModule *empty = rcmModuleParse(context, "", 0, "empty");
  FILE *file;
  remove(path);
  rcmModuleEmit(module, RCM_EMIT_PTX, NULL, onPTX, NULL);
  if (!rcmModuleEmitFile(module, RCM_EMIT_OBJECT, NULL, path))
    describe(path);
  remove(path);
  rcmModuleEmitFile(empty, RCM_EMIT_OBJECT, NULL, path);
  file = fopen(path, "rb");
  printf("%s\n", file ? "a file" : "no file");
  rcmModuleEmitFile(module, RCM_EMIT_CUBIN, "no/such/ptxas", path);
  rcmModuleEmitFile(module, RCM_EMIT_OBJECT, NULL, "no/such/folder/x.rcmobj");
  rcmModuleDestroy(empty);
  rcmModuleDestroy(module);
  rcmContextDestroy(context);
  printf("done\n");
  return 0;
}
