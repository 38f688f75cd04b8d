"""The rules of a plan: how it is made, firmed, changed, undone. A plan and plain values in, a change or a no out."""
