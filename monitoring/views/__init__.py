"""The pages of this app: public, national."""
