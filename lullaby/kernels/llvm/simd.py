"""The primitives of `lullaby.kernels.simd`, as LLVM is told of them: numba's types over LLVM's vectors, and
what may be done with them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model
from numba.np.arrayobj import make_array

from lullaby.kernels.simd import LANES


class Vector(types.Type):
    """Sixteen lanes of one machine type."""

    def __init__(self, name: str, llvm: ir.VectorType) -> None:
        self.llvm = llvm
        super().__init__(name=name)


F32_LLVM = ir.VectorType(ir.FloatType(), LANES)
U32_LLVM = ir.VectorType(ir.IntType(32), LANES)
f32x16 = Vector("f32x16", F32_LLVM)
u32x16 = Vector("u32x16", U32_LLVM)


@register_model(Vector)
class VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Vector) -> None:
        super().__init__(manager, kind, kind.llvm)


def lane_numbers(numbers: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)


def _splat(builder: Any, scalar: Any, kind: ir.VectorType) -> Any:
    undefined = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, undefined, lane_numbers([0] * LANES))


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(make_array(array_type)(context, builder, array).data, [index])


# --- arithmetic ------------------------------------------------------------------------------------


def _pair(kind: Vector, instruction: str) -> Any:
    @intrinsic
    def both(typing: Any, a: Any, b: Any) -> Any:
        if a != kind or b != kind:
            return None

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, instruction)(*args)

        return kind(kind, kind), code

    return both


def _operator(symbol: Callable[..., Any], floats: Any, integers: Any) -> None:
    def on_floats(a: Any, b: Any) -> Any:
        return floats(a, b)

    def on_integers(a: Any, b: Any) -> Any:
        return integers(a, b)

    @overload(symbol)
    def on_vectors(a: Any, b: Any) -> Any:
        if a == f32x16 and b == f32x16 and floats is not None:
            return on_floats
        if a == u32x16 and b == u32x16 and integers is not None:
            return on_integers
        return None


_operator(operator.add, _pair(f32x16, "fadd"), _pair(u32x16, "add"))
_operator(operator.sub, _pair(f32x16, "fsub"), _pair(u32x16, "sub"))
_operator(operator.mul, _pair(f32x16, "fmul"), _pair(u32x16, "mul"))
_operator(operator.truediv, _pair(f32x16, "fdiv"), None)
_operator(operator.xor, None, _pair(u32x16, "xor"))
_operator(operator.and_, None, _pair(u32x16, "and_"))
_operator(operator.rshift, None, _pair(u32x16, "lshr"))
_operator(operator.lshift, None, _pair(u32x16, "shl"))


def _call(name: str, count: int) -> Any:
    """An LLVM intrinsic that works lane by lane."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(F32_LLVM, [F32_LLVM] * count), f"llvm.{name}.v{LANES}f32"
        )
        return builder.call(function, args)

    if count == 1:

        @intrinsic
        def one(typing: Any, a: Any) -> Any:
            return f32x16(f32x16), code

        return one

    @intrinsic
    def two(typing: Any, a: Any, b: Any) -> Any:
        return f32x16(f32x16, f32x16), code

    return two


absolute = _call("fabs", 1)
greater = _call("maxnum", 2)
with_sign_of = _call("copysign", 2)


# --- in and out of memory --------------------------------------------------------------------------


@intrinsic
def splat(typing: Any, x: Any) -> Any:
    """The float32 in all sixteen lanes."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _splat(builder, args[0], F32_LLVM)

    return f32x16(types.float32), code


@intrinsic
def splat_u32(typing: Any, x: Any) -> Any:
    """The uint32 in all sixteen lanes."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _splat(builder, args[0], U32_LLVM)

    return u32x16(types.uint32), code


@intrinsic
def counting(typing: Any) -> Any:
    """0, 1, … 15."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(U32_LLVM, list(range(LANES)))

    return u32x16(), code


@intrinsic
def signed_to_float(typing: Any, a: Any) -> Any:
    """Each lane, read as a signed integer, as a float: a 32-bit phase or draw becomes ±2³¹."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.sitofp(args[0], F32_LLVM)

    return f32x16(u32x16), code


