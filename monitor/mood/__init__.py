"""What comments say: complaints, questions, confusion."""
