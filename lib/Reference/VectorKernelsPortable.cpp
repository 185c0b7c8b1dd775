//===- VectorKernelsPortable.cpp - Inner loops for any processor ----------===//

#include "VectorKernelsImpl.h"

namespace rcm::reference {

int16_t narrowExponent(float e4m3) { return exponentOfE4M3(e4m3); }

const VectorKernels *portableKernels() { return &kKernels; }

const VectorKernels &vectorKernels() {
  static const VectorKernels *best =
      avx2Kernels() ? avx2Kernels() : portableKernels();
  return *best;
}

} // namespace rcm::reference
