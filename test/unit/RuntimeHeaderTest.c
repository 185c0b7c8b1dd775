/*===- RuntimeHeaderTest.c - The runtime's headers are plain C99 ------------===*\
|*                                                                            *|
|* Part of the rcm project, under the MIT License; see LICENSE.               *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "rcm/Runtime/RCMRuntime.h"
#include "rcm/Runtime/RCMRuntimeJIT.h"

#include <stdio.h>
#include <string.h>

/* The way a user loads an object; here there is none. */
int main(void) {
  rcmObject *object = NULL;
  if (rcmRuntimeVersion() != RCM_RUNTIME_VERSION)
    return 1;
  if (rcmObjectLoadFile("missing.rcmobj", &object) != RCM_ERROR_FILE)
    return 2;
  if (!strstr(rcmGetLastErrorText(), "missing.rcmobj"))
    return 3;
  if (object != NULL || rcmObjectDestroy(object) != RCM_SUCCESS)
    return 4;
  if (rcmTypeSize(RCM_TYPE_BF16) != 2 ||
      strcmp(rcmTypeName(RCM_TYPE_F8E4M3), "f8e4m3"))
    return 5;
  return rcmJitTakeResult();
}
