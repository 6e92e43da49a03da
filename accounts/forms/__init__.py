"""What people type about people and rights: validated here, saved by the services."""
