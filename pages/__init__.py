"""Streamlit scripts and their parts; the only package that draws."""