@intrinsic
def float_to_signed(typing: Any, a: Any) -> Any:
    """Each lane, cut to a whole number, as a signed integer: ±½ of 2³² becomes a phase to add to others."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fptosi(args[0], U32_LLVM)

    return u32x16(f32x16), code


@intrinsic
def turns(typing: Any, a: Any) -> Any:
    """A 32-bit phase as turns in [−½, ½), half a turn on: its top 23 bits become a float's fraction."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        nine = ir.Constant(U32_LLVM, [9] * LANES)
        ones = ir.Constant(U32_LLVM, [0x3F800000] * LANES)
        fraction = builder.or_(builder.lshr(args[0], nine), ones)
        return builder.fsub(builder.bitcast(fraction, F32_LLVM), ir.Constant(F32_LLVM, [1.5] * LANES))

    return f32x16(u32x16), code


def _loader(kind: Vector) -> Any:
    @intrinsic
    def loaded(typing: Any, array: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            pointer = _address(context, builder, signature.args[0], args[0], args[1])
            return builder.load(builder.bitcast(pointer, kind.llvm.as_pointer()), align=4)

        return kind(array, types.intp), code

    return loaded


load, load_u32 = _loader(f32x16), _loader(u32x16)
"""array[index : index + 16], from any address: of floats, of whole numbers."""


@intrinsic
def load_splat(typing: Any, array: Any, index: Any) -> Any:
    """array[index] in all lanes."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        return _splat(builder, builder.load(pointer, align=4), F32_LLVM)

    return f32x16(array, types.intp), code


@intrinsic
def load_pair(typing: Any, array: Any, index: Any) -> Any:
    """array[index] in the even lanes, array[index + 1] in the odd ones: left and right of one frame."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        double = ir.IntType(64)
        both = builder.load(builder.bitcast(pointer, double.as_pointer()), align=4)
        wide = ir.VectorType(double, LANES // 2)
        undefined = ir.Constant(wide, ir.Undefined)
        one = builder.insert_element(undefined, both, ir.Constant(ir.IntType(32), 0))
        return builder.bitcast(
            builder.shuffle_vector(one, undefined, lane_numbers([0] * (LANES // 2))), F32_LLVM
        )

    return f32x16(array, types.intp), code


@intrinsic
def store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """array[index : index + 16] = value."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], builder.bitcast(pointer, F32_LLVM.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, f32x16), code


@intrinsic
def store_stereo(typing: Any, array: Any, index: Any, left: Any, right: Any) -> Any:
    """array[index : index + 32] = left and right, in turns."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        turns = [lane for k in range(LANES) for lane in (k, LANES + k)]
        both = builder.shuffle_vector(args[2], args[3], lane_numbers(turns))
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        wide = ir.VectorType(ir.FloatType(), 2 * LANES)
        builder.store(both, builder.bitcast(pointer, wide.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, f32x16, f32x16), code


@intrinsic
def store_stereo_past_cache(typing: Any, array: Any, index: Any, left: Any, right: Any) -> Any:
    """Like store_stereo, but straight to memory: for what is too much to stay in the cache anyway. The
    address must be on a cache line."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _address(context, builder, signature.args[0], args[0], args[1])
        one = builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
        for half in (0, LANES // 2):
            turns = [lane for k in range(half, half + LANES // 2) for lane in (k, LANES + k)]
            both = builder.shuffle_vector(args[2], args[3], lane_numbers(turns))
            place = builder.gep(pointer, [ir.Constant(ir.IntType(64), 2 * half)])
            kept = builder.store(both, builder.bitcast(place, F32_LLVM.as_pointer()), align=64)
            kept.set_metadata("nontemporal", one)
        return context.get_dummy_value()

    return types.void(array, types.intp, f32x16, f32x16), code
