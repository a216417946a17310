"""Ways to reach a person. Each channel is one function that tries once and says what became of it."""
