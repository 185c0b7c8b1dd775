"""Modules that do not mean attention + skip, and why each is refused."""

from template import CONTRACTION, MULTIPLY_ADD, REDUCTION, ROWS, SCORES, generic
from variant import not_fused


def exp_of(text):
    return text + "\n%r = math.exp %t0 : f32"


INDICES = """%i0 = linalg.index 0 : index
%i1 = linalg.index 1 : index
%i2 = linalg.index 2 : index
%i3 = linalg.index 3 : index
"""
CAUSAL = """%i = linalg.index 2 : index
%j = linalg.index 3 : index
%seen = arith.cmpi sle, %j, %i : index
"""


def guarded(condition, kept="%in1", replaced="%zero", index="%i0, %i1, %i2", of="%l"):
    """alpha * x + beta * select(condition on a row statistic, replaced, attention)"""
    return INDICES + f"""%stat = tensor.extract {of}[{index}] : {ROWS}
        %when = arith.cmpf {condition} : f32
        %t2 = arith.select %when, {replaced}, {kept} : f32
        %t0 = arith.mulf %in0, %in2 : f32
        %t1 = arith.mulf %t2, %in3 : f32
        %r = arith.addf %t0, %t1 : f32"""


NORM = generic("squares", ["id", "row"], ["%o"], "%row_zeros",
               "%t0 = arith.mulf %in0, %in0 : f32\n%r = arith.addf %t0, %acc : f32", REDUCTION, out_type=ROWS)
NORM += "\n  " + generic("norm", ["id", "row", "id"], ["%o", "%squares"], "%empty",
                         "%t0 = math.rsqrt %in1 : f32\n%r = arith.mulf %in0, %t0 : f32", types=[SCORES, ROWS])
PROJECTION = generic("projected", ["q", "k", "s"], ["%o", "%y"], "%zeros", MULTIPLY_ADD, CONTRACTION)
SOFTMAX = f"%again = linalg.softmax dimension(3) ins(%o : {SCORES}) outs(%empty : {SCORES}) -> {SCORES}"

# Longer than the matcher looks: 2,048 tensors.
LONG = "\n  ".join(generic(f"q{i + 1}", ["id", "id"], [f"%q{i}" if i else "%q"], "%empty", "%r = arith.mulf %in0, %scale : f32")
                   for i in range(2100))

