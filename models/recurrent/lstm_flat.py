"""The LSTM of ``models.recurrent.lstm``, made for speed: the same numbers, to rounding.

Inside, arrays are feature-major: (features, batch) at each step, so that gates are blocks without gaps.

    z[t] = [h; x; 1]            (n + m + 1, batch); h is written there by the step before
    [g; o; f; i] = tanh(U z[t]) (4n, batch), one product for recurrence, input and bias, one tanh for all:
    σ(a) = ½ + ½·tanh(a/2)      the gates' rows of U are halved
    c' = f·c + i·g              c lies before g: one product for both, (f, i)·(c, g), and one sum

What multiplies a gradient on the way back depends on no gradient. It is formed for many steps in long calls,

    slope = (f, c·f(1 − f), g·i(1 − i), i·(1 − g²), tanh c'·o(1 − o), o·(1 − tanh² c'))

so that a step back is (da_o, ·) = slope[4:]·dh, one sum for dc, (dc, da_f, da_i, da_g) = slope[:4]·dc, and
one product for dh. Weight gradients are one product for many steps: as many as stay in a processor's cache.

Shapes, outside: x (batch, steps, m), h and c (batch, n) → states (batch, steps, n).

References: those of ``models.recurrent.lstm``.
"""

from __future__ import annotations

import numpy as np

from models.layers.affine import Affine
from models.recurrent.cells import check_widths
from models.recurrent.lstm import Memory
from models.recurrent.scan import check_steps
from models.types import Array, Pullback

AT_ONCE = 2**16  # numbers of ``slope`` that one pass of long calls forms, about
FORWARD = [3, 2, 0, 1]  # activation, output, forget, input: where they stand in p.weight
BACKWARD = [0, 1, 3, 2]  # forget, input, activation, output; it is its own inverse


