// RUN: rcm-opt %s --rcm-report-traffic -verify-diagnostics

func.func @dynamic(%q: tensor<?x64xf32>, %o: tensor<?x64xf32>) -> tensor<?x64xf32> {
  // expected-error @+1 {{expected static sizes to count bytes, got `query` of type 'tensor<?x64xf32>'}}
  %0 = rcm.attention scale(0.125) ins(%q, %q, %q : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>)
      outs(%o : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}