VARIANTS = {
    # The sum over the keys is not that of the same exponentials.
    "sum_over_rows": not_fused("no-denominator", sum_in_map="b, h, n, m"),
    "sum_over_rows_read_by_key": not_fused("no-denominator", sum_in_map="b, h, n, m", sum_map="b, h, n"),
    "sum_read_by_key": not_fused("no-denominator", sum_map="b, h, n"),
    "sum_of_exchanged_heads": not_fused("no-denominator", sum_in_map="h, b, m, n"),
    "sum_read_by_exchanged_heads": not_fused("no-denominator", sum_map="h, b, m"),
    "sum_starts_at_one": not_fused("no-denominator", sum_start="%one"),
    "sum_starts_at_infinity": not_fused("no-denominator", sum_start="%pinf"),
    "sum_of_squares": not_fused("no-denominator", sum_body="%t0 = arith.mulf %in0, %in0 : f32\n%r = arith.addf %t0, %acc : f32"),
    "sum_of_shifted": not_fused("no-denominator", sum_body="%t0 = arith.addf %in0, %eps : f32\n%r = arith.addf %t0, %acc : f32"),
    "sum_alternating": not_fused("no-denominator", sum_body="%r = arith.subf %in0, %acc : f32"),
    "product_for_sum": not_fused("no-denominator", sum_body="%r = arith.mulf %in0, %acc : f32", sum_start="%one"),
    "maximum_for_sum": not_fused("no-denominator", sum_body="%r = arith.maximumf %in0, %acc : f32"),
    "sum_of_scores": not_fused("no-denominator", sum_of="%u"),
    "sum_of_other_sign": not_fused("no-denominator", sum_of="%e2", e2_body=exp_of("%t0 = arith.subf %in1, %in0 : f32")),
    "sum_without_shift": not_fused("no-denominator", sum_of="%e2", e2_body="%r = math.exp %in0 : f32"),
    "sum_of_other_base": not_fused("no-denominator", sum_of="%e2", e2_body="%t0 = arith.subf %in0, %in1 : f32\n%r = math.exp2 %t0 : f32"),
    "sum_of_other_scale": not_fused("no-denominator", sum_of="%e2", e2_body=exp_of("%t1 = arith.subf %in0, %in1 : f32\n%t0 = arith.mulf %t1, %scale : f32")),
    "sum_hides_keys": not_fused("no-denominator", sum_body=CAUSAL + "%t0 = arith.addf %in0, %acc : f32\n%r = arith.select %seen, %t0, %acc : f32"),
    "epsilon": not_fused("no-denominator", p_body="%t0 = arith.addf %in1, %eps : f32\n%r = arith.divf %in0, %t0 : f32"),
    "epsilon_in_reciprocal": not_fused("no-denominator", p_body="%t0 = arith.addf %in1, %eps : f32\n%t1 = arith.divf %one, %t0 : f32\n%r = arith.mulf %in0, %t1 : f32"),
    "at_least_epsilon": not_fused("no-denominator", p_body="%t0 = arith.maximumf %in1, %eps : f32\n%r = arith.divf %in0, %t0 : f32"),
    "root_of_sum": not_fused("no-denominator", p_body="%t0 = math.rsqrt %in1 : f32\n%r = arith.mulf %in0, %t0 : f32"),
    "multiplied_by_sum": not_fused("no-denominator", p_body="%r = arith.mulf %in0, %in1 : f32"),
    "other_divisor": not_fused("no-denominator", divisor="%given_rows"),
    "divided_by_maximum": not_fused("no-denominator", divisor="%m"),
    "not_divided": not_fused("no-denominator", p="%e"),
    "infinite_divisor_for_empty_rows": not_fused("no-denominator", p_body="%t0 = arith.cmpf oeq, %in1, %zero : f32\n%t1 = arith.select %t0, %pinf, %in1 : f32\n%r = arith.divf %in0, %t1 : f32"),
    "hidden_in_numerator_only": not_fused("no-denominator", p_body=CAUSAL + "%t0 = arith.divf %in0, %in1 : f32\n%r = arith.select %seen, %t0, %zero : f32"),
    "hidden_beside_values_only": not_fused("no-denominator", o_body="%i = linalg.index 2 : index\n%j = linalg.index 4 : index\n%seen = arith.cmpi sle, %j, %i : index\n%t0 = arith.mulf %in0, %in1 : f32\n%t1 = arith.addf %t0, %acc : f32\n%r = arith.select %seen, %t1, %acc : f32"),
    "probabilities_transposed": not_fused("no-denominator", p_map="b, h, n, m"),
    "probabilities_diagonal": not_fused("no-denominator", p_map="b, h, n, n"),
    # The probabilities or the values are changed.
    "probabilities_squared": not_fused("probabilities-modified", o_body="%t0 = arith.mulf %in0, %in0 : f32\n%t1 = arith.mulf %t0, %in1 : f32\n%r = arith.addf %t1, %acc : f32"),
    "probabilities_shifted": not_fused("probabilities-modified", p_body="%t0 = arith.divf %in0, %in1 : f32\n%r = arith.addf %t0, %eps : f32"),
    "exponential_plus_one": not_fused("probabilities-modified", e_body="%t0 = arith.subf %in0, %in1 : f32\n%t1 = math.exp %t0 : f32\n%r = arith.addf %t1, %one : f32"),
    "sum_over_exponential": not_fused("probabilities-modified", p_body="%r = arith.divf %in1, %in0 : f32"),
    "divided_twice": not_fused("probabilities-modified", p_body="%t0 = arith.divf %in0, %in1 : f32\n%r = arith.divf %t0, %in1 : f32"),
    "zero_in_other_rows": not_fused("probabilities-modified", p_body="%t0 = arith.cmpf one, %in1, %zero : f32\n%t1 = arith.divf %in0, %in1 : f32\n%r = arith.select %t0, %zero, %t1 : f32"),
    "one_at_hidden_keys": not_fused("probabilities-modified", e_body=CAUSAL + "%t0 = arith.subf %in0, %in1 : f32\n%t1 = math.exp %t0 : f32\n%r = arith.select %seen, %t1, %one : f32"),
    "value_absolute": not_fused("value-modified", o_body="%t0 = math.absf %in1 : f32\n%t1 = arith.mulf %in0, %t0 : f32\n%r = arith.addf %t1, %acc : f32"),
    "value_plus_one": not_fused("value-modified", o_body="%t0 = arith.addf %in1, %one : f32\n%t1 = arith.mulf %in0, %t0 : f32\n%r = arith.addf %t1, %acc : f32"),
    "value_by_row": not_fused("value-without-keys", v_map="b, h, m, d"),
    # The scores are no product of queries and keys.
    "keys_by_row": not_fused("scores-not-contraction", k_map="b, h, m, k"),
    "scores_add": not_fused("scores-not-contraction", s_body="%t0 = arith.addf %in0, %in1 : f32\n%r = arith.addf %t0, %acc : f32"),
    "query_absolute": not_fused("contraction-modified", s_body="%t = math.absf %in0 : f32\n%t0 = arith.mulf %t, %in1 : f32\n%r = arith.addf %t0, %acc : f32"),
    "query_squared": not_fused("contraction-modified", s_body="%t = arith.mulf %in0, %in0 : f32\n%t0 = arith.mulf %t, %in1 : f32\n%r = arith.addf %t0, %acc : f32"),
    "query_plus_one": not_fused("contraction-modified", s_body="%t = arith.addf %in0, %one : f32\n%t0 = arith.mulf %t, %in1 : f32\n%r = arith.addf %t0, %acc : f32"),
    "distance": not_fused("contraction-modified", s_body="%t = arith.subf %in0, %in1 : f32\n%t0 = arith.mulf %t, %t : f32\n%r = arith.addf %t0, %acc : f32"),
    "scores_maximum": not_fused("scores-modified", s_body="%t0 = arith.mulf %in0, %in1 : f32\n%r = arith.maximumf %t0, %acc : f32"),
    "scores_decay": not_fused("scores-modified", s_body="%t0 = arith.mulf %in0, %in1 : f32\n%t1 = arith.mulf %acc, %scale : f32\n%r = arith.addf %t0, %t1 : f32"),
    "scores_alternate": not_fused("scores-modified", s_body="%t0 = arith.mulf %in0, %in1 : f32\n%r = arith.subf %t0, %acc : f32"),
    "scores_capped": not_fused("scores-modified", u_body="%r = math.tanh %in0 : f32"),
    "scores_inverted": not_fused("scores-modified", u_body="%r = arith.divf %scale, %in0 : f32"),
    "exponent_absolute": not_fused("scores-modified", e_body=exp_of("%t1 = arith.subf %in0, %in1 : f32\n%t0 = math.absf %t1 : f32")),
    "exponent_clamped": not_fused("scores-modified", e_body=exp_of("%t1 = arith.subf %in0, %in1 : f32\n%t0 = arith.maximumf %t1, %one : f32")),
    "shift_read_by_key": not_fused("scores-modified", max_map="b, h, n"),
    "exponent_multiplied": not_fused("scale-not-constant", e_body=exp_of("%t0 = arith.mulf %in0, %in1 : f32")),
    "exponent_squared": not_fused("scale-not-constant", e_body=exp_of("%t1 = arith.subf %in0, %in1 : f32\n%t0 = arith.mulf %t1, %t1 : f32")),
    "scale_by_row": not_fused("scale-not-constant", u_body="%i = linalg.index 2 : index\n%i64 = arith.index_cast %i : index to i64\n%f = arith.sitofp %i64 : i64 to f32\n%r = arith.mulf %in0, %f : f32"),
    "scale_given": not_fused("scale-not-constant", u_body="%r = arith.mulf %in0, %given : f32"),
    # All keys are shifted by what is no number.
    "maximum_starts_at_nan": not_fused("shift-not-finite", max_start="%nan"),
    "maximum_starts_at_infinity": not_fused("shift-not-finite", max_start="%pinf"),
    "scores_start_at_infinity": not_fused("shift-not-finite", s_start="%infinities"),
    "scores_plus_infinity": not_fused("shift-not-finite", u_body="%r = arith.addf %in0, %pinf : f32"),
    "scores_all_hidden": not_fused("shift-not-finite", u_body="%r = arith.addf %in0, %ninf : f32"),
    # Masks that hide nothing, or everything else.
    "mask_by_zero": not_fused("mask-not-infinite", u_body="%r = arith.select %in1, %in0, %zero : f32"),
    "mask_by_plus_infinity": not_fused("mask-not-infinite", u_body="%r = arith.select %in1, %in0, %pinf : f32"),
    "mask_by_nan": not_fused("mask-not-infinite", u_body="%r = arith.select %in1, %in0, %nan : f32"),
    "mask_negated": not_fused("scores-modified", u_body="%t0 = arith.select %in1, %in0, %ninf : f32\n%r = arith.negf %t0 : f32"),
    "mask_from_scores": not_fused("mask-not-infinite", u_body="%t0 = arith.cmpf ogt, %in0, %one : f32\n%r = arith.select %t0, %in0, %ninf : f32"),
    "long_chain": not_fused("too-large", first=LONG, q="%q2100"),
    # The skip.
    "constant_added": not_fused("residual-not-full-rank", out_body="%r = arith.addf %in1, %one : f32"),
    "row_added": not_fused("residual-not-full-rank", a_map="m, d", a_type="tensor<4x4xf32>", out_body="%r = arith.addf %in1, %in2 : f32"),
    "residual_diagonal": not_fused("residual-not-full-rank", x_map="b, h, m, m"),
    "attention_diagonal": not_fused("unsupported-layout", o_map="b, h, m, m"),
    "values_diagonal": not_fused("unsupported-layout", v_map="b, h, n, n"),
    "coefficient_diagonal": not_fused("unsupported-layout", c_map="b, b", c_type="tensor<2x2xf32>"),
    "residual_cancels": not_fused("no-skip", out_body="%t0 = arith.mulf %in0, %scale : f32\n%t1 = arith.addf %in1, %t0 : f32\n%r = arith.subf %t1, %t0 : f32"),
    "multiplied": not_fused("no-skip", out_body="%r = arith.mulf %in0, %in1 : f32"),
    "divided": not_fused("skip-not-linear", out_body="%r = arith.divf %in0, %in1 : f32"),
    "maximum_of_both": not_fused("skip-not-linear", out_body="%r = arith.maximumf %in0, %in1 : f32"),
    "attention_squared": not_fused("skip-not-linear", out_body="%t0 = arith.mulf %in1, %in1 : f32\n%r = arith.addf %t0, %in0 : f32"),
    "attention_activated": not_fused("skip-not-linear", out_body="%t0 = math.tanh %in1 : f32\n%r = arith.addf %t0, %in0 : f32"),
    "result_activated": not_fused("skip-not-linear", out_body="%t0 = arith.addf %in1, %in0 : f32\n%r = math.tanh %t0 : f32"),
    "norm_between": not_fused("skip-reads-attention", between=NORM, o="%norm"),
    "residual_is_projection": not_fused("skip-reads-attention", between=PROJECTION, x="%projected"),
    "projection_between": not_fused("projection-between", between=PROJECTION, o="%projected"),
    "softmax_between": not_fused("no-skip", between=SOFTMAX, o="%again"),
    # Zeros written elsewhere than in rows without keys.
    "zero_if_sum_is_one": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %one")),
    "zero_if_sum_is_not_zero": not_fused("skip-not-linear", out_body=guarded("une, %stat, %zero")),
    "zero_if_sum_is_negative": not_fused("skip-not-linear", out_body=guarded("olt, %stat, %zero")),
    "zero_if_maximum_is_zero": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %zero", of="%m")),
    "zero_if_other_row_is_empty": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %zero", index="%i0, %i1, %i3")),
    "zero_if_other_head_is_empty": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %zero", index="%i1, %i0, %i2")),
    "zero_if_residual_is_zero": not_fused("skip-not-linear", out_body=guarded("oeq, %in0, %zero")),
    "one_in_empty_rows": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %zero", replaced="%one")),
    "residual_in_empty_rows": not_fused("skip-not-linear", out_body=guarded("oeq, %stat, %zero", replaced="%in0")),
    "empty_rows_lose_residual": not_fused("skip-not-linear", out_body=INDICES + f"%stat = tensor.extract %l[%i0, %i1, %i2] : {ROWS}\n%when = arith.cmpf oeq, %stat, %zero : f32\n%t0 = arith.addf %in0, %in1 : f32\n%r = arith.select %when, %zero, %t0 : f32"),
}
