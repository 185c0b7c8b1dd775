//===- VectorKernelsAVX2.cpp - Inner loops for x86-64 with AVX2 -----------===//

#ifdef __AVX2__
#include "VectorKernelsImpl.h"

const rcm::reference::VectorKernels *rcm::reference::avx2Kernels() {
  return __builtin_cpu_supports("avx2") ? &kKernels : nullptr;
}
#else
#include "VectorKernels.h"

const rcm::reference::VectorKernels *rcm::reference::avx2Kernels() {
  return nullptr;
}
#endif
