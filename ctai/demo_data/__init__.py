"""The data of the demonstration: fictitious people, texts and amounts on real territories."""
