"""What people do to people and rights: each act is one function, journaled in its transaction."""
