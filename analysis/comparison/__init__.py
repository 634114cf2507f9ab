"""Many projects, departments and waves side by side: which differences are more than chance."""
