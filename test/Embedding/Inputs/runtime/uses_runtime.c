#include "rcm/Runtime/RCMRuntime.h"

#include <stdio.h>

int main(void) {
  printf("runtime %u\n", (unsigned)rcmRuntimeVersion());
  return rcmRuntimeVersion() != RCM_RUNTIME_VERSION;
}