def lstm_flat(p: Affine, state: Memory, x: Array, *, pull_input: bool = True) -> tuple[Memory, Pullback]:
    """Return the states after each step of ``x`` (batch, steps, m), as ``lstm`` does.

    The states are not to be written to. Where ``x`` is data, which nobody moves, ``pull_input=False`` gives
    None as its gradient.
    """
    check_steps(x)
    check_widths(p, state.hidden, x[:, 0])
    (n_rows, n_steps, m), n = x.shape, state.cell.shape[1]
    dtype = p.weight.dtype
    u = np.empty((4, n, n + m + 1), dtype)
    weight = p.weight.T.reshape(4, n, m + n)[FORWARD]
    u[:, :, :n], u[:, :, n:-1], u[:, :, -1] = (
        weight[:, :, m:],
        weight[:, :, :m],
        p.bias.reshape(4, n)[FORWARD],
    )
    u[1:] *= 0.5
    u = u.reshape(4 * n, -1)
    z = np.empty((n_steps + 1, n + m + 1, n_rows), dtype)
    z[0, :n] = state.hidden.T
    z[:-1, n:-1] = x.transpose(1, 2, 0)
    z[:, -1] = 1
    a = np.empty((n_steps + 1, 5, n, n_rows), dtype)  # c, g, o, f, i
    a[0, 0] = state.cell.T
    squashed = np.empty((n_steps, n, n_rows), dtype)  # tanh c'
    parts = np.empty((2, n, n_rows), dtype)
    kept, written = parts
    bent = a[:-1, 1:].reshape(n_steps, 4 * n, n_rows, copy=False)
    for z_t, all_four, gates, o, fi, held, after, tanh_c, h in zip(
        z[:-1], bent, a[:, 2:], a[:, 2], a[:, 3:], a[:, :2], a[1:, 0], squashed, z[1:, :n], strict=False
    ):
        np.dot(u, z_t, out=all_four)
        np.tanh(all_four, out=all_four)
        np.multiply(gates, 0.5, out=gates)
        np.add(gates, 0.5, out=gates)
        np.multiply(fi, held, out=parts)
        np.add(kept, written, out=after)
        np.tanh(after, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def pull_flat(d: Memory, out: Affine | None = None) -> tuple[Affine, Memory, Array | None]:
        size = max(1, min(n_steps, AT_ONCE // max(1, 6 * n * n_rows)))
        d_hidden = np.ascontiguousarray(d.hidden.transpose(1, 2, 0), dtype)
        d_cell = np.ascontiguousarray(d.cell.transpose(1, 2, 0), dtype) if d.cell.any() else None
        back = p.weight[m:].reshape(n, 4, n)[:, BACKWARD].reshape(n, 4 * n)
        ahead = p.weight[:m].reshape(m, 4, n)[:, BACKWARD].reshape(m, 4 * n)
        dx = np.empty((m, n_steps, n_rows), dtype) if pull_input else None
        du = np.zeros((n + m + 1, 4 * n), dtype)
        slopes = np.empty((size, 6, n, n_rows), dtype)
        moved = np.empty((size, 6, n, n_rows), dtype)  # dc of the step before, da_f, da_i, da_g, da_o, ·
        dh, dc, before = np.zeros((3, n, n_rows), dtype)
        for end in range(n_steps, 0, -size):
            span = slice(max(end - size, 0), end)
            n_span = span.stop - span.start
            slope = _form_slopes(a[span], squashed[span], z[1:, :n][span], slopes[:n_span])
            d_a = moved[:n_span, 1:5].reshape(n_span, 4 * n, n_rows, copy=False)
            for k in range(n_span - 1, -1, -1):
                step, t = moved[k], span.start + k
                np.add(dh, d_hidden[t], out=dh)
                np.multiply(slope[k, 4:], dh, out=step[4:])
                np.add(before, step[5], out=dc)
                if d_cell is not None:
                    np.add(dc, d_cell[t], out=dc)
                np.multiply(slope[k, :4], dc, out=step[:4])
                np.dot(back, d_a[k], out=dh)
                before = step[0]
            flat = d_a.transpose(1, 0, 2).reshape(4 * n, -1)
            du += z[span].transpose(1, 0, 2).reshape(n + m + 1, -1) @ flat.T
            if dx is not None:
                dx[:, span] = (ahead @ flat).reshape(m, n_span, n_rows)
        du = du.reshape(-1, 4, n)[:, BACKWARD].reshape(-1, 4 * n)
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        dp.weight[:m], dp.weight[m:], dp.bias[:] = du[n:-1], du[:n], du[-1]
        return dp, Memory(dh.T, before.T), None if dx is None else dx.transpose(2, 1, 0)

    value = Memory(z[1:, :n].transpose(2, 0, 1), a[1:, 0].transpose(2, 0, 1))
    for leaf in value:
        leaf.setflags(write=False)  # the pullback reads what lies there
    return value, pull_flat


def _form_slopes(a: Array, tanh_c: Array, h: Array, out: Array) -> Array:
    """Write what multiplies gradients at some steps into ``out`` (steps, 6, n, batch), and return it."""
    (c_and_g, g, o, f_and_i, i), two = (a[:, :2], a[:, 1], a[:, 2], a[:, 3:], a[:, 4]), out[:, 1:3]
    out[:, 0] = a[:, 3]
    np.multiply(f_and_i, c_and_g, out=two)  # f·c and i·g
    np.multiply(two[:, 1], g, out=out[:, 3])
    np.subtract(i, out[:, 3], out=out[:, 3])  # i − i·g²
    np.multiply(two, f_and_i, out=out[:, 4:])
    np.subtract(two, out[:, 4:], out=two)  # f·c − f·c·f and i·g − i·g·i
    np.multiply(h, o, out=out[:, 4])
    np.subtract(h, out[:, 4], out=out[:, 4])  # h − h·o, h = o·tanh c'
    np.multiply(h, tanh_c, out=out[:, 5])
    np.subtract(o, out[:, 5], out=out[:, 5])  # o − o·tanh² c'
    return out
