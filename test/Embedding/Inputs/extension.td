// An op that somebody else adds on top of the rcm dialect's definitions.
include "rcm/Dialect/RCM/IR/RCMOps.td"

def GatedOp : RCM_Op<"gated", [RCM_AttentionOpInterface]> {
  let arguments = (ins RCM_Shaped:$query, RCM_WideScalarOrShaped:$gate);
}
