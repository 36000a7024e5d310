"""The engine by its behaviours, told in the words of a contact centre."""
