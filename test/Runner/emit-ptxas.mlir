// The PTX is one module that ptxas takes as it is, and a cubin is its output.
// REQUIRES: ptxas
// RUN: rcm-runner %S/emit.mlir --emit=ptx -o %t.ptx
// RUN: %ptxas -arch=sm_90a %t.ptx -o %t.cubin
// RUN: rcm-runner %S/emit.mlir --emit=cubin --ptxas=%ptxas -o %t2.cubin
// RUN: %python -c "assert open('%t2.cubin', 'rb').read(4) == b'\x7fELF'"
