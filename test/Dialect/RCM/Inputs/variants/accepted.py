"""Spellings of attention + skip, and what the fused op must hold."""

from refused import CAUSAL, INDICES, exp_of, guarded
from template import EXPONENTIAL, REDUCTION, ROWS, SCORES, THREE, generic
from variant import fused



def causal(condition, before=""):
    return f"%i = linalg.index 2 : index\n%j = linalg.index 3 : index\n{before}%seen = arith.cmpi {condition} : index\n%r = arith.select %seen, %in0, %ninf : f32"


def elementwise(result, operand, body, more="", types=None):
    maps, operands = ["id"], [operand]
    if more:
        maps, operands = ["id", "row"], [operand, more]
    return generic(result, maps + ["id"], operands, "%empty", body, types=types)


RECIPROCAL = generic("inverse", ["row3", "row3"], ["%l"], "%rows", "%r = arith.divf %one, %in0 : f32", THREE, [ROWS], ROWS)
REPEATED = generic("inverse", ["row", "id"], ["%l"], "%empty", "%r = arith.divf %one, %in0 : f32", types=[ROWS])
TIMES_ROW = elementwise("p2", "%e", "%r = arith.mulf %in0, %in1 : f32", "%inverse", [SCORES, ROWS])
TIMES_REPEATED = generic("p2", ["id", "id", "id"], ["%e", "%inverse"], "%empty", "%r = arith.mulf %in0, %in1 : f32")
ALL_HIDDEN = (
    f"%none = arith.constant dense<true> : tensor<2x2x4xi1>\n  "
    + generic("hidden", ["id", "row"], ["%u"], "%none",
              "%t0 = arith.cmpf oeq, %in0, %ninf : f32\n%r = arith.andi %t0, %acc : i1", REDUCTION, out_type="tensor<2x2x4xi1>")
    + "\n  " + elementwise("p2", "%p", "%r = arith.select %in1, %zero, %in0 : f32", "%hidden", [SCORES, "tensor<2x2x4xi1>"]))
ANY_VISIBLE = ALL_HIDDEN.replace("dense<true>", "dense<false>").replace("cmpf oeq", "cmpf une").replace("arith.andi", "arith.ori")
ANY_VISIBLE = ANY_VISIBLE.replace("select %in1, %zero, %in0", "select %in1, %in0, %zero")
LOG_SUM = (
    generic("lse", ["row3", "row3", "row3"], ["%m", "%l"], "%rows",
            "%t0 = math.log %in1 : f32\n%r = arith.addf %in0, %t0 : f32", THREE, [ROWS, ROWS], ROWS)
    + "\n  " + elementwise("p2", "%u", EXPONENTIAL, "%lse", [SCORES, ROWS]))
LATE = generic("o2", ["id", "row", "id"], ["%o", "%l"], "%empty", "%r = arith.divf %in0, %in1 : f32", types=[SCORES, ROWS])
ZERO_START = generic("zeros2", ["row", "id"], ["%m"], "%zeros", "%t0 = math.exp2 %in0 : f32\n%r = arith.mulf %t0, %acc : f32", types=[ROWS])
SCALED_Q = elementwise("q2", "%q", "%r = arith.mulf %in0, %scale : f32")
SCALED_K = elementwise("k2", "%k", "%r = arith.divf %in0, %scale : f32")
SPLAT = f"%splat = linalg.fill ins(%scale : f32) outs(%empty : {SCORES}) -> {SCORES}\n  %q2 = arith.mulf %q, %splat : {SCORES}"
TRUNCATED = (
    generic("narrow", ["id", "id"], ["%p"], "%half", "%r = arith.truncf %in0 : f32 to bf16", types=[SCORES], out_type="tensor<2x2x4x4xbf16>"))
TRUNCATED = "%half = tensor.empty() : tensor<2x2x4x4xbf16>\n  " + TRUNCATED
TRUNCATED += "\n  " + generic("p2", ["id", "id"], ["%narrow"], "%empty", "%r = arith.extf %in0 : bf16 to f32", types=["tensor<2x2x4x4xbf16>"])
WHOLE = f"%sum = arith.addf %o, %x : {SCORES}"
COSINES = """%cos = math.cos %time : tensor<2xf32>
  %sin = math.sin %time : tensor<2xf32>
  """
TRIG = COSINES + generic("end", ["id", "id", "a", "c", "id"], ["%x", "%o", "%cos", "%sin"], "%empty",
                         "%t0 = arith.mulf %in0, %in2 : f32\n%t1 = arith.mulf %in1, %in3 : f32\n%r = arith.subf %t0, %t1 : f32",
                         types=[SCORES, SCORES, "tensor<2xf32>", "tensor<2xf32>"])
