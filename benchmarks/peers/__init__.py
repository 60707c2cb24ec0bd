"""P1, P2 and P3: the same work done by lullaby, Faust, SuperCollider and Csound, side by side."""
