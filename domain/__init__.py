"""Pure rules and plain types: facts and the time go in, a decision or a reason for none comes out."""