RECTIFIED = COSINES + "%both = arith.addf %cos, %sin : tensor<2xf32>\n  " + generic(
    "end", ["id", "id", "a", "c", "id"], ["%x", "%o", "%both", "%sin"], "%empty",
    "%t0 = arith.divf %in0, %in2 : f32\n%t1 = arith.divf %in3, %in2 : f32\n%t2 = arith.mulf %t1, %in1 : f32\n%r = arith.subf %t0, %t2 : f32",
    types=[SCORES, SCORES, "tensor<2xf32>", "tensor<2xf32>"])

PLAIN = "%r = arith.addf %in0, %in1 : f32"
VARIANTS = {
    "base": fused("scale(5.000000e-01)", "coefficients(%arg10, %arg11 : tensor<2xf32>, tensor<2xf32>)"),
    # Layouts: whatever the maps say is carried.
    "heads_exchanged_in_queries": fused(q_map="h, b, m, k"),
    "heads_exchanged_in_keys": fused(k_map="h, b, n, k"),
    "keys_transposed": fused("(d0, d1, d2, d3, d4, d5) -> (d0, d1, d4, d3)>", k_map="b, h, k, n"),
    "keys_as_queries": fused(q_map="b, h, n, k", k_map="b, h, m, k"),
    "values_transposed": fused("(d0, d1, d2, d3, d4, d5) -> (d0, d1, d5, d3)>", v_map="b, h, d, n"),
    "values_exchanged": fused(v_map="h, b, n, d"),
    "residual_transposed": fused("(d0, d1, d2, d3, d4, d5) -> (d0, d1, d5, d2)>", x_map="b, h, d, m"),
    "residual_exchanged": fused("(d0, d1, d2, d3, d4, d5) -> (d1, d0, d2, d5)>", x_map="h, b, m, d"),
    "attention_transposed": fused(o_map="b, h, d, m"),
    # Scale.
    "scale_negative": fused("scale(-5.000000e-01)", s_body="%t0 = arith.mulf %in0, %in1 : f32\n%r = arith.subf %acc, %t0 : f32"),
    "scale_divided": fused("scale(2.000000e+00)", u_body="%r = arith.divf %in0, %scale : f32"),
    "scale_on_queries": fused("scale(2.500000e-01)", "ins(%arg0, %arg1", first=SCALED_Q, q="%q2"),
    "scale_on_keys": fused("scale(1.000000e+00)", "ins(%arg0, %arg1", first=SCALED_K, k="%k2"),
    "scale_on_both": fused("scale(5.000000e-01)", first=SCALED_Q + "\n  " + SCALED_K, q="%q2", k="%k2"),
    "scale_as_splat": fused("scale(2.500000e-01)", "ins(%arg0, %arg1", first=SPLAT, q="%q2"),
    "scale_in_contraction": fused("scale(2.500000e-01)", s_body="%t = arith.mulf %in0, %scale : f32\n%t0 = arith.mulf %t, %in1 : f32\n%r = arith.addf %t0, %acc : f32"),
    "base_two": fused("scale(0.34657", e_body="%t0 = arith.subf %in0, %in1 : f32\n%r = math.exp2 %t0 : f32"),
    "base_two_of_log": fused("scale(0.4999999", e_body="%t = arith.subf %in0, %in1 : f32\n%t0 = arith.mulf %t, %log2e : f32\n%r = math.exp2 %t0 : f32"),
    # Softmax.
    "maximum_over_other_rows": fused(max_in_map="b, h, n, m"),
    "maximum_of_other_heads": fused(max_map="h, b, m"),
    "maximum_starts_at_zero": fused(max_start="%zero"),
    "maximum_starts_at_lowest": fused(max_start="%lowest"),
    "maxnum_starts_at_nan": fused(max_start="%nan", max_body="%r = arith.maxnumf %in0, %acc : f32"),
    "maximum_by_compare": fused(max_body="%t0 = arith.cmpf ogt, %in0, %acc : f32\n%r = arith.select %t0, %in0, %acc : f32"),
    "maximum_bounded": fused(e_body=exp_of("%t1 = arith.maximumf %in1, %ninf : f32\n%t0 = arith.subf %in0, %t1 : f32")),
    "shift_of_other_tensor": fused(max_of="%y"),
    "no_shift": fused(e_body="%r = math.exp %in0 : f32"),
    "shift_added": fused(e_body=exp_of("%t0 = arith.addf %in0, %in1 : f32")),
    "shift_reversed": fused("scale(-5.000000e-01)", e_body=exp_of("%t0 = arith.subf %in1, %in0 : f32")),
    "shift_guarded": fused(e_body=exp_of("%t = arith.cmpf oeq, %in1, %ninf : f32\n%t1 = arith.select %t, %zero, %in1 : f32\n%t0 = arith.subf %in0, %t1 : f32")),
    "exponential_recomputed": fused(sum_of="%e2"),
    "sum_scaled": fused(sum_body="%t0 = arith.mulf %in0, %scale : f32\n%r = arith.addf %t0, %acc : f32"),
    "reciprocal_in_body": fused(p_body="%t0 = arith.divf %one, %in1 : f32\n%r = arith.mulf %in0, %t0 : f32"),
    "reciprocal_alone": fused(before_o=RECIPROCAL + "\n  " + TIMES_ROW, p="%p2"),
    "reciprocal_repeated": fused(before_o=REPEATED + "\n  " + TIMES_REPEATED, p="%p2"),
    "log_sum": fused(before_o=LOG_SUM, p="%p2"),
    "divided_late": fused(p="%e", between=LATE, o="%o2"),
    "divided_in_skip": fused(p="%e", out_body=INDICES + f"%sum = tensor.extract %l[%i0, %i1, %i2] : {ROWS}\n%t0 = arith.divf %in1, %sum : f32\n%r = arith.addf %t0, %in0 : f32"),
    "sum_negated": fused(p_body="%t0 = arith.negf %in1 : f32\n%r = arith.divf %in0, %t0 : f32"),
    "online_start": fused(before_o=ZERO_START, o_start="%zeros2"),
    "probabilities_rounded": fused(before_o=TRUNCATED, p="%p2"),
    # Masks.
    "mask": fused("bias(", u_body="%r = arith.select %in1, %in0, %ninf : f32"),
    "mask_swapped": fused("bias(", u_body="%r = arith.select %in1, %ninf, %in0 : f32"),
    "mask_finite_bias": fused("bias(", u_body="%t0 = arith.select %in1, %zero, %lowest : f32\n%r = arith.addf %in0, %t0 : f32"),
    "bias_as_start": fused("bias(%arg4", s_start="%y", u_body="%r = arith.mulf %in0, %one : f32"),
    "scores_start_at_one": fused(s_start="%ones"),
    "causal": fused(" causal ", u_body=causal("sle, %j, %i")),
    "causal_strict": fused(" causal offset(", u_body=causal("slt, %j, %i")),
    "causal_hidden": fused(" causal ", u_body=causal("sgt, %j, %i").replace("%in0, %ninf", "%ninf, %in0")),
    "causal_unsigned": fused(" causal ", u_body=causal("ule, %j, %i")),
    "causal_offset": fused(" causal offset(", u_body=causal("sle, %j, %i2", "%two = arith.constant 2 : index\n%i2 = arith.addi %i, %two : index\n")),
    "causal_runtime_offset": fused(" causal offset(%arg8)", u_body=causal("sle, %j, %i2", "%i2 = arith.addi %i, %shift : index\n")),
    "causal_in_exponential": fused(" causal ", e_body=CAUSAL + "%t0 = arith.subf %in0, %in1 : f32\n%t1 = math.exp %t0 : f32\n%r = arith.select %seen, %t1, %zero : f32"),
    "causal_reversed": fused("bias(", u_body=causal("sle, %i, %j")),
    "causal_steep": fused("bias(", u_body=causal("sle, %j2, %i", "%two = arith.constant 2 : index\n%j2 = arith.muli %j, %two : index\n")),
    "window": fused("bias(", u_body="%i = linalg.index 2 : index\n%j = linalg.index 3 : index\n%two = arith.constant 2 : index\n%first = arith.subi %i, %two : index\n%t0 = arith.cmpi sle, %j, %i : index\n%t1 = arith.cmpi sge, %j, %first : index\n%t2 = arith.andi %t0, %t1 : i1\n%r = arith.select %t2, %in0, %ninf : f32"),
    "alibi": fused("bias(", u_body="%i = linalg.index 2 : index\n%j = linalg.index 3 : index\n%d = arith.subi %j, %i : index\n%d64 = arith.index_cast %d : index to i64\n%f = arith.sitofp %d64 : i64 to f32\n%t0 = arith.mulf %f, %scale : f32\n%r = arith.addf %in0, %t0 : f32"),
    "whole_rows_hidden": fused("bias(", u_body="%i = linalg.index 1 : index\n%j = linalg.index 2 : index\n%t0 = arith.cmpi sle, %j, %i : index\n%r = arith.select %t0, %in0, %ninf : f32"),
    # Rows without keys.
    "zero_if_sum_is_zero": fused(out_body=guarded("oeq, %stat, %zero")),
    "kept_if_sum_is_not_zero": fused(out_body=guarded("une, %stat, %zero", "%zero", "%in1")),
    "kept_if_sum_is_positive": fused(out_body=guarded("ogt, %stat, %zero", "%zero", "%in1")),
    "zero_if_maximum_is_infinite": fused(out_body=guarded("oeq, %stat, %ninf", of="%m")),
    "probabilities_guarded": fused(p_body="%t = arith.cmpf oeq, %in1, %zero : f32\n%t0 = arith.divf %in0, %in1 : f32\n%r = arith.select %t, %zero, %t0 : f32"),
    "divisor_guarded": fused(p_body="%t = arith.cmpf oeq, %in1, %zero : f32\n%t0 = arith.select %t, %one, %in1 : f32\n%r = arith.divf %in0, %t0 : f32"),
    "zero_if_all_hidden": fused(before_o=ALL_HIDDEN, p="%p2"),
    "kept_if_any_visible": fused(before_o=ANY_VISIBLE, p="%p2"),
    # Coefficients keep the map that is written.
    "alpha_per_head": fused("(d0, d1, d2, d3, d4, d5) -> (d1)>", a_map="h"),
    "beta_per_row": fused("(d0, d1, d2, d3, d4, d5) -> (d2)>", c_map="m", c_type="tensor<4xf32>"),
    "beta_per_channel": fused("(d0, d1, d2, d3, d4, d5) -> (d5)>", c_map="d", c_type="tensor<4xf32>"),
    "beta_rows_and_channels": fused("(d0, d1, d2, d3, d4, d5) -> (d2, d5)>", c_map="m, d", c_type="tensor<4x4xf32>"),
    "beta_channels_and_rows": fused("(d0, d1, d2, d3, d4, d5) -> (d5, d2)>", c_map="d, m", c_type="tensor<4x4xf32>"),
    "beta_keepdim": fused("tensor<2x1x1xf32>", c_map="b, 0, 0", c_type="tensor<2x1x1xf32>"),
    "beta_full": fused(c_map="b, h, m, d", c_type=SCORES),
    # Skips.
    "plain_residual": fused("1.000000e+00", out_body=PLAIN),
    "whole_tensors": fused(between=WHOLE, result="%sum"),
    "subtracted": fused("-1.000000e+00", out_body="%r = arith.subf %in0, %in1 : f32"),
    "fused_multiply_add": fused("coefficients(%", out_body="%t0 = arith.mulf %in1, %in3 : f32\n%r = math.fma %in0, %in2, %t0 : f32"),
    "common_factor": fused(out_body="%t0 = arith.addf %in0, %in1 : f32\n%r = arith.mulf %t0, %in2 : f32"),
    "common_divisor": fused(out_body="%t0 = arith.addf %in0, %in1 : f32\n%r = arith.divf %t0, %in2 : f32"),
    "interpolated": fused(out_body="%t0 = arith.subf %in1, %in0 : f32\n%t1 = arith.mulf %t0, %in3 : f32\n%r = arith.addf %in0, %t1 : f32"),
    "gate": fused(out_body="%t0 = arith.mulf %in1, %in3 : f32\n%r = arith.addf %in0, %t0 : f32"),
    "gate_bounded": fused(out_body="%t = arith.maximumf %in3, %zero : f32\n%t0 = arith.mulf %in1, %t : f32\n%r = arith.addf %in0, %t0 : f32"),
    "residual_divided": fused(out_body="%t0 = arith.divf %in0, %in2 : f32\n%r = arith.addf %in1, %t0 : f32"),
    "queries_as_residual": fused("%arg0, %arg1, %arg2, %arg0", x="%q"),
    "residual_as_start": fused("%arg0, %arg1, %arg2, %arg4", o_start="%y", out_body="%r = arith.mulf %in1, %in3 : f32"),
    # More is added than one product: it is computed first.
    "constant_beside_residual": fused("linalg.generic", out_body="%t0 = arith.addf %in0, %in1 : f32\n%r = arith.addf %t0, %one : f32"),
    "attention_starts_at_one": fused("linalg.generic", o_start="%ones"),
    "common_factor_of_addends": fused("coefficients(%arg10, %arg10", out_body="%t0 = arith.addf %in0, %in1 : f32\n%t1 = arith.addf %t0, %one : f32\n%r = arith.mulf %t1, %in2 : f32"),
    "residual_root": fused("math.sqrt", out_body="%t0 = math.sqrt %in0 : f32\n%r = arith.addf %t0, %in1 : f32"),
    "residual_inverse": fused("arith.divf", out_body="%t0 = arith.divf %in2, %in0 : f32\n%r = arith.addf %t0, %in1 : f32"),
    "residual_polynomial": fused("rcm.attention_skip", out_body="%t = arith.mulf %in2, %in0 : f32\n%t0 = arith.addf %t, %in1 : f32\n%t1 = arith.mulf %in0, %in0 : f32\n%r = arith.subf %t0, %t1 : f32"),
    "trigflow": fused("rcm.skip_coefficients trigflow", between=TRIG, result="%end"),
    "rectified_flow": fused("rcm.skip_coefficients rectified_flow_trigflow", between=RECTIFIED, result="%end"),
}
