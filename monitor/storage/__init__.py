"""What must outlive the process: one SQLite file behind one thread."""
