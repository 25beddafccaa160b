"""Layers for the tests of forms: each shows another shape of equation or of gradient."""

from __future__ import annotations

from typing import Any

LAYERS: dict[str, dict[str, Any]] = {
    "two steps back": {
        "indices": "t=1..T  n:N  i,k:H",
        "inputs": "x[t,n,i]  b0[n,i]  b1[n,i]",
        "params": "U[i,k]  V[i,k]",
        "equations": """
            h[0,n,i] = b0[n,i]
            h[-1,n,i] = b1[n,i]
            h[t,n,i] = tanh(x[t,n,i] + sum(U[i,k]*h[t-1,n,k], k) + sum(V[i,k]*h[t-2,n,k], k))
        """,
        "output": "h",
    },
    "backwards in time": {
        "indices": "t=1..T  n:N",
        "inputs": "r[t,n]",
        "params": "gamma[]",
        "equations": """
            G[T+1,n] = 0
            G[t,n] = r[t,n] + gamma*G[t+1,n]
            l[n] = sum(G[t,n]**2, t)
        """,
        "loss": "sum(l[n], n)",
    },
    "gated": {
        "indices": "t=1..T  n:N  i,k:H  j:D",
        "inputs": "x[t,n,j]  h0[n,i]  c0[n,i]",
        "params": "W_f[i,j]  U_f[i,k]  b_f[i]  W_g[i,j]  U_g[i,k]",
        "equations": """
            h[0,n,i] = h0[n,i]
            c[0,n,i] = c0[n,i]
            f[t,n,i] = sigmoid(sum(W_f[i,j]*x[t,n,j], j) + sum(U_f[i,k]*h[t-1,n,k], k) + b_f[i])
            g[t,n,i] = tanh(sum(W_g[i,j]*x[t,n,j], j) + sum(U_g[i,k]*h[t-1,n,k], k))
            c[t,n,i] = f[t,n,i]*c[t-1,n,i] + (1 - f[t,n,i])*g[t,n,i]
            h[t,n,i] = f[t,n,i]*tanh(c[t,n,i])
        """,
        "output": "h",
    },
    "two indices": {
        "indices": "a=1..L  t=1..T  n:N  i,k:H",
        "inputs": "x[t,n,i]  s0[a,n,i]",
        "params": "W[a,i,k]  U[a,i,k]",
        "equations": """
            h[0,t,n,i] = x[t,n,i]
            h[a,0,n,i] = s0[a,n,i]
            h[a,t,n,i] = tanh(sum(W[a,i,k]*h[a-1,t,n,k], k) + sum(U[a,i,k]*h[a,t-1,n,k], k))
        """,
        "output": "h",
    },
    "convolution in a loop": {
        "indices": "t=1..T  n:N  i:H  u=0..K-1",
        "inputs": "x[t,n,i]",
        "params": "w[u]",
        "equations": """
            h[0,n,i] = 0
            h[t,n,i] = tanh(x[t,n,i] + sum([i-u >= 1]*w[u]*h[t-1,n,i-u], u))
        """,
        "output": "h",
    },
    "causal attention": {
        "indices": "n:N  s,t:S  d,e:D",
        "inputs": "x[n,s,d]",
        "params": "Q[d,e]  K[d,e]  V[d,e]",
        "equations": """
            q[n,s,e] = sum(x[n,s,d]*Q[d,e], d)
            k[n,s,e] = sum(x[n,s,d]*K[d,e], d)
            v[n,s,e] = sum(x[n,s,d]*V[d,e], d)
            a[n,s,t] = exp(sum(q[n,s,e]*k[n,t,e], e)/sqrt(D))
            z[n,s] = sum([t <= s]*a[n,s,t], t)
            y[n,s,e] = sum([t <= s]*a[n,s,t]/z[n,s]*v[n,t,e], t)
        """,
        "output": "y",
    },
    "transposed convolution": {
        "indices": "n:N  c:C  o:O  p=0..P-1  i=0..L-1  u=0..K-1",
        "sizes": "P = s*(L-1) + K",
        "inputs": "x[n,c,i]",
        "params": "W[c,o,u]",
        "equations": "y[n,o,p] = sum([(p-u) % s == 0, (p-u)//s >= 0, (p-u)//s <= L-1]*x[n,c,(p-u)//s]*W[c,o,u], c, u)",
        "output": "y",
    },
    "valid correlation": {
        "indices": "n:N  m:L  p=1..P  u=0..K-1",
        "sizes": "P = L - K + 1",
        "inputs": "x[n,m]",
        "params": "w[u]",
        "equations": "y[n,p] = sum(w[u]*x[n,p+u], u)",
        "output": "y",
    },
    "diagonal": {
        "indices": "i,j,k:N",
        "inputs": "A[i,j]  B[i,j]",
        "equations": "y[i] = A[i,i]*sum(B[i,k]*A[k,N+1-i], k)",
        "output": "y",
    },
    "every other": {
        "indices": "p=1..P  i=1..N",
        "sizes": "N = 2*P",
        "inputs": "x[i]  z[p]",
        "equations": "y[p] = x[2*p]*x[2*p-1] + z[p]",
        "output": "y",
    },
    "differences": {
        "indices": "t=1..T  n:N",
        "inputs": "x[t,n]",
        "equations": "y[t,n] = [t > 1]*(x[t,n] - x[t-1,n])**2 + [t < T]*x[t+1,n]*x[t,n]",
        "output": "y",
    },
    "batch norm": {
        "indices": "n,m:N  c:C",
        "inputs": "x[n,c]",
        "params": "g[c]  b[c]  eps[]",
        "equations": """
            mu[c] = mean(x[n,c], n)
            v[c] = mean((x[n,c] - mu[c])**2, n)
            y[n,c] = g[c]*(x[n,c] - mu[c])/sqrt(v[c] + eps**2) + b[c]
        """,
        "output": "y",
    },
    "abstract function": {
        "indices": "n:N  i:D  o:O",
        "inputs": "x[n,i]",
        "params": "W[o,i]",
        "equations": "y[n,o] = f(sum(W[o,i]*x[n,i], i))",
        "options": {"f": ["f", "tanh"]},
        "output": "y",
    },
    "graph": {
        "indices": "e:E  i=1..V  c:C",
        "inputs": "x[i,c]  w[e]  src[e]  dst[e]",
        "integers": "src dst",
        "equations": "y[i,c] = sum([dst[e] == i]*w[e]*x[src[e],c], e)",
        "output": "y",
    },
    "output read inside": {
        "indices": "n:N  i:D",
        "inputs": "x[n,i]",
        "equations": """
            y[n,i] = tanh(x[n,i])
            z[n] = sum(y[n,i]**2, i)
        """,
        "output": "y z",
    },
    "average pool, padded": {
        "indices": "n:N  i,j=0..L-1  p,r=0..P-1  u,v=0..K-1",
        "sizes": "P = (L + 2*q - K)//s + 1",
        "inputs": "x[n,i,j]",
        "outside": "x = 0",
        "equations": "y[n,p,r] = sum(x[n,s*p+u-q,s*r+v-q], u, v)/K**2",
        "output": "y",
    },
    "max pool in two axes": {
        "indices": "n:N  i,j=0..L-1  p,r=0..P-1  u,v=0..K-1",
        "sizes": "P = (L - d*(K-1) - 1)//s + 1",
        "inputs": "x[n,i,j]",
        "equations": "y[n,p,r] = max(x[n,s*p+d*u,s*r+d*v], u, v)",
        "output": "y",
    },
}
