/* RUN: cc -std=c99 -pedantic -Wall -Wextra -Werror -I%rcm_src/include %s \
 * RUN:   -L%rcm_lib -lRCMCompiler -Wl,-rpath,%rcm_lib -o %t
 * RUN: %t %rcm_src/docs/examples/rcm_attention.mlir | FileCheck %s
 *
 * What a pass did reaches the callback, of every kind of remark that the
 * filter names, and only of those.
 *
 * CHECK: other categories
 * CHECK-NEXT: ours
 * CHECK: fused into rcm.attention_skip: b=4 h=4 m=128 n=128 k=64 d=64
 * CHECK: fused into rcm.attention_skip: b=8 h=8 m=512
 * CHECK: missed
 * CHECK: no-skip
 */
#include "rcm-c/RCMCompiler.h"

#include <stdio.h>
#include <string.h>

static const char *kPlain =
    "func.func @f(%q: tensor<4x8xf32>, %k: tensor<6x8xf32>,\n"
    "    %v: tensor<6x8xf32>) -> tensor<4x8xf32> {\n"
    "  %z = arith.constant dense<0.0> : tensor<4x6xf32>\n"
    "  %o = arith.constant dense<0.0> : tensor<4x8xf32>\n"
    "  %s = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (m, k)>,\n"
    "      affine_map<(m, n, k) -> (n, k)>, affine_map<(m, n, k) -> (m, n)>]\n"
    "      ins(%q, %k : tensor<4x8xf32>, tensor<6x8xf32>)\n"
    "      outs(%z : tensor<4x6xf32>) -> tensor<4x6xf32>\n"
    "  %p = linalg.softmax dimension(1) ins(%s : tensor<4x6xf32>)\n"
    "      outs(%z : tensor<4x6xf32>) -> tensor<4x6xf32>\n"
    "  %r = linalg.matmul ins(%p, %v : tensor<4x6xf32>, tensor<6x8xf32>)\n"
    "      outs(%o : tensor<4x8xf32>) -> tensor<4x8xf32>\n"
    "  return %r : tensor<4x8xf32>\n"
    "}\n";

static void report(void *user, rcmSeverity severity, const char *text) {
  (void)user;
  if (severity == RCM_SEVERITY_REMARK || severity == RCM_SEVERITY_ERROR)
    printf("%s\n", text);
}

static void fuse(const char *filter, rcmModule *(*parse)(rcmContext *context, const char *path),
                 const char *path) {
  rcmContext *context = rcmContextCreate(report, NULL);
  rcmContextEnableRemarks(context, filter);
  rcmModule *module = parse(context, path);
  if (module)
    rcmModuleRunPasses(module, "rcm-fuse-attention-skip");
  rcmModuleDestroy(module);
  rcmContextDestroy(context);
}

static rcmModule *parsePlain(rcmContext *context, const char *path) {
  (void)path;
  return rcmModuleParse(context, kPlain, strlen(kPlain), "text");
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  printf("other categories\n");
  fuse("other", rcmModuleParseFile, argv[1]);
  printf("ours\n");
  fuse("rcm.*", rcmModuleParseFile, argv[1]);
  printf("missed\n");
  fuse("rcm-fuse-attention-skip", parsePlain, NULL);
  return 0;
}
