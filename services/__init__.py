"""What the system does. No streamlit, no SQL."""
