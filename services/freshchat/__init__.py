"""Asking Freshchat: addresses, requests, answers, and a client that keeps its bounds."""
